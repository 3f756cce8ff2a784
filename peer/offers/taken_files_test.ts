import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { LanyardError, pieceSpan, type SharedFile, type SharePath } from "../../shared/mod.ts";
import { patience, within } from "../../tests/support/waiting.ts";
import { PieceSet } from "../download/piece_set.ts";
import type { Arriving } from "../download/reshare.ts";
import type { Wanted } from "../download/wanted.ts";
import type { PartHandle } from "../download/writer.ts";
import { content, hashes, id, pieceOf } from "../testing/parts.ts";
import type { Content } from "../upload/mod.ts";
import { TakenFiles } from "./taken_files.ts";

const wanted: Wanted = { id, size: content.length, modified: 7, executable: false };

/** What is announced, as lines. */
class Board {
  readonly lines: string[] = [];

  add({ path, partial }: SharedFile): void {
    this.lines.push(`${path}${partial ? " in parts" : ""}`);
  }

  remove(path: SharePath): void {
    this.lines.push(`no ${path}`);
  }
}

/** A download of which some pieces are there. */
function arriving(...pieces: number[]): Arriving & { closed: boolean } {
  const verified = new PieceSet(3);
  for (const piece of pieces) verified.add(piece);
  const made = {
    wanted,
    hashes,
    verified,
    closed: false,
    part: {
      read: (piece: number) =>
        made.closed
          ? Promise.reject(new Error("The part is closed"))
          : Promise.resolve(pieceOf(piece)),
    } as unknown as PartHandle,
  };
  return made;
}

function taken(board = new Board()): TakenFiles {
  return new TakenFiles(board, () => hashes);
}

function open(files: TakenFiles): Content {
  const opened = files.open(id, content.length);
  if (opened === undefined) throw new Error("It is not on the shelf");
  return opened;
}

/** Reads a piece, or says why not. */
async function read(from: Content, piece: number): Promise<string> {
  const { offset, length } = pieceSpan(content.length, piece);
  const bytes = new Uint8Array(length);
  try {
    await within(from.read(offset, bytes), patience);
    assertEquals(bytes, pieceOf(piece));
    return "right";
  } catch (error) {
    if (error instanceof LanyardError) return error.code;
    throw error;
  }
}

/** Puts the file where it belongs, in a folder of its own. */
async function withFile(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lanyard-test-" });
  try {
    const path = join(folder, "film.mp4");
    await Deno.writeFile(path, content);
    await work(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("TakenFiles has nothing to give of a file that is only expected", async () => {
  const board = new Board();
  const files = taken(board);
  files.expect(wanted, "film.mp4");
  assertEquals(board.lines, ["film.mp4 in parts"]);
  const expected = open(files);
  assertEquals(expected.have?.(), new Uint8Array([0]));
  assertThrows(() => expected.hashes(), LanyardError);
  assertEquals(await read(expected, 0), "not-found");
  assertEquals(files.open(id, 1), undefined);
});

Deno.test("TakenFiles gives on what has come, as it comes", async () => {
  const files = taken();
  files.expect(wanted, "film.mp4");
  const seen = open(files);
  const download = arriving(1);
  await files.offer(download);
  assertEquals([seen.have?.(), seen.hashes()], [new Uint8Array([0b0100_0000]), hashes]);
  assertEquals([await read(seen, 1), await read(seen, 0)], ["right", "not-found"]);
  download.verified.add(0);
  assertEquals(await read(seen, 0), "right");
});

Deno.test("TakenFiles has no gap between the last piece and the finished file", async () => {
  await withFile(async (path) => {
    const board = new Board();
    const files = taken(board);
    files.expect(wanted, "film.mp4");
    const seen = open(files);
    const download = arriving(0, 1, 2);
    await files.offer(download);
    await files.withdraw(download);
    download.closed = true;
    assertEquals([seen.isCurrent, seen.have?.(), seen.hashes()], [true, undefined, hashes]);
    const reading = read(seen, 2);
    await files.complete(wanted, path);
    assertEquals(await reading, "right");
    assertEquals([await read(seen, 0), seen.have?.()], ["right", undefined]);
    assertEquals(board.lines, ["film.mp4 in parts", "film.mp4"]);
    seen.close();
  });
});

Deno.test("TakenFiles reads on from the finished file what was begun from the part", async () => {
  await withFile(async (path) => {
    const files = taken();
    files.expect(wanted, "film.mp4");
    const download = arriving(0, 1, 2);
    const reading = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
    download.part = { read: () => reading.promise } as unknown as PartHandle;
    await files.offer(download);
    const seen = open(files);
    const got = read(seen, 1);
    await files.withdraw(download);
    reading.reject(new Error("The part is closed"));
    await files.complete(wanted, path);
    assertEquals(await got, "right");
    seen.close();
  });
});

Deno.test("TakenFiles gives nothing of what failed, or was changed by whoever took it", async () => {
  await withFile(async (path) => {
    const board = new Board();
    const files = taken(board);
    files.expect(wanted, "film.mp4");
    const seen = open(files);
    const download = arriving(0);
    await files.offer(download);
    await files.withdraw(download);
    const reading = read(seen, 0);
    files.forget(wanted);
    assertEquals([await reading, seen.isCurrent], ["not-found", false]);
    assertEquals([board.lines.pop(), files.open(id, content.length)], ["no film.mp4", undefined]);

    files.expect(wanted, "film.mp4");
    await files.complete(wanted, path);
    const whole = open(files);
    await Deno.writeTextFile(path, "mine", { append: true });
    assertEquals(await read(whole, 0), "changed");
    assertEquals([board.lines.pop(), files.open(id, content.length)], ["no film.mp4", undefined]);
    whole.close();
  });
});

Deno.test("TakenFiles does not give on what is not there any more when it is complete", async () => {
  const board = new Board();
  const files = taken(board);
  files.expect(wanted, "film.mp4");
  await files.complete(wanted, "/nowhere/film.mp4");
  assertEquals(board.lines, ["film.mp4 in parts", "no film.mp4"]);
});

Deno.test("TakenFiles announces two files of one name under two", () => {
  const board = new Board();
  const files = taken(board);
  files.expect(wanted, "film.mp4");
  files.expect(wanted, "film.mp4");
  files.expect({ ...wanted, size: 5 }, "film.mp4");
  assertEquals(board.lines, ["film.mp4 in parts", "film (2).mp4 in parts"]);
});

Deno.test("TakenFiles gives whole files only by name, as the classic dialect asks", async () => {
  await withFile(async (path) => {
    const files = taken();
    files.expect(wanted, "film.mp4");
    assertEquals(files.openByName("film.mp4", content.length), undefined);
    await files.complete(wanted, path);
    const whole = files.openByName("film.mp4", content.length);
    assertEquals(whole === undefined ? "" : await read(whole, 2), "right");
    whole?.close();
  });
});
