import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { type Thread, Turns } from "./turns.ts";

const permissions = "none";

/** A thread whose time is that of the test, and who went on in it. */
class FakeThread implements Thread {
  time = 0;
  readonly events: string[] = [];
  readonly turns = new Turns(this);
  readonly #next: (() => void)[] = [];
  readonly #later = new Set<() => void>();

  now(): number {
    return this.time;
  }

  next(task: () => void): void {
    this.#next.push(task);
  }

  later(task: () => void): () => void {
    this.#later.add(task);
    return () => this.#later.delete(task);
  }

  /** Somebody is served for a while. */
  async serve(who: string, ms: number): Promise<void> {
    const turn = this.turns.take(() => void (this.time += ms));
    void turn.then(() => this.events.push(who));
    await settle();
  }

  /** All that has come is heard; returns how often that was waited for. */
  async hear(): Promise<number> {
    const tasks = [...this.#later];
    this.#later.clear();
    for (const task of tasks) task();
    await settle();
    return tasks.length;
  }

  /** Nothing is left to do for the moment. */
  async rest(): Promise<void> {
    for (const task of this.#next.splice(0)) task();
    await settle();
  }
}

/** Lets everything happen that waits for no timer. */
async function settle(): Promise<void> {
  for (let n = 0; n < 20; n++) await Promise.resolve();
}

Deno.test("Turns lets go on while little was done", { permissions }, async () => {
  const thread = new FakeThread();
  for (let n = 0; n < 49; n++) await thread.serve("a", 1);
  assertEquals([thread.events.length, await thread.hear()], [49, 0]);
});

Deno.test("Turns lets all be heard again and again while thousands leave", {
  permissions,
}, async () => {
  const thread = new FakeThread();
  const left: number[] = [];
  for (let n = 0; n < 10; n++) {
    thread.turns.leave(() => {
      left.push(n);
      thread.time += 0.4;
    });
  }
  assertEquals(left, [0, 1, 2], "at once, until it was long enough");
  for (const count of [6, 9, 10]) {
    assertEquals([await thread.hear(), left.length], [1, count]);
  }
  assertEquals([await thread.hear(), left], [0, Array.from({ length: 10 }, (_, n) => n)]);
});

Deno.test("Turns makes wait who worked for long, alone or together", { permissions }, async () => {
  const thread = new FakeThread();
  await thread.serve("a", 40);
  await thread.serve("b", 40);
  await thread.serve("c", 0);
  await thread.rest();
  assertEquals(thread.events, ["a"]);
  assertEquals(await thread.hear(), 1);
  assertEquals(thread.events, ["a", "b"]);
  await thread.serve("d", 40);
  assertEquals(thread.events, ["a", "b", "c"], "whoever waits longer comes first");
  await thread.rest();
  assertEquals(thread.events, ["a", "b", "c", "d"]);
  assertEquals(await thread.hear(), 0);
});

Deno.test("Turns hands over to who waits when something is served", { permissions }, async () => {
  const thread = new FakeThread();
  for (const who of ["a", "b", "c"]) await thread.serve(who, 50);
  await thread.hear();
  assertEquals(thread.events.splice(0), ["a"]);
  await thread.serve("a", 1);
  assertEquals(thread.events.splice(0), ["a"], "that was too little");
  await thread.serve("a", 4);
  assertEquals(thread.events.splice(0), ["b"]);
  await thread.serve("b", 5);
  assertEquals(thread.events.splice(0), ["c"]);
  await thread.serve("c", 40);
  await thread.rest();
  assertEquals(thread.events, [], "that was long enough");
  await thread.hear();
  assertEquals(thread.events, ["a"]);
});

Deno.test("Turns lets the next go on when one has nothing to do", { permissions }, async () => {
  const thread = new FakeThread();
  for (const who of ["a", "b", "c"]) await thread.serve(who, 50);
  await thread.hear();
  assertEquals(thread.events, ["a"]);
  await thread.rest();
  assertEquals(thread.events, ["a", "b"]);
  await thread.rest();
  assertEquals(thread.events, ["a", "b", "c"]);
});

Deno.test("Turns gives back what work gives, and its failure", { permissions }, async () => {
  const { turns } = new FakeThread();
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
  let worked = 0;
  const work = (): void => {
    for (const until = performance.now() + 1; performance.now() < until;) { /* Work. */ }
    stopped ||= ++worked === 10_000; // Or nobody would learn that it never ends.
  };
  const busy = Array.from({ length: 5 }, async () => {
    while (!stopped) await turns.take(work);
  });
  for (let n = 0; n < 10; n++) {
    await client.write(Uint8Array.of(n));
    const heard = new Uint8Array(1);
    await server.read(heard);
    assertEquals(heard[0], n);
  }
  stopped = true;
  await Promise.all(busy);
  assertLess(worked, 2000, "ten times 50 ms, in each of which little more is done");
});
