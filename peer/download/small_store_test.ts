import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { join } from "@std/path";
import { emptyId, hashPieces, idFromPieces } from "../../shared/mod.ts";
import { noise, TempFolder } from "../../tests/support/network.ts";
import { destinationIn } from "../testing/parts.ts";
import { place } from "./destination.ts";
import { openPart, partPaths } from "./placing.ts";
import { type SmallFile, type Stored, storeSmall } from "./small_store.ts";

const modified = Date.UTC(2021, 0, 2);

/** A file of noise that goes into a folder. */
interface Given {
  name: string;
  bytes: Uint8Array;
}

function given(name: string, length: number): Given {
  return { name, bytes: noise(length, length + 1) };
}

/** The files as a batch, and all their bytes. */
function batch(folder: string, files: readonly Given[]): { small: SmallFile[]; bytes: Uint8Array } {
  let at = 0;
  const small = files.map(({ name, bytes }): SmallFile => {
    const size = bytes.length;
    const id = size === 0 ? emptyId : idFromPieces(hashPieces(bytes), size);
    const destination = destinationIn(folder, name);
    const file = { destination, id, size, modified, mode: 0o640, at };
    at += size;
    return file;
  });
  return { small, bytes: concat(files.map(({ bytes }) => bytes)) };
}

function outcomes(stored: readonly Stored[]): string[] {
  return stored.map((one) => "path" in one ? one.path : one.code);
}

Deno.test("storeSmall gives every file its bytes, name, time and mode, and leaves nothing else", async () => {
  await using temp = new TempFolder();
  const files = [given("a", 1), given("b.txt", 20_000), given("c", 0), given("d", 1024 * 1024)];
  const { small, bytes } = batch(temp.path, files);
  const stored = await storeSmall(small, bytes, "rename");
  assertEquals(outcomes(stored), files.map(({ name }) => join(temp.path, name)));
  for (const { name, bytes } of files) {
    assertEquals(await Deno.readFile(join(temp.path, name)), bytes);
    const { mtime, mode } = await Deno.stat(join(temp.path, name));
    assertEquals([mtime?.getTime(), (mode ?? 0) & 0o777], [modified, 0o640]);
  }
  assertEquals(namesIn(temp.path), ["a", "b.txt", "c", "d"]);
});

Deno.test("hostile 22: storeSmall refuses wrong bytes, and stores the other files", async () => {
  await using temp = new TempFolder();
  const { small, bytes } = batch(temp.path, [given("a", 10), given("b", 10), given("c", 10)]);
  bytes[15] = (bytes[15] ?? 0) ^ 1;
  const stored = await storeSmall(small, bytes, "rename");
  assertEquals(outcomes(stored), [join(temp.path, "a"), "integrity", join(temp.path, "c")]);
  assertEquals(namesIn(temp.path), ["a", "c"]);
});

Deno.test("hostile 24: storeSmall refuses an empty file under the id of another one", async () => {
  await using temp = new TempFolder();
  const { small, bytes } = batch(temp.path, [given("a", 0)]);
  const stored = await storeSmall(
    small.map((file) => ({ ...file, id: "1".repeat(64) })),
    bytes,
    "rename",
  );
  assertEquals(outcomes(stored), ["integrity"]);
  assertEquals(namesIn(temp.path), []);
});

Deno.test("hostile 10: storeSmall replaces nothing unless asked to", async () => {
  await using temp = new TempFolder();
  await temp.write("a.txt", "mine");
  const { small, bytes } = batch(temp.path, [given("a.txt", 5), given("a.txt", 6)]);
  const paths = ["a (2).txt", "a (3).txt"].map((name) => join(temp.path, name));
  assertEquals(outcomes(await storeSmall(small, bytes, "rename")), paths);
  assertEquals(await Deno.readTextFile(join(temp.path, "a.txt")), "mine");
  const [first] = small;
  assertEquals(outcomes(await storeSmall(first ? [first] : [], bytes, "overwrite")), [
    join(temp.path, "a.txt"),
  ]);
  assertEquals((await Deno.readFile(join(temp.path, "a.txt"))).length, 5);
});

Deno.test("hostile 16: storeSmall does not follow what lies where a part should be", async () => {
  await using temp = new TempFolder();
  const victim = await temp.write("victim", "precious");
  const { small, bytes } = batch(temp.path, [given("a", 5), given("b", 6), given("c", 7)]);
  const [linked, named] = small.map((file) => partPaths(file).part);
  await Deno.symlink(victim, linked ?? "");
  await Deno.link(victim, named ?? "");
  const stored = outcomes(await storeSmall(small, bytes, "rename"));
  assertEquals(stored, ["exists", "exists", join(temp.path, "c")]);
  assertEquals(await Deno.readTextFile(victim), "precious");
});

Deno.test("hostile 28: storeSmall leaves a part alone that another download has open", async () => {
  await using temp = new TempFolder();
  const { small, bytes } = batch(temp.path, [given("a", 5), given("b", 6)]);
  const [path] = small.map((file) => partPaths(file).part);
  using other = openPart(path ?? "");
  other.lockSync(true);
  other.writeSync(Uint8Array.of(1, 2, 3));
  assertEquals(outcomes(await storeSmall(small, bytes, "rename")), [
    "exists",
    join(temp.path, "b"),
  ]);
  assertEquals(await Deno.readFile(path ?? ""), Uint8Array.of(1, 2, 3));
});

Deno.test("hostile 15: storeSmall writes nothing through a folder that became a link", async () => {
  await using temp = new TempFolder();
  const outside = await temp.folder("outside");
  const moved = await place(temp.path, "in/a");
  const { small, bytes } = batch(temp.path, [given("a", 5), given("b", 6)]);
  await Deno.remove(join(temp.path, "in"));
  await Deno.symlink(outside, join(temp.path, "in"));
  const files = small.map((file, at) => at === 0 ? { ...file, destination: moved } : file);
  assertEquals(outcomes(await storeSmall(files, bytes, "rename")), ["io", join(temp.path, "b")]);
  assertEquals(namesIn(outside), []);
});

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}
