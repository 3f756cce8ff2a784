import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import { LanyardError } from "../../shared/mod.ts";
import { noise, TempFolder } from "../../tests/support/network.ts";
import { HashCache } from "./hash_cache.ts";
import type { OpenTogether } from "../testing/hash_cache_worker.ts";
import type { Stamp } from "./stamp.ts";

const now = 1_700_000_000_000;
const stamp: Stamp = { dev: 1, ino: 2, size: 3, modified: now - 9000, changed: now - 8000 };
const id = "0a".repeat(32);

Deno.test("HashCache finds a file that looks exactly as it did, also after it was opened anew", async () => {
  await using temp = new TempFolder();
  const first = HashCache.open(temp.path);
  assertEquals(first.find("/a", stamp), undefined);
  first.save("/a", stamp, id, now);
  first.close();
  const cache = HashCache.open(temp.path);
  assertEquals(cache.find("/a", stamp), id);
  assertEquals(cache.find("/b", stamp), undefined);
  for (const key of ["dev", "ino", "size", "modified", "changed"]) {
    assertEquals(cache.find("/a", { ...stamp, [key]: 77 }), undefined, key);
  }
  cache.save("/a", { ...stamp, size: 4 }, "0b".repeat(32), now);
  assertEquals(cache.find("/a", stamp), undefined, "a path has one file");
  assertEquals(cache.find("/a", { ...stamp, size: 4 }), "0b".repeat(32));
  cache.forget("/a");
  assertEquals(cache.find("/a", { ...stamp, size: 4 }), undefined);
  cache.close();
});

Deno.test("hostile 19: HashCache does not remember a file that changed in the last two seconds", async () => {
  await using temp = new TempFolder();
  const cache = HashCache.open(temp.path);
  for (const key of ["modified", "changed"]) {
    for (const time of [now - 1999, now, now + 60_000]) {
      cache.save("/a", { ...stamp, [key]: time }, id, now);
      assertEquals(cache.find("/a", { ...stamp, [key]: time }), undefined);
    }
    cache.save("/a", { ...stamp, [key]: now - 2000 }, id, now);
    assertEquals(cache.find("/a", { ...stamp, [key]: now - 2000 }), id);
  }
  cache.close();
});

Deno.test("HashCache keeps numbers that SQLite cannot hand back as they are", async () => {
  await using temp = new TempFolder();
  const cache = HashCache.open(temp.path);
  const large = { ...stamp, ino: 2 ** 63, dev: 2 ** 53 + 2, size: Number.MAX_SAFE_INTEGER };
  cache.save("/a", large, id, now);
  assertEquals(cache.find("/a", large), id);
  assertEquals(cache.copies(id, large.size), ["/a"]);
  cache.close();
});

Deno.test("HashCache.copies names the files of some content: id and size", async () => {
  await using temp = new TempFolder();
  const cache = HashCache.open(temp.path);
  for (const path of ["/a", "/d/b", "/caf\u00e9 \u{1f3b5}"]) cache.save(path, stamp, id, now);
  cache.save("/longer", { ...stamp, size: 4 }, id, now);
  cache.save("/other", stamp, "0b".repeat(32), now);
  assertEquals(cache.copies(id, 3).sort(), ["/a", "/caf\u00e9 \u{1f3b5}", "/d/b"]);
  assertEquals(cache.copies(id, 5), []);
  cache.close();
});

Deno.test("HashCache keeps a piece list per content: id and size", async () => {
  await using temp = new TempFolder();
  const cache = HashCache.open(temp.path);
  const [a, b] = [noise(64, 1), noise(96, 2)];
  cache.savePieces(id, 2_000_000, a);
  cache.savePieces(id, 3_000_000, b);
  assertEquals(cache.pieces(id, 2_000_000), a);
  assertEquals(cache.pieces(id, 3_000_000), b);
  assertEquals(cache.pieces(id, 4_000_000), undefined);
  cache.savePieces(id, 2_000_000, b);
  assertEquals(cache.pieces(id, 2_000_000), b);
  cache.close();
});

Deno.test("hostile 59: HashCache makes files that only their owner can read", async () => {
  await using temp = new TempFolder();
  const cache = HashCache.open(temp.path);
  cache.save("/a", stamp, id, now);
  const names = [...Deno.readDirSync(temp.path)].map(({ name }) => name).sort();
  assertEquals(names, ["hashes.sqlite", "hashes.sqlite-shm", "hashes.sqlite-wal"]);
  for (const name of names) {
    assertEquals((Deno.statSync(join(temp.path, name)).mode ?? 0) & 0o777, 0o600, name);
  }
  cache.close();
});

Deno.test("hostile 27: HashCache starts afresh where a file is no database, or one cut to pieces", async () => {
  await using temp = new TempFolder();
  const file = join(temp.path, "hashes.sqlite");
  filled(temp.path, 2000).close();
  const whole = await Deno.readFile(file);
  for (const bytes of [noise(5000), whole.slice(0, 5000), whole.slice(0, 50), new Uint8Array()]) {
    await Deno.writeFile(file, bytes);
    const cache = HashCache.open(temp.path);
    assertEquals(cache.find("/1", stamp), undefined);
    cache.save("/1", stamp, id, now);
    assertEquals(cache.find("/1", stamp), id);
    cache.close();
  }
});

Deno.test("hostile 27: HashCache starts afresh when it comes upon damage later", async () => {
  await using temp = new TempFolder();
  const file = join(temp.path, "hashes.sqlite");
  filled(temp.path, 2000).close();
  const whole = await Deno.readFile(file);
  const damaged = new Uint8Array([...whole.slice(0, 4096), ...noise(whole.length - 4096)]);
  const uses: ((cache: HashCache) => unknown)[] = [
    (cache) => cache.find("/1", stamp),
    (cache) => cache.save("/1", stamp, id, now),
    (cache) => cache.pieces(id, 3),
    (cache) => cache.copies(id, 3),
  ];
  for (const use of uses) {
    await Deno.writeFile(file, damaged);
    const cache = HashCache.open(temp.path);
    use(cache);
    cache.save("/2", stamp, id, now);
    assertEquals(cache.find("/2", stamp), id);
    cache.close();
    const again = new DatabaseSync(file);
    assertEquals(again.prepare("pragma quick_check").get()?.["quick_check"], "ok");
    again.close();
  }
});

Deno.test("HashCache can be open twice at once", async () => {
  await using temp = new TempFolder();
  const [one, other] = [HashCache.open(temp.path), HashCache.open(temp.path)];
  one.save("/a", stamp, id, now);
  assertEquals(other.find("/a", stamp), id);
  other.save("/b", stamp, id, now);
  assertEquals(one.find("/b", stamp), id);
  one.close();
  other.close();
});

Deno.test("HashCache.open says where there can be none", async () => {
  await using temp = new TempFolder();
  const missing = join(temp.path, "missing");
  const error = assertThrows(() => HashCache.open(missing), LanyardError, missing);
  assertEquals(error.code, "io");
  await temp.folder("hashes.sqlite");
  assertThrows(() => HashCache.open(temp.path), LanyardError, temp.path);
});

/** A cache with many files in it. */
function filled(folder: string, files: number): HashCache {
  const cache = HashCache.open(folder);
  for (let number = 0; number < files; number++) cache.save(`/${number}`, stamp, id, now);
  return cache;
}

Deno.test("HashCache can be made by two programs at the same moment", async () => {
  await using temp = new TempFolder();
  const folders = Array.from({ length: 60 }, (_, at) => join(temp.path, `${at}`));
  for (const folder of folders) await Deno.mkdir(folder);
  const arrived = new Int32Array(new SharedArrayBuffer(4));
  const errors = await Promise.all([0, 1].map(async () => {
    const url = new URL("../testing/hash_cache_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const { promise, resolve } = Promise.withResolvers<string[]>();
    worker.onmessage = ({ data }: MessageEvent<string[]>): void => resolve(data);
    worker.postMessage({ folders, arrived, workers: 2 } satisfies OpenTogether);
    return await promise.finally(() => worker.terminate());
  }));
  assertEquals(errors, [[], []]);
});
