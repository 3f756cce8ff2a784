import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { join } from "@std/path";
import { type ContentId, hashPieces, idFromPieces } from "../../shared/mod.ts";
import { noise, TempFolder } from "../../tests/support/network.ts";
import { eventually, patience, within } from "../../tests/support/waiting.ts";
import { HashCache } from "./hash_cache.ts";
import { announcement, Library } from "./library.ts";
import type { Root } from "./roots.ts";
import { stampOf } from "./stamp.ts";

/** A library of the folder `share`, shared as `docs`, that writes down what it tells. */
class Fixture implements AsyncDisposable {
  readonly temp = new TempFolder();
  readonly events: string[] = [];
  readonly root: Root = { real: join(this.temp.path, "share"), label: "docs", isFolder: true };
  readonly cache: HashCache;
  readonly library: Library;

  constructor() {
    Deno.mkdirSync(this.root.real);
    this.cache = HashCache.open(this.temp.path);
    this.library = new Library([this.root], [], this.cache, {
      added: ({ path }) => this.events.push(`added ${path}`),
      removed: ({ path }) => this.events.push(`removed ${path}`),
      problem: (message) => this.events.push(message),
    });
  }

  write(name: string, content: string | Uint8Array): Promise<string> {
    return this.temp.write(`share/${name}`, content);
  }

  /** What was told since the last call, sorted. */
  told(): string[] {
    return this.events.splice(0).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.library.close();
    this.cache.close();
    await this.temp[Symbol.asyncDispose]();
  }
}

function idOf(content: string | Uint8Array): { id: ContentId; size: number } {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { id: idFromPieces(hashPieces(bytes), bytes.length), size: bytes.length };
}

/** Whether some content is shared, judged by reading it. */
async function isShared(library: Library, content: string | Uint8Array): Promise<boolean> {
  const { id, size } = idOf(content);
  const open = library.open(id, size);
  if (open === undefined) return false;
  const bytes = new Uint8Array(size);
  await open.read(0, bytes);
  open.close();
  assertEquals(idOf(bytes).id, id);
  return true;
}

Deno.test("Library tells of every file once it is hashed, and opens it by content and by name", async () => {
  await using fixture = new Fixture();
  const { library } = fixture;
  const large = noise(2_500_000);
  await fixture.write("a.txt", "one");
  await fixture.write("d/large", large);
  await fixture.write("empty", "");
  await library.scanAll();
  assertEquals(fixture.told(), ["added docs/a.txt", "added docs/d/large", "added docs/empty"]);
  assertEquals(library.size, 3);
  for (const content of ["one", large, ""]) assert(await isShared(library, content));
  assertEquals(library.open(idOf("one").id, 4), undefined, "another size is other content");
  assertEquals(library.open(idOf(large).id, large.length)?.hashes().length, 96);
  assertEquals(library.openByName("a.txt", 3)?.path, "docs/a.txt");
  assertEquals(library.openByName("docs/a.txt", 3)?.path, "docs/a.txt");
  assertEquals(library.openByName("a.txt", 4), undefined);
  assertEquals(library.openByName("txt", 3), undefined);
});

Deno.test("announcement says what others have to know of a file, and no more", async () => {
  await using fixture = new Fixture();
  const path = await fixture.write("run", "x");
  await Deno.chmod(path, 0o755);
  await Deno.utime(path, 1000, 1000);
  await fixture.library.scanAll();
  const [file] = fixture.library.files();
  assert(file !== undefined);
  assertEquals(JSON.parse(JSON.stringify(announcement(file))), {
    path: "docs/run",
    size: 1,
    modified: 1_000_000,
    id: idOf("x").id,
    executable: true,
  });
});

Deno.test("Library takes out what is gone, and adds what is new", async () => {
  await using fixture = new Fixture();
  const { library, root } = fixture;
  const path = await fixture.write("d/a", "one");
  await fixture.write("b", "two");
  await library.scanAll();
  fixture.told();
  await Deno.remove(path);
  await fixture.write("c", "three");
  await library.scan(root, "docs/d");
  assertEquals(fixture.told(), ["removed docs/d/a"], "only that part was looked at");
  assert(!await isShared(library, "one"));
  await library.scanAll();
  assertEquals(fixture.told(), ["added docs/c"]);
});

Deno.test("hostile 19: Library takes a changed file out at once, and adds it when it rests", async () => {
  await using fixture = new Fixture();
  const { library, root } = fixture;
  await fixture.write("a", "old");
  await library.scanAll();
  fixture.told();
  await fixture.write("a", "new");
  await library.scan(root, "docs");
  assertEquals(fixture.told(), ["removed docs/a"]);
  assert(!await isShared(library, "old"));
  await fixture.write("a", "new content");
  const start = performance.now();
  await library.scan(root, "docs");
  await eventually(() => library.size === 1 ? true : undefined, patience);
  assertGreaterOrEqual(performance.now() - start, 1900);
  assertEquals(fixture.told(), ["added docs/a"]);
  assert(await isShared(library, "new content"));
});

Deno.test("Library.scanAll ends when the last file it waits for is gone", async () => {
  await using fixture = new Fixture();
  const { library, root } = fixture;
  const path = await fixture.write("a", "old");
  await library.scanAll();
  await fixture.write("a", "new content");
  const scanned = library.scanAll();
  await library.scan(root, "docs");
  await Deno.remove(path);
  await library.scan(root, "docs");
  await within(scanned, patience);
  assertEquals(library.size, 0);
});

Deno.test("Library has one content at several paths as long as one of them is there", async () => {
  await using fixture = new Fixture();
  const { library } = fixture;
  const [a, b] = [await fixture.write("a", "same"), await fixture.write("b", "same")];
  await library.scanAll();
  await Deno.remove(a);
  await library.scanAll();
  assert(await isShared(library, "same"));
  await Deno.remove(b);
  await library.scanAll();
  assert(!await isShared(library, "same"));
});

Deno.test("hostile 18: Library shares nothing of a root that is gone, and all of it when it is back", async () => {
  await using fixture = new Fixture();
  const { library, root } = fixture;
  await fixture.write("a", "one");
  await fixture.write("d/b", "two");
  await library.scanAll();
  fixture.told();
  const moved = join(fixture.temp.path, "moved");
  await Deno.rename(root.real, moved);
  await library.scanAll();
  assertEquals(fixture.told(), ["removed docs/a", "removed docs/d/b"]);
  await Deno.symlink(moved, root.real);
  await library.scanAll();
  assertEquals(fixture.told(), [], "a link is not the folder that was shared");
  await Deno.remove(root.real);
  await Deno.rename(moved, root.real);
  await library.scanAll();
  assertEquals(fixture.told(), ["added docs/a", "added docs/d/b"]);
});

Deno.test("Library believes the cache, until a receiver says that the bytes are wrong", async () => {
  await using fixture = new Fixture();
  const { cache, library } = fixture;
  const path = await fixture.write("a", "one");
  const wrong = "1".repeat(64);
  cache.save(path, stampOf(await Deno.lstat(path)), wrong, Date.now() + 60_000);
  await library.scanAll();
  assertEquals([...library.files()].map(({ id }) => id), [wrong]);
  fixture.told();
  library.open(wrong, 3)?.distrust();
  await eventually(() => fixture.events.length === 2 ? true : undefined, patience);
  assertEquals(fixture.told(), ["added docs/a", "removed docs/a"]);
  assert(await isShared(library, "one"));
});

Deno.test("Library.recheck takes a file out until it was looked at again", async () => {
  await using fixture = new Fixture();
  const { library } = fixture;
  await fixture.write("a", "one");
  await library.scanAll();
  fixture.told();
  const [file] = library.files();
  assert(file !== undefined && library.isShared(file));
  library.recheck(file);
  assertEquals(fixture.told(), ["removed docs/a"]);
  assert(!library.isShared(file));
  await eventually(() => library.size === 1 ? true : undefined, patience);
  assert(!library.isShared(file), "it is there again, but not the same any more");
});

Deno.test("Library counts what the last full look left out, once", async () => {
  await using fixture = new Fixture();
  const { library, root } = fixture;
  await fixture.write("a", "one");
  await fixture.write(".hidden", "x");
  await fixture.write("d/.git/x", "x");
  await Deno.symlink("a", join(root.real, "link"));
  await library.scanAll();
  const expected = [["hidden", 1], ["junk", 1], ["special", 1]];
  assertEquals([...library.leftOut].sort(), expected);
  await library.scan(root, "docs/d");
  assertEquals([...library.leftOut].sort(), expected);
  await library.scan(root, "docs");
  await library.scanAll();
  assertEquals([...library.leftOut].sort(), expected);
  await Deno.remove(join(root.real, "link"));
  await library.scanAll();
  assertEquals([...library.leftOut].sort(), expected.slice(0, 2));
});

Deno.test("Library tells nothing after it was closed", async () => {
  await using fixture = new Fixture();
  await fixture.write("a", "one");
  const scanned = fixture.library.scan(fixture.root, "docs");
  await scanned; // It is seen, and about to be hashed.
  fixture.library.close();
  await fixture.library.scan(fixture.root, "docs");
  assertEquals(fixture.told(), []);
});
