import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { Turns } from "./turns.ts";

const permissions = "none";

/** Turns under a clock that stands still, and who went on. */
class Thread {
  now = 0;
  readonly events: string[] = [];
  readonly #later = new Set<() => void>();
  readonly turns = new Turns(() => this.now, (task) => {
    this.#later.add(task);
    return () => this.#later.delete(task);
  });

  /** Somebody is served for a while. */
  async serve(who: string, ms: number): Promise<void> {
    const turn = this.turns.take(() => void (this.now += ms));
    void turn.then(() => this.events.push(who));
    await settle();
  }

  /** What waits gets its turn; returns how often that was asked for. */
  async turn(): Promise<number> {
    const tasks = [...this.#later];
    this.#later.clear();
    for (const task of tasks) task();
    await settle();
    return tasks.length;
  }
}

/** Lets everything happen that waits for no timer. */
async function settle(): Promise<void> {
  for (let n = 0; n < 20; n++) await Promise.resolve();
}

Deno.test("Turns lets go on while little was done", { permissions }, async () => {
  const thread = new Thread();
  for (let n = 0; n < 49; n++) await thread.serve("a", 1);
  assertEquals([thread.events.length, await thread.turn()], [49, 0]);
});

Deno.test("Turns makes wait who worked for long, alone or together", { permissions }, async () => {
  const thread = new Thread();
  await thread.serve("a", 40);
  await thread.serve("b", 40);
  assertEquals(thread.events, ["a"]);
  await thread.serve("c", 0);
  assertEquals(thread.events, ["a"]);
  await thread.turn();
  assertEquals(thread.events, ["a", "b"]);
  await thread.turn();
  assertEquals(thread.events, ["a", "b", "c"]);
  await thread.serve("d", 40);
  assertEquals(thread.events, ["a", "b", "c", "d"], "a new turn has begun");
  assertEquals(await thread.turn(), 0);
});

Deno.test("Turns hands over to who waits when something is served", { permissions }, async () => {
  const thread = new Thread();
  for (const who of ["a", "b", "c"]) await thread.serve(who, 50);
  assertEquals(await thread.turn(), 1);
  assertEquals(thread.events.splice(0), ["a"]);
  await thread.serve("a", 5);
  assertEquals(thread.events.splice(0), ["b"]);
  await thread.serve("b", 5);
  assertEquals(thread.events.splice(0), ["c"]);
  await thread.serve("c", 40);
  assertEquals(thread.events, [], "the turn has been long enough");
  await thread.turn();
  assertEquals(thread.events, ["a"]);
});

Deno.test("Turns gives back what work gives, and its failure", { permissions }, async () => {
  const { turns } = new Thread();
  assertEquals(await turns.take(() => 5), 5);
  assertEquals(await turns.take(() => Promise.resolve(6)), 6);
  await assertRejects(() => turns.take(() => Promise.reject(new Error("no"))), Error, "no");
});

Deno.test("hostile 39: Turns lets others be heard while many always have something to say", async () => {
  const turns = new Turns();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using server = await listener.accept();
  listener.close();
  let stopped = false;
  const work = (): void => {
    for (const until = performance.now() + 1; performance.now() < until;) { /* Work. */ }
  };
  const busy = Array.from({ length: 5 }, async () => {
    while (!stopped) await turns.take(work);
  });
  const start = performance.now();
  for (let n = 0; n < 10; n++) {
    await client.write(Uint8Array.of(n));
    const heard = new Uint8Array(1);
    await server.read(heard);
    assertEquals(heard[0], n);
  }
  const took = performance.now() - start;
  stopped = true;
  await Promise.all(busy);
  assertLess(took, 1000);
});
