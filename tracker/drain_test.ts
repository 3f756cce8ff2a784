/** How a tracker ends: what is being answered is answered, and nobody is waited for in vain. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { RawConnection } from "../tests/support/raw_connection.ts";
import { noLongerListens, patience } from "../tests/support/waiting.ts";
import { aYard, Dialled, manyFiles, type Yard } from "./_fakes.ts";
import { DirectIndex, SqliteStore } from "./index/mod.ts";
import { startTracker, type TrackerEvent } from "./mod.ts";

const permissions = "none";
const hello = `HELLO {"version":2,"name":"ana","port":0}`;

/** An index that answers no search before it is told to. */
class HeldIndex extends DirectIndex {
  readonly asked = Promise.withResolvers<void>();
  readonly released = Promise.withResolvers<void>();

  constructor() {
    super(new SqliteStore("a test", { mostFiles: 100 }));
  }

  override async search(
    ...args: Parameters<DirectIndex["search"]>
  ): ReturnType<DirectIndex["search"]> {
    this.asked.resolve();
    await this.released.promise;
    return await super.search(...args);
  }
}

function reasons(events: readonly TrackerEvent[]): string[] {
  return events.flatMap((event) => event.event === "left" ? [event.reason] : []);
}

/** Lets everything happen that waits for nothing. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

async function greeted(yard: Yard): Promise<Dialled> {
  const dialled = new Dialled(yard);
  assertEquals((await dialled.ask(hello)).verb, "HI");
  return dialled;
}

Deno.test("Connection that drains is over at once if nothing is under way", {
  permissions,
}, async () => {
  const yard = aYard({ open: true });
  const silent = new Dialled(yard);
  const idle = await greeted(yard);
  for (const dialled of [silent, idle]) {
    dialled.connection.drain();
    await dialled.over;
    assert(dialled.closed);
  }
  assertEquals([reasons(yard.events), yard.registry.roster.size], [["closing"], 0]);
});

Deno.test("Connection that drains sends what waits to be read, and serves nothing more", {
  permissions,
}, async () => {
  const yard = aYard({ open: true });
  const peer = await greeted(yard);
  peer.take(false);
  peer.say("PING\nPING\n");
  await nextTurn();
  assert(peer.connection.queued > 0);
  peer.connection.drain();
  peer.say("PING\n");
  peer.take(true);
  const answers = (await peer.rest()).trimEnd().split("\n");
  assertEquals(answers.map((line) => line.slice(0, 4)), ["PONG", "PONG"]);
  await peer.leave();
  assertEquals(reasons(yard.events), ["closing"]);
});

Deno.test("Connection that drains takes no file out of the index, which may outlast the tracker", {
  permissions,
}, async () => {
  const yard = aYard();
  const peer = await greeted(yard);
  peer.say(`SHARE ${JSON.stringify({ files: manyFiles(3) })}\n`);
  assertEquals((await peer.reply()).verb, "ACCEPTED");
  peer.connection.drain();
  await peer.over;
  assertEquals((await yard.index.list({}, { limit: 9 })).entries.length, 3);
});

Deno.test("TrackerServer that drains answers the search under way, and accepts nobody", {
  permissions: { net: ["127.0.0.1"] },
}, async () => {
  const index = new HeldIndex();
  const events: TrackerEvent[] = [];
  const tracker = startTracker({
    host: "127.0.0.1",
    open: true,
    index,
    onEvent: (event) => events.push(event),
  });
  const { port = 0 } = tracker;
  using asking = await RawConnection.greet(port);
  using idle = await RawConnection.greet(port);
  using silent = await RawConnection.open(port);
  await asking.ask("SEARCH", { text: "a" });
  await asking.ask("PING");
  await index.asked.promise;
  const drained = tracker.drain();
  assertEquals([await idle.rest(), await silent.rest()], ["", ""]);
  await noLongerListens(port);
  await assertRejects(() => tracker.check(), Error, "ending");
  assertEquals(tracker.counts().sessions, 1);
  index.released.resolve();
  assertEquals((await asking.message()).verb, "NOT FOUND");
  assertEquals(await asking.rest(), "", "and no request after it");
  asking.close();
  await drained;
  assertEquals(reasons(events), ["closing", "closing"]);
  await tracker.close();
});

Deno.test(
  "hostile 25: TrackerServer that drains waits a few seconds for an answer that does not come",
  {
    permissions: { net: ["127.0.0.1"] },
  },
  async () => {
    const index = new HeldIndex();
    const tracker = startTracker({ host: "127.0.0.1", open: true, index });
    using asking = await RawConnection.greet(tracker.port ?? 0);
    await asking.ask("SEARCH", { text: "a" });
    await index.asked.promise;
    const start = performance.now();
    await tracker.drain();
    const took = performance.now() - start;
    assert(took >= 2900 && took < patience, `${took} ms`);
    const closed = tracker.close();
    assertEquals(await asking.rest(), "");
    index.released.resolve();
    await closed;
  },
);
