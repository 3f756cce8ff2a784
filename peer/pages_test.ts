import { assertEquals, assertRejects } from "@std/assert";
import { LanyardError } from "../shared/mod.ts";
import { pages } from "./pages.ts";

interface Page {
  entries: number[];
  more?: string;
}

/** Reads a list whose pages these are, by cursor; the first is that without one. */
async function read(list: Record<string, Page | undefined>): Promise<number[]> {
  return await Array.fromAsync(
    pages(({ cursor = "" }) => Promise.resolve(list[cursor]), ({ entries }) => entries),
  );
}

Deno.test("pages goes through a list to its end", async () => {
  const list = {
    "": { entries: [1, 2], more: "a" },
    a: { entries: [3], more: "b" },
    b: { entries: [4] },
  };
  assertEquals(await read(list), [1, 2, 3, 4]);
  assertEquals(await read({}), []);
  assertEquals(await read({ "": { entries: [1], more: "gone" } }), [1]);
});

Deno.test("hostile 40: pages takes no list that goes round in circles or stands still", async () => {
  const still = Array.from(
    { length: 99 },
    (_, at) => [`${at}`, { entries: [], more: `${at + 1}` }],
  );
  const lists: Record<string, Page>[] = [
    { "": { entries: [1], more: "a" }, a: { entries: [2], more: "a" } },
    { "": { entries: [1], more: "0" }, ...Object.fromEntries(still) },
  ];
  for (const list of lists) {
    assertEquals((await assertRejects(() => read(list), LanyardError)).code, "syntax");
  }
});
