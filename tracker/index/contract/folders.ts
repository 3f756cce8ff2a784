import { assertEquals } from "@std/assert";
import { limits, parseSharePath } from "../../../shared/mod.ts";
import { boundless, file, id } from "./property.ts";
import { names, page, paths, type Say, values } from "./saying.ts";

/** Folders, which are found by their names. */
export function sayFolders(test: Say): void {
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
}
