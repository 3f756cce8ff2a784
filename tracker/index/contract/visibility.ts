import { assertEquals } from "@std/assert";
import { parseSharePath } from "../../../shared/mod.ts";
import { boundless, file, id } from "./property.ts";
import { names, page, paths, type Say, values } from "./saying.ts";

/** Who sees whose files. */
export function sayVisibility(test: Say): void {
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
}
