import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { hashPieces, idFromPieces } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { HashCache } from "../sharing/hash_cache.ts";
import { stampOf } from "../sharing/stamp.ts";
import { destinationIn } from "../testing/parts.ts";
import { Present } from "./present.ts";
import type { Wanted } from "./wanted.ts";

const encoder = new TextEncoder();

function wantedOf(content: string): Wanted {
  const bytes = encoder.encode(content);
  const id = idFromPieces(hashPieces(bytes), bytes.length);
  return { id, size: bytes.length, modified: 0, executable: false };
}

/** Looks for content under a name in the folder `out`. */
class Fixture implements AsyncDisposable {
  readonly temp = new TempFolder();
  readonly folder = join(this.temp.path, "out");
  readonly cache = HashCache.open(this.temp.path);
  present = new Present(this.cache);

  constructor() {
    Deno.mkdirSync(this.folder);
  }

  /** The name under which the content is there. */
  async find(name: string, content: string): Promise<string | undefined> {
    const path = await this.present.find(destinationIn(this.folder, name), wantedOf(content));
    return path?.slice(this.folder.length + 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.present.close();
    this.cache.close();
    await this.temp[Symbol.asyncDispose]();
  }
}

Deno.test("hostile 10: Present.find knows the content under its name or a numbered one", async () => {
  await using fixture = new Fixture();
  await fixture.temp.write("out/a.txt", "one");
  await fixture.temp.write("out/a (2).txt", "two");
  await fixture.temp.write("out/a (3).txt", "three");
  await fixture.temp.write("out/a (5).txt", "five");
  assertEquals(await fixture.find("a.txt", "one"), "a.txt");
  assertEquals(await fixture.find("a.txt", "two"), "a (2).txt");
  assertEquals(await fixture.find("a.txt", "three"), "a (3).txt");
  assertEquals(await fixture.find("a.txt", "five"), undefined, "nobody would have made that one");
  assertEquals(await fixture.find("a.txt", "ONE"), undefined, "of the same size");
  assertEquals(await fixture.find("b.txt", "one"), undefined);
});

Deno.test("hostile 14: Present.find takes no link or folder for the content", async () => {
  await using fixture = new Fixture();
  const file = await fixture.temp.write("elsewhere", "one");
  await Deno.symlink(file, join(fixture.folder, "a"));
  await fixture.temp.write("out/b/inside", "one");
  await Deno.symlink(join(fixture.folder, "nowhere"), join(fixture.folder, "c"));
  for (const name of ["a", "b", "c"]) assertEquals(await fixture.find(name, "one"), undefined);
});

Deno.test("Present.find believes what the cache knows of an unchanged file", async () => {
  await using fixture = new Fixture();
  const path = await fixture.temp.write("out/a", "one");
  const stamp = stampOf(await Deno.lstat(path));
  fixture.cache.save(path, stamp, wantedOf("two").id, Date.now() + 60_000);
  assertEquals(await fixture.find("a", "two"), "a");
  await Deno.writeTextFile(path, "three");
  assertEquals(await fixture.find("a", "three"), "a");
});

Deno.test("Present.findAgain sees what has come since the run began", async () => {
  await using fixture = new Fixture();
  assertEquals(await fixture.find("a", "one"), undefined);
  const path = await fixture.temp.write("out/a", "one");
  const destination = destinationIn(fixture.folder, "a");
  assertEquals(await fixture.present.findAgain(destination, wantedOf("one")), path);
});
