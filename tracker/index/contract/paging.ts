import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { LanyardError, parseSharePath } from "../../../shared/mod.ts";
import { type Page, totalCountedTo } from "../file_index.ts";
import { allPages, boundless, file, id } from "./property.ts";
import { type MakeIndex, page, paths, type Say } from "./saying.ts";

/** Pages of long lists, and the cursors between them. */
export function sayPaging(test: Say, make: MakeIndex): void {
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
}

async function badCursor(asked: Promise<unknown>): Promise<void> {
  const error = await assertRejects(() => asked, LanyardError);
  assertEquals(error.code, "bad-cursor");
}
