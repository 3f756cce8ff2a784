import { assertEquals } from "@std/assert";
import { parseSharePath } from "../../../shared/mod.ts";
import type { ListQuery } from "../file_index.ts";
import { allPages, boundless, file } from "./property.ts";
import { page, paths, type Say, values } from "./saying.ts";

/** Lists of all files, of sessions and of what lies under a path. */
export function sayListing(test: Say): void {
  test("lists a session's files with all who have them, that session first", async (index) => {
    await index.put(1, [file("mine/a.txt", 1)], boundless);
    await index.put(2, [file("theirs/a.txt", 1), file("theirs/b.txt", 2)], boundless);
    const listed = values(await index.list({ holders: [2] }, page));
    assertEquals(listed.map(({ path, holders }) => [`${path}`, holders]), [
      ["theirs/a.txt", [2, 1]],
      ["theirs/b.txt", [2]],
    ]);
  });

  test("lists what lies under a path, and the path itself", async (index) => {
    const all = ["docs/a", "docs/deep/b", "docs2/c", "docs", "x/docs/d"];
    await index.put(1, all.map((path, n) => file(path, n)), boundless);
    const under = async (path: string, more: ListQuery = {}): Promise<string[]> =>
      paths(await index.list({ under: parseSharePath(path), ...more }, page));
    assertEquals(await under("docs"), ["docs/a", "docs/deep/b", "docs"]);
    assertEquals(await under("docs/deep"), ["docs/deep/b"]);
    assertEquals(await under("doc"), []);
    assertEquals(await under("docs", { holders: [2] }), []);
  });

  test("pages through interleaved sessions without losing an entry", async (index) => {
    const all: string[] = [];
    for (let n = 0; n < 60; n++) {
      const path = `docs/${n}`;
      all.push(path);
      await index.put(2 - n % 3, [file(path, n)], boundless);
    }
    const queries = [{}, { under: parseSharePath("docs") }, { holders: [2, 0, 1] }];
    for (const query of queries) {
      const listed = await allPages((request) => index.list(query, request), 7);
      assertEquals(listed.map(({ path }) => `${path}`).sort(), all.toSorted());
    }
  });
}
