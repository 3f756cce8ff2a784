import { assertEquals } from "@std/assert";
import { Turns } from "./turns.ts";

const permissions = "none";

/** Turns under a clock that stands still, and who went on. */
class Thread {
  now = 0;
  readonly events: string[] = [];
  readonly #later: (() => void)[] = [];
  readonly turns = new Turns(() => this.now, (task) => void this.#later.push(task));

  /** Somebody is served for a while. */
  async serve(who: string, ms: number): Promise<void> {
    this.turns.begin();
    this.now += ms;
    const end = this.turns.end();
    void end.then(() => this.events.push(who));
    await Promise.race([end, Promise.resolve()]);
    // What resolves at once has done so by now.
    for (let n = 0; n < 3; n++) await Promise.resolve();
  }

  /** What waits gets its turn; returns how often that was asked for. */
  async turn(): Promise<number> {
    const tasks = this.#later.splice(0);
    for (const task of tasks) task();
    for (let n = 0; n < 3; n++) await Promise.resolve();
    return tasks.length;
  }
}

Deno.test("Turns lets go on while little was done without a pause", { permissions }, async () => {
  const thread = new Thread();
  for (let n = 0; n < 19; n++) await thread.serve("a", 1);
  assertEquals(thread.events.length, 19);
  thread.now += 2;
  for (let n = 0; n < 19; n++) await thread.serve("a", 1);
  assertEquals([thread.events.length, await thread.turn()], [38, 0]);
});

Deno.test(
  "Turns makes wait who has worked for long, alone or together",
  { permissions },
  async () => {
    const thread = new Thread();
    await thread.serve("a", 15);
    await thread.serve("b", 15);
    assertEquals(thread.events, ["a"]);
    await thread.serve("c", 0);
    assertEquals(thread.events, ["a"]);
    assertEquals(await thread.turn(), 1);
    assertEquals(thread.events, ["a", "b", "c"]);
    await thread.serve("d", 15);
    assertEquals(thread.events, ["a", "b", "c", "d"], "a new turn has begun");
  },
);

Deno.test("Turns counts what takes long by itself", { permissions }, async () => {
  const thread = new Thread();
  await thread.serve("a", 500);
  assertEquals(thread.events, []);
  assertEquals(await thread.turn(), 1);
  assertEquals(thread.events, ["a"]);
});

Deno.test("hostile 39: Turns lets others be heard while one always has something to say", async () => {
  const turns = new Turns();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  using client = await Deno.connect({ hostname: "127.0.0.1", port });
  using server = await listener.accept();
  listener.close();
  let stopped = false;
  const busy = (async () => {
    while (!stopped) {
      turns.begin();
      for (const until = performance.now() + 1; performance.now() < until;) { /* Work. */ }
      await turns.end();
    }
  })();
  const start = performance.now();
  for (let n = 0; n < 10; n++) {
    await client.write(Uint8Array.of(n));
    const heard = new Uint8Array(1);
    await server.read(heard);
    assertEquals(heard[0], n);
  }
  const took = performance.now() - start;
  stopped = true;
  await busy;
  assertEquals(took < 1000, true, `${took} ms`);
});
