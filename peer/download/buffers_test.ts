import { assertEquals, assertStrictEquals } from "@std/assert";
import { Buffers } from "./buffers.ts";

Deno.test({
  name: "Buffers makes as many buffers as fit, and then has one wait until one comes back",
  permissions: "none",
  fn: async () => {
    const buffers = new Buffers(10, 35);
    const taken = await Promise.all([buffers.take(), buffers.take(), buffers.take()]);
    assertEquals(taken.map(({ byteLength }) => byteLength), [10, 10, 10]);
    assertEquals(new Set(taken).size, 3);
    const events: string[] = [];
    const waiting = Promise.resolve(buffers.take()).then((buffer) => {
      events.push("got it");
      return buffer;
    });
    await Promise.resolve();
    events.push("given back");
    const [first] = taken;
    if (first !== undefined) buffers.give(first);
    assertStrictEquals(await waiting, first);
    assertEquals(events, ["given back", "got it"]);
  },
});

Deno.test({
  name: "Buffers serves those who wait in their order",
  permissions: "none",
  fn: async () => {
    const buffers = new Buffers(1, 0); // Two, however little room there is.
    const [a, b] = await Promise.all([buffers.take(), buffers.take()]);
    assertEquals(new Set([a, b]).size, 2);
    const waiting = [buffers.take(), buffers.take()];
    buffers.give(b);
    buffers.give(a);
    assertEquals((await Promise.all(waiting)).map((one) => one === b), [true, false]);
  },
});

Deno.test({
  name: "Buffers uses a buffer again before it makes another",
  permissions: "none",
  fn: async () => {
    const buffers = new Buffers(4, 1000);
    const first = await buffers.take();
    buffers.give(first);
    assertStrictEquals(await buffers.take(), first);
  },
});
