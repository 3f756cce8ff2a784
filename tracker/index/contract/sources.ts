import { assertEquals } from "@std/assert";
import { boundless, file, id } from "./property.ts";
import { names, page, type Say, values } from "./saying.ts";

/** Who has some content, wholly or in part. */
export function saySources(test: Say): void {
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
}
