import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { pieceCount, pieceLength } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { content, hashes, optionsFor, pieceOf, plainFinish } from "../testing/parts.ts";
import { Writer } from "./writer.ts";

const pieces = pieceCount(content.length);

Deno.test("hostile 22: Writer writes right pieces only, however many wait", async () => {
  await using temp = new TempFolder();
  const writer = new Writer();
  const part = await writer.open(optionsFor(temp.path), () => {});
  assertEquals((await part.resume(hashes, pieces)).count, 0);
  const write = (piece: number, bytes: Uint8Array): Promise<{ right: boolean }> => {
    const buffer = new ArrayBuffer(pieceLength(content.length));
    new Uint8Array(buffer).set(bytes);
    return part.write(piece, bytes.length, buffer, () => {});
  };
  const wrong = pieceOf(1).slice();
  wrong[12_345] = (wrong[12_345] ?? 0) ^ 1;
  // None is waited for, so that the later ones stand in a queue.
  const answers = await Promise.all([
    write(1, wrong),
    write(0, pieceOf(0)),
    write(1, wrong),
    write(1, pieceOf(1)),
    write(1, wrong),
    write(2, pieceOf(1).subarray(0, 5)),
    write(2, pieceOf(2)),
  ]);
  assertEquals(answers.map(({ right }) => right), [false, true, false, true, false, false, true]);
  const path = await part.finish(plainFinish);
  assertEquals(path, join(temp.path, "file.bin"));
  assertEquals(await Deno.readFile(path), content);
  await writer.close();
});
