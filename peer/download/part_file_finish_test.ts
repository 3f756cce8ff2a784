import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { emptyId, LanyardError } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import {
  content,
  destinationIn,
  hashes,
  openPartWith,
  optionsFor,
  pathsIn,
  pieceOf,
  plainFinish,
} from "../testing/parts.ts";
import { place } from "./destination.ts";
import { PartFile } from "./part_file.ts";

Deno.test("PartFile.finish gives the file its name, time and mode, and leaves nothing else", async () => {
  await using temp = new TempFolder();
  for (const mode of [0o644, 0o640, 0o755]) {
    const part = await openPartWith(temp.path, [0, 1, 2]);
    assertEquals(modeOf(pathsIn(temp.path).part), 0o600);
    const path = await part.finish({ ...plainFinish, mode });
    assertEquals(path, join(temp.path, "file.bin"));
    const info = await Deno.stat(path);
    assertEquals(info.mtime?.getTime(), plainFinish.modified);
    assertEquals(modeOf(path), mode);
    assertEquals(namesIn(temp.path), ["file.bin"]);
    assert(isContent(path));
    await Deno.remove(path);
  }
});

Deno.test("PartFile.finish keeps times to the millisecond", async () => {
  await using temp = new TempFolder();
  for (const modified of [0, 1, 1_700_000_000_123, 8_000_000_000_000]) {
    const part = await openPartWith(temp.path, [0, 1, 2]);
    const path = await part.finish({ ...plainFinish, modified });
    assertEquals((await Deno.stat(path)).mtime?.getTime(), modified);
    await Deno.remove(path);
  }
});

Deno.test("hostile 31: PartFile.finish is not possible while a piece is missing", async () => {
  await using temp = new TempFolder();
  const part = await openPartWith(temp.path, [0, 2]);
  await assertRejects(() => part.finish(plainFinish), RangeError);
  part.write(1, new Uint8Array(1024 * 1024), hashes);
  await assertRejects(() => part.finish(plainFinish), RangeError);
  part.close();
  assertEquals(namesIn(temp.path).some((name) => name === "file.bin"), false);
});

Deno.test("hostile 31: PartFile.finish refuses a part that somebody else cut or made longer", async () => {
  await using temp = new TempFolder();
  for (const length of [content.length - 1, content.length + 1]) {
    const part = await openPartWith(temp.path, [0, 1, 2]);
    await Deno.truncate(pathsIn(temp.path).part, length);
    const error = await assertRejects(() => part.finish(plainFinish), LanyardError, "changed by");
    assertEquals(error.code, "io");
    part.close(true);
  }
  assertEquals(namesIn(temp.path), []);
});

Deno.test("hostile 10: PartFile.finish replaces nothing: the name gets a number", async () => {
  await using temp = new TempFolder();
  await temp.write("file.bin", "mine");
  await temp.folder("file (2).bin");
  await Deno.symlink(join(temp.path, "nowhere"), join(temp.path, "file (3).bin"));
  const part = await openPartWith(temp.path, [0, 1, 2]);
  const path = await part.finish(plainFinish);
  assertEquals(path, join(temp.path, "file (4).bin"));
  assert(isContent(path));
  assertEquals(await Deno.readTextFile(join(temp.path, "file.bin")), "mine");
  assertEquals(namesIn(temp.path), [
    "file (2).bin",
    "file (3).bin",
    "file (4).bin",
    "file.bin",
  ]);
});

Deno.test("PartFile.finish replaces a file if asked to, but not what a link leads to", async () => {
  await using temp = new TempFolder();
  const other = await temp.write("other", "mine");
  for (const make of [() => temp.write("file.bin", "old"), () => linkTo(other)]) {
    await make();
    const part = await openPartWith(temp.path, [0, 1, 2]);
    const path = await part.finish({ ...plainFinish, taken: "overwrite" });
    assertEquals(path, join(temp.path, "file.bin"));
    assert((await Deno.lstat(path)).isFile && isContent(path));
    await Deno.remove(path);
  }
  assertEquals(await Deno.readTextFile(other), "mine");

  function linkTo(target: string): Promise<void> {
    return Deno.symlink(target, join(temp.path, "file.bin"));
  }
});

Deno.test("PartFile.finish does not replace a folder, even if asked to", async () => {
  await using temp = new TempFolder();
  await temp.write("file.bin/inside", "mine");
  const part = await openPartWith(temp.path, [0, 1, 2]);
  const error = await assertRejects(
    () => part.finish({ ...plainFinish, taken: "overwrite" }),
    LanyardError,
  );
  assertEquals(error.code, "io");
  part.close();
  assertEquals(await Deno.readTextFile(join(temp.path, "file.bin/inside")), "mine");
  const again = await openPartWith(temp.path, []);
  assertEquals(await again.finish(plainFinish), join(temp.path, "file (2).bin"));
});

Deno.test("hostile 11: PartFile.finish numbers a name of 255 bytes", async () => {
  await using temp = new TempFolder();
  const name = `${"é".repeat(125)}.txt1`;
  await temp.write(name, "mine");
  const part = await openWhole(temp.path, name);
  const path = await part.finish(plainFinish);
  assertEquals(path, join(temp.path, `${"é".repeat(123)} (2).txt1`));
});

Deno.test("hostile 15: PartFile.finish refuses when the folder was replaced by a link", async () => {
  await using temp = new TempFolder();
  const outside = await temp.folder("outside");
  const destination = await place(temp.path, "in/file.bin");
  const part = await PartFile.open({ ...optionsFor(""), destination }, () => {});
  part.resume(hashes);
  part.prepare();
  for (const piece of [0, 1, 2]) part.write(piece, pieceOf(piece), hashes);
  await Deno.rename(join(temp.path, "in"), join(temp.path, "moved"));
  await Deno.symlink(outside, join(temp.path, "in"));
  await assertRejects(() => part.finish(plainFinish), LanyardError, "moved or replaced");
  part.close();
  assertEquals(namesIn(outside), []);
});

Deno.test("hostile 15: PartFile.finish refuses when the part was replaced", async () => {
  await using temp = new TempFolder();
  const victim = await temp.write("victim", "precious");
  await Deno.chmod(victim, 0o600);
  const { part: path } = pathsIn(temp.path);
  const swaps = [
    () => Deno.symlink(victim, path),
    () => Deno.writeTextFile(path, "other bytes"),
    () => Promise.resolve(),
  ];
  for (const swap of swaps) {
    const part = await openPartWith(temp.path, [0, 1, 2]);
    await Deno.remove(path);
    await swap();
    await assertRejects(() => part.finish(plainFinish), LanyardError, "was replaced");
    part.close();
    await Deno.remove(path).catch(() => {});
  }
  assertEquals(modeOf(victim), 0o600);
  assertEquals(await Deno.readTextFile(victim), "precious");
  assertEquals(namesIn(temp.path).includes("file.bin"), false);
});

Deno.test("hostile 29: PartFile finishes an empty file", async () => {
  await using temp = new TempFolder();
  const options = { destination: destinationIn(temp.path, "empty"), id: emptyId, size: 0 };
  const part = await PartFile.open(options, () => {});
  assertEquals(part.resume(new Uint8Array()).count, 0);
  part.prepare();
  const path = await part.finish(plainFinish);
  assertEquals((await Deno.stat(path)).size, 0);
  assertEquals(namesIn(temp.path), ["empty"]);
});

Deno.test("PartFile cuts off what an earlier run left beyond the end", async () => {
  await using temp = new TempFolder();
  await Deno.writeFile(pathsIn(temp.path).part, new Uint8Array([...content, 1, 2, 3]));
  const part = await openPartWith(temp.path, []);
  assert(isContent(await part.finish(plainFinish)));
});

async function openWhole(folder: string, name: string): Promise<PartFile> {
  const part = await PartFile.open(optionsFor(folder, name), () => {});
  part.resume(hashes);
  part.prepare();
  for (const piece of [0, 1, 2]) part.write(piece, pieceOf(piece), hashes);
  return part;
}

function isContent(path: string): boolean {
  const bytes = Deno.readFileSync(path);
  return bytes.length === content.length && bytes.every((byte, at) => byte === content[at]);
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}
