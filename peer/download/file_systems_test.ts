import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { TempFolder } from "../../tests/support/network.ts";
import { HashCache } from "../sharing/hash_cache.ts";
import { stampOf } from "../sharing/stamp.ts";
import { moveIntoPlace } from "./placing.ts";

/** Runs `work` as on FAT, which has no hard links. */
function withoutLinks<T>(work: () => T): T {
  const { linkSync } = Deno;
  Deno.linkSync = (): void => {
    throw new Deno.errors.NotSupported("Operation not permitted (os error 1)");
  };
  try {
    return work();
  } finally {
    Deno.linkSync = linkSync;
  }
}

Deno.test("hostile 21: moveIntoPlace needs no links, and replaces nothing without them", async () => {
  await using temp = new TempFolder();
  const destination = { root: temp.path, folder: temp.path, name: "film.mp4" };
  await temp.write("film.mp4", "another film");
  const part = await temp.write(".part", "this film");
  const path = withoutLinks(() => moveIntoPlace(part, destination, "rename"));
  assertEquals(path, join(temp.path, "film (2).mp4"));
  assertEquals(await Deno.readTextFile(path), "this film");
  assertEquals(await Deno.readTextFile(join(temp.path, "film.mp4")), "another film");
});

Deno.test("hostile 21: HashCache keeps nothing that a clock of whole seconds could not tell apart", async () => {
  await using temp = new TempFolder();
  const path = await temp.write("notes.txt", "one");
  const whole = Math.floor(Date.now() / 1000);
  await Deno.utime(path, whole, whole);
  const stamp = { ...stampOf(await Deno.lstat(path)), changed: 0 };
  const cache = HashCache.open(await temp.folder("state"));
  const id = "ab".repeat(32);
  cache.save(path, stamp, id, whole * 1000 + 999);
  assertEquals(cache.find(path, stamp), undefined, "it may change again within that second");
  cache.save(path, stamp, id, whole * 1000 + 5000);
  assertEquals(cache.find(path, stamp), id);
  cache.close();
});
