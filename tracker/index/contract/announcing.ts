import { assert, assertEquals, assertRejects } from "@std/assert";
import { LanyardError, parseSharePath } from "../../../shared/mod.ts";
import { boundless, file, id } from "./property.ts";
import { fileWithoutId, page, paths, type Say, values } from "./saying.ts";

/** What an index keeps of what is announced. */
export function sayAnnouncing(test: Say): void {
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
}
