import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import fc from "fast-check";
import { LanyardError } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { within } from "../../tests/support/waiting.ts";
import {
  content,
  hashes,
  openPart,
  openPartWith,
  optionsFor,
  pathsIn,
  pieceOf,
  plainFinish,
} from "../testing/parts.ts";
import { PartFile } from "./part_file.ts";

Deno.test("hostile 59: PartFile.open makes a hidden part that nobody else can read", async () => {
  await using temp = new TempFolder();
  const part = await openPart(temp.path);
  const names = [...Deno.readDirSync(temp.path)].map(({ name }) => name);
  assertEquals(names.map((name) => /^\.lanyard-[0-9a-f]{16}\.part$/.test(name)), [true]);
  assertEquals(modeOf(pathsIn(temp.path).part), 0o600);
  part.write(0, pieceOf(0), hashes);
  part.close();
  assertEquals(modeOf(pathsIn(temp.path).record), 0o600);
});

Deno.test("hostile 59: PartFile.open takes from others the rights to a part that was almost finished", async () => {
  await using temp = new TempFolder();
  (await openPartWith(temp.path, [0])).close();
  await Deno.chmod(pathsIn(temp.path).part, 0o644);
  const part = await openPart(temp.path);
  assertEquals(modeOf(pathsIn(temp.path).part), 0o600);
  part.close(true);
});

Deno.test("hostile 22: PartFile.write takes right pieces only", async () => {
  await using temp = new TempFolder();
  const part = await openPart(temp.path);
  const wrong = pieceOf(1).slice();
  wrong[12_345] = (wrong[12_345] ?? 0) ^ 1;
  assertEquals(part.write(1, wrong, hashes), false, "one bit is wrong");
  assertEquals(part.write(0, pieceOf(1), hashes), false, "it is another piece");
  assertEquals(part.write(2, pieceOf(2).subarray(1), hashes), false, "it is too short");
  assertEquals(part.write(3, pieceOf(2), hashes), false, "there is no such piece");
  assertEquals(part.write(1, pieceOf(1), hashes), true);
  assertEquals(part.write(2, pieceOf(2), hashes), true);
  const written = await Deno.readFile(pathsIn(temp.path).part);
  assertEquals(written.subarray(0, 1024 * 1024).some((byte) => byte !== 0), false);
  assert(written.subarray(1024 * 1024).every((byte, at) => byte === content[1024 * 1024 + at]));
  assertEquals(part.read(2), pieceOf(2).slice());
  part.close(true);
});

Deno.test("PartFile.close keeps what came, and resume finds it", async () => {
  await using temp = new TempFolder();
  (await openPartWith(temp.path, [2, 0])).close();
  const part = await PartFile.open(optionsFor(temp.path), failOnWait);
  assertEquals([...part.resume(hashes)], [0, 2]);
  assert(part.write(1, pieceOf(1), hashes));
  await finishAndCheck(part, temp.path);
});

Deno.test("PartFile.close removes a part that holds nothing, or that is not wanted", async () => {
  await using temp = new TempFolder();
  (await openPart(temp.path)).close();
  assertEquals(namesIn(temp.path), []);
  (await openPartWith(temp.path, [0])).close();
  (await openPart(temp.path)).close(true);
  assertEquals(namesIn(temp.path), []);
});

Deno.test("PartFile.close keeps an earlier run's part that nobody has looked at", async () => {
  await using temp = new TempFolder();
  (await openPartWith(temp.path, [0, 1])).close();
  (await PartFile.open(optionsFor(temp.path), failOnWait)).close();
  const part = await openPart(temp.path);
  assertEquals([...part.resume(hashes)], [0, 1]);
  part.close(true);
});

Deno.test("hostile 27: PartFile.resume keeps right pieces only, whatever happened to the files", async () => {
  await using temp = new TempFolder();
  (await openPartWith(temp.path, [0, 1, 2])).close();
  const { part: partPath, record: recordPath } = pathsIn(temp.path);
  const wholePart = await Deno.readFile(partPath);
  const wholeRecord = await Deno.readFile(recordPath);
  await fc.assert(
    fc.asyncProperty(
      damage(content.length),
      damage(wholeRecord.length),
      async (ofPart, ofRecord) => {
        await Deno.writeFile(partPath, damaged(wholePart, ofPart));
        if (ofRecord === "gone") await Deno.remove(recordPath).catch(() => {});
        else await Deno.writeFile(recordPath, damaged(wholeRecord, ofRecord));
        const there = damaged(wholePart, ofPart);
        const part = await PartFile.open(optionsFor(temp.path), failOnWait);
        const have = [...part.resume(hashes)];
        part.prepare();
        const right = [0, 1, 2].filter((piece) => isRight(there, piece));
        assertEquals(have.filter((piece) => !right.includes(piece)), []);
        // Unless the record said otherwise, nothing right is lost.
        if (!Array.isArray(ofRecord)) assertEquals(have, right);
        for (const piece of [0, 1, 2]) {
          if (!have.includes(piece)) assert(part.write(piece, pieceOf(piece), hashes));
        }
        await finishAndCheck(part, temp.path);
        await Deno.remove(join(temp.path, "file.bin"));
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("hostile 27: PartFile.resume does not believe a record from another file or version", async () => {
  await using temp = new TempFolder();
  const header = "lanyard-part 1\n";
  const records = [
    `${header}\u00e0`,
    "lanyard-part 2\n\u00e0",
    "",
    "SQLite",
    `${header}\0\0`,
    header,
  ];
  for (const record of records) {
    (await openPartWith(temp.path, [1])).close();
    await Deno.writeFile(pathsIn(temp.path).record, latin1(record));
    const part = await PartFile.open(optionsFor(temp.path), failOnWait);
    assertEquals([...part.resume(hashes)], [1], JSON.stringify(record));
    part.close(true);
  }
});

Deno.test("hostile 27: PartFile.resume survives a record that is no file", async () => {
  await using temp = new TempFolder();
  const { record } = pathsIn(temp.path);
  for (const make of [() => Deno.mkdir(record), () => Deno.symlink("/dev/zero", record)]) {
    (await openPartWith(temp.path, [1])).close();
    await Deno.remove(record);
    await make();
    const part = await PartFile.open(optionsFor(temp.path), failOnWait);
    assertEquals([...part.resume(hashes)], [1]);
    part.close(true);
    await Deno.remove(record).catch(() => {});
  }
});

Deno.test("hostile 16: PartFile.open refuses what is no plain file where the part should be", async () => {
  await using temp = new TempFolder();
  const victim = await temp.write("victim", "precious");
  const { part } = pathsIn(temp.path);
  const obstacles = [
    () => Deno.symlink(victim, part),
    () => Deno.symlink(join(temp.path, "made"), part),
    () => Deno.mkdir(part),
    () => makePipe(part),
  ];
  for (const make of obstacles) {
    await make();
    const error = await assertRejects(
      () => within(PartFile.open(optionsFor(temp.path), failOnWait)),
      LanyardError,
      "it is not a plain file",
    );
    assertEquals(error.code, "io");
    await Deno.remove(part);
  }
  assertEquals(namesIn(temp.path), ["victim"]);
  assertEquals(await Deno.readTextFile(victim), "precious");
});

Deno.test("hostile 16: PartFile does not write to a file that has another name, too", async () => {
  await using temp = new TempFolder();
  const finished = await temp.write("file.bin", "edited since it was downloaded");
  await Deno.link(finished, pathsIn(temp.path).part);
  const part = await openPartWith(temp.path, [0, 1, 2]);
  assertEquals(await part.finish(plainFinish), join(temp.path, "file (2).bin"));
  assertEquals(await Deno.readTextFile(finished), "edited since it was downloaded");
});

Deno.test("hostile 28: PartFile.open waits for whoever has the part, and goes on where he stopped", async () => {
  await using temp = new TempFolder();
  const first = await openPartWith(temp.path, [0]);
  const waiting = Promise.withResolvers<void>();
  const opened = PartFile.open(optionsFor(temp.path), () => waiting.resolve());
  await within(waiting.promise);
  first.close();
  const second = await within(opened);
  assertEquals([...second.resume(hashes)], [0]);
  second.close(true);
});

Deno.test("hostile 28: PartFile.open does not open a part that was finished meanwhile", async () => {
  await using temp = new TempFolder();
  const first = await openPartWith(temp.path, [0, 1, 2]);
  const waiting = Promise.withResolvers<void>();
  const opened = PartFile.open(optionsFor(temp.path), () => waiting.resolve());
  await within(waiting.promise);
  const final = await first.finish(plainFinish);
  const second = await within(opened);
  assertEquals([...second.resume(hashes)], []);
  second.write(0, pieceOf(0), hashes);
  second.close(true);
  assertEquals(namesIn(temp.path), ["file.bin"]);
  assert((await Deno.readFile(final)).every((byte, at) => byte === content[at]));
});

Deno.test("hostile 28: PartFile.open does not write to what a run named before it died", async () => {
  await using temp = new TempFolder();
  const first = await openPartWith(temp.path, [0, 1, 2]);
  const waiting = Promise.withResolvers<void>();
  const opened = PartFile.open(optionsFor(temp.path), () => waiting.resolve());
  await within(waiting.promise);
  await Deno.link(pathsIn(temp.path).part, join(temp.path, "file.bin"));
  first.close();
  const second = await within(opened);
  assertEquals([...second.resume(hashes)], []);
  second.close(true);
  assertEquals(namesIn(temp.path), ["file.bin"]);
});

Deno.test("PartFile.adopt copies what another file has of it, and nothing else", async () => {
  await using temp = new TempFolder();
  const half = content.slice(0, 2 * 1024 * 1024);
  half[5] = (half[5] ?? 0) ^ 1;
  const copy = await temp.write("copy", half);
  const part = await openPart(temp.path);
  assertEquals([...part.adopt(copy, hashes)], [1]);
  assertEquals([...part.adopt(join(temp.path, "gone"), hashes)], [1]);
  assertEquals([...part.adopt(temp.path, hashes)], [1]);
  await temp.write("copy", content);
  await Deno.symlink(copy, join(temp.path, "link"));
  assertEquals([...part.adopt(join(temp.path, "link"), hashes)], [1], "it may lead anywhere");
  assertEquals([...part.adopt(copy, hashes)], [0, 1, 2]);
  await finishAndCheck(part, temp.path);
});

Deno.test("PartFile.read fails if the part was cut behind our back", async () => {
  await using temp = new TempFolder();
  const part = await openPartWith(temp.path, [0, 1]);
  await Deno.truncate(pathsIn(temp.path).part, 1_500_000);
  assertEquals(part.read(0), pieceOf(0).slice());
  assertThrows(() => part.read(1), LanyardError, "became shorter");
  part.close(true);
});

type Damage = "gone" | "none" | { keep: number } | { flip: number }[];

/** Nothing, a cut, a removal, or some flipped bits. */
function damage(length: number): fc.Arbitrary<Damage> {
  const at = fc.nat({ max: length - 1 });
  return fc.oneof(
    fc.constantFrom<Damage>("gone", "none"),
    fc.record({ keep: at }),
    fc.array(at.map((flip) => ({ flip })), { minLength: 1, maxLength: 3 }),
  );
}

function damaged(whole: Uint8Array, kind: Damage): Uint8Array {
  if (kind === "gone") return new Uint8Array();
  if (kind === "none") return whole;
  if (!Array.isArray(kind)) return whole.slice(0, kind.keep);
  const bytes = whole.slice();
  for (const { flip } of kind) bytes[flip] = (bytes[flip] ?? 0) ^ (1 << (flip % 8));
  return bytes;
}

function isRight(there: Uint8Array, piece: number): boolean {
  const bytes = there.subarray(piece * 1024 * 1024, piece * 1024 * 1024 + pieceOf(piece).length);
  return bytes.length === pieceOf(piece).length &&
    bytes.every((byte, at) => byte === pieceOf(piece)[at]);
}

async function finishAndCheck(part: PartFile, folder: string): Promise<void> {
  const path = await part.finish(plainFinish);
  const bytes = await Deno.readFile(path);
  assertEquals(bytes.length, content.length);
  assert(bytes.every((byte, at) => byte === content[at]));
  assertEquals(namesIn(folder).filter((name) => name.startsWith(".lanyard")), []);
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

async function makePipe(path: string): Promise<void> {
  await new Deno.Command("mkfifo", { args: [path] }).output();
}

function failOnWait(): void {
  throw new Error("Somebody else has the part");
}
