import { assertEquals, assertRejects } from "@std/assert";
import { Slots } from "./slots.ts";

/** Work that ends when the test says so. */
function work(events: string[], name: string): { run: () => Promise<string>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = async (): Promise<string> => {
    events.push(`begin ${name}`);
    await promise;
    return name;
  };
  return { run, end: resolve };
}

Deno.test({
  name: "Slots does as much at a time as it has places, and the rest in the order of asking",
  permissions: "none",
  fn: async () => {
    const slots = new Slots(2);
    const events: string[] = [];
    const works = ["a", "b", "c", "d"].map((name) => work(events, name));
    const done = works.map(({ run }) => slots.use(run));
    assertEquals(events, ["begin a", "begin b"]);
    works[1]?.end();
    assertEquals(await done[1], "b");
    assertEquals(events, ["begin a", "begin b", "begin c"]);
    for (const { end } of works) end();
    assertEquals(await Promise.all(done), ["a", "b", "c", "d"]);
    assertEquals(await slots.use(() => Promise.resolve("e")), "e", "all places are free again");
  },
});

Deno.test({
  name: "Slots gives a place on when the work in it fails",
  permissions: "none",
  fn: async () => {
    const slots = new Slots(1);
    const failed = slots.use(() => Promise.reject(new Error("no")));
    const next = slots.use(() => Promise.resolve("next"));
    await assertRejects(() => failed, Error, "no");
    assertEquals(await next, "next");
    assertEquals(await slots.use(() => Promise.resolve("last")), "last");
  },
});
