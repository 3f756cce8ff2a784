/**
 * What every store of the index promises, as tests. A store's own test file calls `describeIndex`
 * and adds what is special about it.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { LanyardError, limits, parseSharePath, type SharedFile } from "../../shared/mod.ts";
import {
  type FileIndex,
  type IndexedFile,
  type ListQuery,
  type Page,
  type PageRequest,
  type SearchQuery,
  totalCountedTo,
} from "./file_index.ts";
import { agreesWithModel, allPages, boundless, file, id } from "./_index_property.ts";

const page: PageRequest = { limit: limits.pageEntries };

/** A file of a classic peer: nobody knows what is in it. */
function fileWithoutId(path: string, size = 5): SharedFile {
  return { path: parseSharePath(path), size, modified: 1 };
}

function values(found: Page<IndexedFile>): IndexedFile[] {
  return found.entries.map(({ value }) => value);
}

function names(found: Page<IndexedFile>): string[] {
  return values(found).map(({ name }) => name);
}

function paths(found: Page<IndexedFile>): string[] {
  return values(found).map(({ path }) => path);
}

/**
 * Describes an index to the test runner.
 *
 * @param name the store's name, with which every title starts
 * @param make makes an empty store
 * @param permissions what the store needs
 * @param runs random runs that it has to agree in with the model
 */
export function describeIndex(
  name: string,
  make: () => Promise<FileIndex & Partial<AsyncDisposable>>,
  permissions: Deno.PermissionOptions = "none",
  runs = 300,
): void {
  const test = (behaviour: string, run: (index: FileIndex) => Promise<void>): void => {
    const [, number, rest] = /^(hostile \d\d: )?(.*)$/s.exec(behaviour) ?? [];
    Deno.test({
      name: `${number ?? ""}${name} ${rest}`,
      permissions,
      fn: async () => {
        const index = await make();
        try {
          await run(index);
        } finally {
          await index[Symbol.asyncDispose]?.();
        }
      },
    });
  };
  const badCursor = async (asked: Promise<unknown>): Promise<void> => {
    const error = await assertRejects(() => asked, LanyardError);
    assertEquals(error.code, "bad-cursor");
  };

  test("finds nothing when it is empty", async (index) => {
    assertEquals(await index.search({ text: "a" }, page), { entries: [], more: false, total: 0 });
    assertEquals(values(await index.list({}, page)), []);
    assertEquals((await index.sources({ id: id(1), size: 1001 }, page)).entries, []);
    assertEquals(index.totals(1), { files: 0, bytes: 0 });
  });

  test("describes a file in full", async (index) => {
    await index.put(1, [file("docs/Report.PDF", 7, { executable: true })], boundless);
    assertEquals(values(await index.search({ text: "report" }, page)), [{
      name: "Report.PDF",
      path: parseSharePath("docs/Report.PDF"),
      size: 1007,
      modified: 7,
      id: id(7),
      type: "pdf",
      executable: true,
      holders: [1],
    }]);
  });

  test("shows the same content of several sessions as one result", async (index) => {
    await index.put(1, [file("one/a.txt", 1, { modified: 10 })], boundless);
    await index.put(2, [file("two/a.txt", 1, { modified: 20 })], boundless);
    const [found, ...others] = values(await index.search({ text: "a.txt" }, page));
    assertEquals(others, []);
    assertEquals(found?.holders, [1, 2]);
    assertEquals([found?.path, found?.modified], [parseSharePath("one/a.txt"), 10]);
  });

  test("keeps content apart that differs in id, size or name", async (index) => {
    await index.put(1, [file("a.txt", 1)], boundless);
    await index.put(2, [file("a.txt", 2)], boundless);
    await index.put(3, [file("a.txt", 1, { size: 1 })], boundless);
    await index.put(4, [file("b.txt", 1)], boundless);
    assertEquals(values(await index.search({ text: "txt" }, page)).length, 4);
  });

  test("never merges files without an id", async (index) => {
    await index.put(1, [fileWithoutId("a.txt")], boundless);
    await index.put(2, [fileWithoutId("a.txt")], boundless);
    const found = values(await index.search({ text: "a.txt" }, page));
    assertEquals(found.map(({ holders }) => holders), [[1], [2]]);
    assert(found.every((one) => !("id" in one)));
  });

  test("lets a path announced again replace the earlier file", async (index) => {
    await index.put(1, [file("a.txt", 1)], boundless);
    await index.put(1, [file("a.txt", 2)], boundless);
    assertEquals(values(await index.search({ text: "a.txt" }, page)).map((one) => one.id), [id(2)]);
    assertEquals(index.totals(1), { files: 1, bytes: 1002 });
    assertEquals((await index.sources({ id: id(1), size: 1001 }, page)).entries, []);
  });

  test("counts the files and bytes of each session", async (index) => {
    await index.put(1, [file("a", 1), file("b", 2)], boundless);
    await index.put(2, [file("c", 3)], boundless);
    assertEquals(index.totals(1), { files: 2, bytes: 2003 });
    await index.remove(1, [parseSharePath("a"), parseSharePath("never announced")]);
    assertEquals(index.totals(1), { files: 1, bytes: 1002 });
    assertEquals(index.totals(2), { files: 1, bytes: 1003 });
  });

  test("hostile 24: counts sizes whose sum is beyond whole numbers", async (index) => {
    const huge = Number.MAX_SAFE_INTEGER;
    const files = ["a", "b", "c"].map((path) => file(path, 1, { size: huge }));
    await index.put(1, [...files, file("d", 2, { size: 1 })], boundless);
    assertEquals(index.totals(1).bytes, huge);
    await index.remove(1, files.map(({ path }) => path));
    assertEquals(index.totals(1), { files: 1, bytes: 1 });
  });

  test("hostile 38: takes all files of a line or none beyond the limit", async (index) => {
    await index.put(1, [file("a", 1)], 2);
    const error = await assertRejects(
      () => index.put(1, [file("b", 2), file("c", 3)], 2),
      LanyardError,
    );
    assertEquals(error.code, "too-many");
    assertEquals(paths(await index.list({}, page)), ["a"]);
    await index.put(1, [file("b", 2)], 2);
    await index.put(2, [file("x", 4), file("y", 5)], 2);
    assertEquals(index.totals(1).files, 2);
  });

  test("counts a replaced path once against the limit", async (index) => {
    await index.put(1, [file("a", 1), file("b", 2)], 2);
    await index.put(1, [file("a", 3), file("b", 4), file("a", 5)], 2);
    assertEquals(index.totals(1), { files: 2, bytes: 2009 });
  });

  test("keeps hidden files out of every answer until they are shown", async (index) => {
    await index.put(1, [file("a.txt", 1)], boundless);
    await index.put(2, [file("b.txt", 2), file("a.txt", 1)], boundless);
    index.hide(2);
    assertEquals(names(await index.search({ text: "txt" }, page)), ["a.txt"]);
    assertEquals(values(await index.search({ text: "txt" }, page))[0]?.holders, [1]);
    assertEquals(names(await index.search({ text: "b.txt", exact: true }, page)), []);
    assertEquals(names(await index.list({}, page)), ["a.txt"]);
    assertEquals(names(await index.list({ holders: [2] }, page)), []);
    assertEquals(names(await index.list({ under: parseSharePath("b.txt") }, page)), []);
    assertEquals((await index.sources({ id: id(2), size: 1002 }, page)).entries, []);
    assertEquals(index.totals(2).files, 2);
    index.show(2);
    assertEquals(names(await index.search({ text: "txt" }, page)).length, 2);
    assertEquals((await index.sources({ id: id(1), size: 1001 }, page)).entries.length, 2);
  });

  test("takes the path of a session that is visible", async (index) => {
    await index.put(1, [file("first/a.txt")], boundless);
    await index.put(2, [file("second/a.txt")], boundless);
    index.hide(1);
    assertEquals(paths(await index.search({ text: "a.txt" }, page)), ["second/a.txt"]);
  });

  test("hides at once what it drops", async (index) => {
    await index.put(1, Array.from({ length: 3000 }, (_, n) => file(`f${n}`, n)), boundless);
    await index.put(2, [file("f1", 1)], boundless);
    const dropped = index.drop(1);
    assertEquals(values(await index.search({ text: "f" }, page)).map((one) => one.holders), [[2]]);
    await dropped;
    assertEquals(index.totals(1), { files: 0, bytes: 0 });
    assertEquals(paths(await index.list({}, page)), ["f1"]);
  });

  test("accepts to hide, show, drop and empty sessions it does not know", async (index) => {
    index.hide(5);
    index.show(6);
    await index.drop(7);
    await index.remove(8, [parseSharePath("a")]);
    assertEquals(index.totals(5), { files: 0, bytes: 0 });
  });

  test("keeps encrypted sessions from those who can reach plain ones only", async (index) => {
    index.markEncrypted(1);
    await index.put(1, [file("secret/a.txt"), file("both.txt", 2)], boundless);
    await index.put(2, [file("open/both.txt", 2)], boundless);
    const plainOnly = true;
    assertEquals(paths(await index.search({ text: "txt", plainOnly }, page)), ["open/both.txt"]);
    const [both] = values(await index.list({ plainOnly }, page));
    assertEquals([both?.path, both?.holders], ["open/both.txt", [2]]);
    assertEquals(paths(await index.list({ holders: [1], plainOnly }, page)), []);
    const sources = await index.sources({ id: id(2), size: 1002, plainOnly }, page);
    assertEquals(sources.entries.map(({ value }) => value.holder), [2]);
    assertEquals(paths(await index.search({ text: "a.txt" }, page)), ["secret/a.txt"]);
    const all = await index.sources({ id: id(2), size: 1002 }, page);
    assertEquals(all.entries.map(({ value }) => value.holder), [1, 2]);
  });

  test("has partial files in sources only", async (index) => {
    await index.put(1, [file("a.txt", 1, { partial: true })], boundless);
    await index.put(2, [file("b.txt", 1)], boundless);
    assertEquals(names(await index.search({ text: "txt" }, page)), ["b.txt"]);
    assertEquals(values(await index.search({ text: "" }, page))[0]?.holders, [2]);
    assertEquals(names(await index.list({}, page)), ["b.txt"]);
    assertEquals(names(await index.list({ holders: [1] }, page)), []);
    assertEquals(
      (await index.sources({ id: id(1), size: 1001 }, page)).entries.map(({ value }) => value),
      [
        { holder: 1, partial: true },
        { holder: 2, partial: false },
      ],
    );
  });

  test("knows what a session holds the whole of", async (index) => {
    const [content, part] = [{ id: id(1), size: 1001 }, { id: id(2), size: 1002 }];
    await index.put(1, [file("a.txt", 1), file("b.txt", 2, { partial: true })], boundless);
    assertEquals([await index.holds(1, content), await index.holds(2, content)], [true, false]);
    assertEquals(await index.holds(1, part), false);
    assertEquals(await index.holds(1, { ...content, size: 1002 }), false);
    await index.remove(1, [file("a.txt").path]);
    assertEquals(await index.holds(1, content), false);
  });

  test("calls a session that has a part and the whole a whole source", async (index) => {
    await index.put(1, [file("part", 1, { partial: true }), file("whole", 1)], boundless);
    const { entries } = await index.sources({ id: id(1), size: 1001 }, page);
    assertEquals(entries.map(({ value }) => value), [{ holder: 1, partial: false }]);
  });

  test("tells sources of the same id apart by size", async (index) => {
    await index.put(1, [file("a", 1, { size: 10 })], boundless);
    await index.put(2, [file("a", 1, { size: 11 })], boundless);
    assertEquals(
      (await index.sources({ id: id(1), size: 10 }, page)).entries.map((one) => one.value.holder),
      [
        1,
      ],
    );
  });

  test("ranks exact, prefix, word start, anywhere", async (index) => {
    const ranked = ["plan", "plans.txt", "my plan.txt", "airplane.txt"];
    for (const [at, path] of ranked.toReversed().entries()) {
      await index.put(at, [file(path, at)], boundless);
    }
    assertEquals(names(await index.search({ text: "Plan" }, page)), ranked);
  });

  test("ranks a name first that equals the text to the letter", async (index) => {
    const name = 'a "so" b  c';
    for (const [at, path] of [`${name} d`, `x ${name}`, name].entries()) {
      await index.put(at, [file(path, at)], boundless);
    }
    assertEquals(names(await index.search({ text: name }, page)), [name, `${name} d`, `x ${name}`]);
  });

  test("ranks inside a tier by sources, then newest", async (index) => {
    const shared = file("x 1 shared", 1, { modified: 1 });
    await index.put(1, [file("x 1 old", 2, { modified: 5 }), shared], boundless);
    await index.put(2, [file("x 1 new", 3, { modified: 9 }), shared], boundless);
    assertEquals(names(await index.search({ text: "x" }, page)), [
      "x 1 shared",
      "x 1 new",
      "x 1 old",
    ]);
  });

  test("ranks by sessions, not by copies", async (index) => {
    await index.put(1, [1, 2, 3].map((n) => file(`${n}/x many copies`, 1)), boundless);
    for (const holder of [2, 3]) await index.put(holder, [file("x two sources", 2)], boundless);
    assertEquals(names(await index.search({ text: "x" }, page)), [
      "x two sources",
      "x many copies",
    ]);
    assertEquals(values(await index.search({ text: "many" }, page))[0]?.holders, [1]);
  });

  test("finds every word in any order, and phrases in quotes", async (index) => {
    await index.put(1, [file("holiday photo 2024.jpg", 1), file("photo of a holiday.jpg", 2)], 9);
    const search = async (text: string): Promise<string[]> =>
      names(await index.search({ text }, page)).sort();
    assertEquals((await search("photo holiday")).length, 2);
    assertEquals(await search('"holiday photo"'), ["holiday photo 2024.jpg"]);
    assertEquals(await search("photo missing"), []);
    assertEquals(await search("hol 2024"), ["holiday photo 2024.jpg"]);
  });

  test("finds names whatever their case, marks and composition", async (index) => {
    await index.put(1, [file("Übung Straße.txt", 1)], boundless);
    for (const text of ["übung", "UBUNG", "U\u0308bung", "strasse", "STRASSE"]) {
      assertEquals(names(await index.search({ text }, page)), ["Übung Straße.txt"], text);
    }
    assertEquals(
      names(await index.search({ text: "ubung strasse.txt", exact: true }, page)).length,
      1,
    );
  });

  test("hostile 39: reads no character of a text as syntax", async (index) => {
    const odd = ["100%.txt", "a_b.txt", "x*y.txt", `it's "so".txt`, "a AND b.txt", "[x](y)?.txt"];
    await index.put(1, odd.map((path, n) => file(path, n)), boundless);
    const found = async (text: string): Promise<string[]> =>
      names(await index.search({ text }, page));
    assertEquals(await found("%"), ["100%.txt"]);
    assertEquals(await found("_"), ["a_b.txt"]);
    assertEquals(await found("*"), ["x*y.txt"]);
    assertEquals(await found("'"), [`it's "so".txt`]);
    assertEquals(await found(`"`), [`it's "so".txt`]);
    assertEquals(await found(`it's "so".txt`), [`it's "so".txt`]);
    assertEquals(await found("AND"), ["a AND b.txt"]);
    assertEquals(await found("OR"), []);
    assertEquals(await found("[x](y)?"), ["[x](y)?.txt"]);
    assertEquals(await found("'; drop table files; --"), []);
    assertEquals((await found(".")).sort(), odd.toSorted());
    for (const text of ["a%t", "a*t", "a_txt", "^", "$", "\\", "%00"]) {
      assertEquals(await found(text), [], text);
    }
  });

  test("hostile 39: answers short, empty and long texts", async (index) => {
    await index.put(1, [file("ab.txt", 1), file("zz.txt", 2)], boundless);
    const count = async (text: string): Promise<number> =>
      values(await index.search({ text }, page)).length;
    assertEquals(await count(""), 2);
    assertEquals(await count("   "), 2);
    assertEquals(await count("a"), 1);
    assertEquals(await count("ab"), 1);
    assertEquals(await count("x".repeat(1024)), 0);
    assertEquals(await count("t ".repeat(32)), 2);
    const error = await assertRejects(
      () => index.search({ text: "t ".repeat(33) }, page),
      LanyardError,
    );
    assertEquals(error.code, "too-many");
  });

  test("finds exact names only when asked to", async (index) => {
    await index.put(1, [file("plan", 1), file("Plan", 2), file("plan b", 3)], boundless);
    assertEquals(names(await index.search({ text: "PLAN", exact: true }, page)).sort(), [
      "Plan",
      "plan",
    ]);
    assertEquals(names(await index.search({ text: "", exact: true }, page)), []);
    assertEquals(names(await index.search({ text: "b plan", exact: true }, page)), []);
  });

  test("finds folders by their names, with what they hold", async (index) => {
    const tree = ["photos/2024/a.jpg", "photos/2024/b.jpg", "photos/c.jpg", "notes.txt"];
    await index.put(1, tree.map((path, n) => file(path, n + 1)), boundless);
    assertEquals(values(await index.search({ text: "PHOTO" }, page)), [{
      name: "photos",
      path: parseSharePath("photos"),
      size: 3006,
      modified: 3,
      type: "folder",
      files: 3,
      holders: [1],
    }]);
    const [year] = values(await index.search({ text: "2024" }, page));
    assertEquals([year?.path, year?.files, year?.size], [parseSharePath("photos/2024"), 2, 2003]);
    assertEquals(names(await index.search({ text: "photos", filesOnly: true }, page)), []);
    assertEquals(names(await index.search({ text: "photos", type: "jpg" }, page)), []);
  });

  test("lists folders only where they are asked for by name or type", async (index) => {
    await index.put(1, [file("photos/a.jpg")], boundless);
    assertEquals(names(await index.search({ text: "" }, page)), ["a.jpg"]);
    assertEquals(names(await index.search({ text: "", type: "folder" }, page)), ["photos"]);
    assertEquals(names(await index.search({ text: "photos", exact: true }, page)), ["photos"]);
    assertEquals(names(await index.search({ text: "photos", id: id(1) }, page)), []);
    assertEquals(paths(await index.list({}, page)), ["photos/a.jpg"]);
    assertEquals(paths(await index.list({ holders: [1] }, page)), ["photos/a.jpg"]);
    const under = parseSharePath("photos");
    assertEquals(paths(await index.list({ under }, page)), ["photos/a.jpg"]);
    assertEquals(index.totals(1), { files: 1, bytes: 1001 });
  });

  test("keeps folders as large as what is in them", async (index) => {
    const found = async (): Promise<unknown[]> =>
      values(await index.search({ text: "", type: "folder" }, page))
        .map(({ path, files, size, modified }) => [`${path}`, files, size, modified]).sort();
    await index.put(1, [file("a/b/x", 1), file("a/y", 5)], boundless);
    assertEquals(await found(), [["a", 2, 2006, 5], ["a/b", 1, 1001, 1]]);
    await index.put(1, [file("a/b/x", 7), file("a/b/z", 2, { partial: true })], boundless);
    assertEquals(await found(), [["a", 2, 2012, 7], ["a/b", 1, 1007, 7]]);
    await index.remove(1, [parseSharePath("a/b/x"), parseSharePath("a/none")]);
    assertEquals(await found(), [["a", 1, 1005, 7]]);
    await index.remove(1, [parseSharePath("a/y")]);
    assertEquals(await found(), []);
  });

  test("keeps folders of several sessions apart", async (index) => {
    await index.put(1, [file("photos/a.jpg")], boundless);
    await index.put(2, [file("photos/a.jpg")], boundless);
    const folders = async (): Promise<unknown[]> =>
      values(await index.search({ text: "photos" }, page)).map(({ holders }) => holders);
    assertEquals(await folders(), [[1], [2]]);
    index.hide(1);
    assertEquals(await folders(), [[2]]);
    await index.drop(2);
    assertEquals(await folders(), []);
  });

  test("hostile 24: tells a folder's size as far as it is a whole number", async (index) => {
    const huge = Number.MAX_SAFE_INTEGER;
    await index.put(1, ["a", "b"].map((name) => file(`d/${name}`, 1, { size: huge })), boundless);
    const [folder] = values(await index.search({ text: "d" }, page));
    assertEquals([folder?.files, folder?.size], [2, huge]);
  });

  test("hostile 38: finds only the innermost of very many folders", async (index) => {
    await index.put(1, [file(`${"d/".repeat(500)}x`)], boundless);
    const { total } = await index.search({ text: "d", type: "folder" }, page);
    assertEquals(total, limits.foundFolders);
  });

  test("filters by type, size, content and session", async (index) => {
    const small = file("a.txt", 1, { size: 10 });
    await index.put(1, [small, file("a.jpg", 2, { size: 20 })], boundless);
    await index.put(2, [small, file("no extension", 3, { size: 30 })], boundless);
    const found = async (query: Omit<SearchQuery, "text">): Promise<string[]> =>
      names(await index.search({ text: "", ...query }, page)).sort();
    assertEquals(await found({ type: "jpg" }), ["a.jpg"]);
    assertEquals(await found({ type: "JPG" }), ["a.jpg"]);
    assertEquals(await found({ type: "" }), ["no extension"]);
    assertEquals(await found({ minSize: 20 }), ["a.jpg", "no extension"]);
    assertEquals(await found({ maxSize: 20 }), ["a.jpg", "a.txt"]);
    assertEquals(await found({ minSize: 20, maxSize: 20 }), ["a.jpg"]);
    assertEquals(await found({ minSize: 21, maxSize: 20 }), []);
    assertEquals(await found({ id: id(3) }), ["no extension"]);
    assertEquals(await found({ holders: [2] }), ["a.txt", "no extension"]);
    assertEquals(await found({ holders: [] }), []);
    assertEquals(values(await index.search({ text: "a.txt", holders: [2] }, page))[0]?.holders, [
      2,
    ]);
  });

  test("takes the type that a session says, in lower case", async (index) => {
    await index.put(1, [{ ...fileWithoutId("song"), type: "MP3" }], boundless);
    assertEquals(values(await index.search({ text: "", type: "mp3" }, page))[0]?.type, "mp3");
  });

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

  test("hostile 40: pages through results and sources, none twice, none lost", async (index) => {
    const files = Array.from({ length: 450 }, (_, n) => file(`file ${n}`, n));
    await index.put(1, files, boundless);
    for (let holder = 2; holder < 40; holder++) {
      await index.put(holder, [file("same", 1)], boundless);
    }
    const found = await allPages((request) => index.search({ text: "file" }, request), 200);
    assertEquals(found.length, 450);
    assertEquals(new Set(found.map(({ name }) => name)).size, 450);
    const sources = await allPages(
      (request) => index.sources({ id: id(1), size: 1001 }, request),
      9,
    );
    assertEquals(sources.map(({ holder }) => holder), Array.from({ length: 39 }, (_, n) => n + 1));
  });

  test("counts the total of a list up to 1,000", async (index) => {
    const files = Array.from({ length: totalCountedTo + 1 }, (_, n) => file(`f ${n}`, n));
    await index.put(1, files.slice(0, -2), boundless);
    const one = { limit: 1 };
    assertEquals((await index.search({ text: "f" }, one)).total, totalCountedTo - 1);
    assertEquals((await index.list({}, one)).total, totalCountedTo - 1);
    await index.put(1, files, boundless);
    assertEquals((await index.search({ text: "f" }, one)).total, totalCountedTo);
    assertEquals((await index.list({}, one)).total, totalCountedTo);
    assertEquals((await index.list({ holders: [1] }, one)).total, totalCountedTo);
  });

  test("goes on behind an entry that is gone", async (index) => {
    await index.put(1, ["a", "b", "c"].map((path, n) => file(path, n)), boundless);
    const first = await index.list({}, { limit: 1 });
    const cursor = first.entries[0]?.cursor ?? "";
    await index.remove(1, [parseSharePath("a")]);
    assertEquals(paths(await index.list({}, { ...page, cursor })), ["b", "c"]);
    await index.drop(1);
    assertEquals(paths(await index.list({}, { ...page, cursor })), []);
  });

  test("refuses cursors of other lists", async (index) => {
    await index.put(1, [1, 2, 3].map((n) => file(`f ${n}`, n)), boundless);
    const one = { limit: 1 };
    const cursorOf = (found: Page<unknown>): string => found.entries[0]?.cursor ?? "";
    const searched = cursorOf(await index.search({ text: "f" }, one));
    const listed = cursorOf(await index.list({}, one));
    const sourced = cursorOf(await index.sources({ id: id(1), size: 1001 }, one));
    assertEquals((await index.search({ text: "f" }, { ...page, cursor: searched })).more, false);
    await badCursor(index.search({ text: "g" }, { ...page, cursor: searched }));
    await badCursor(index.search({ text: "f", type: "txt" }, { ...page, cursor: searched }));
    await badCursor(index.search({ text: "f" }, { ...page, cursor: listed }));
    await badCursor(index.list({}, { ...page, cursor: searched }));
    await badCursor(index.list({ holders: [1] }, { ...page, cursor: listed }));
    await badCursor(index.sources({ id: id(2), size: 1002 }, { ...page, cursor: sourced }));
  });

  test("refuses cursors of another index", async (index) => {
    const other = await make();
    try {
      for (const one of [index, other]) await one.put(1, [file("a"), file("b", 2)], boundless);
      const cursor = (await other.list({}, { limit: 1 })).entries[0]?.cursor ?? "";
      await badCursor(index.list({}, { ...page, cursor }));
    } finally {
      await other[Symbol.asyncDispose]?.();
    }
  });

  test("refuses cursors that are made up", async (index) => {
    await index.put(1, [file("a"), file("b", 2)], boundless);
    const good = (await index.list({}, { limit: 1 })).entries[0]?.cursor ?? "";
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 200 }), async (cursor) => {
        await badCursor(index.list({}, { ...page, cursor }));
        await badCursor(index.search({ text: "" }, { ...page, cursor: `${good}${cursor}.` }));
      }),
    );
  });

  test("agrees with a naive model", () => agreesWithModel(make, runs));
}
