import { assert, assertEquals, assertLess } from "@std/assert";
import { parseJoinLink } from "../shared/mod.ts";
import { Crowd } from "./support/crowd.ts";
import { KeyHolder } from "./support/key_holder.ts";
import { type RunningTracker, startTracker } from "./support/network.ts";
import { descriptors } from "./support/process.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { eventually, within } from "./support/waiting.ts";
import { Witness } from "./support/witness.ts";

/** Milliseconds in which a newcomer has to be served, whatever others do. */
const second = 1000;
/** Connections of one address, where there is a limit. */
const perAddress = 64;
const limited = ["--max-per-address", String(perAddress)];
const id = "0".repeat(64);
const mine = { path: "mine.txt", size: 1, modified: 0, id };

/** Joins, shares a file and finds it. */
async function joinPlain({ port }: RunningTracker): Promise<RawConnection> {
  const connection = await RawConnection.greet(port);
  assertEquals((await connection.request("SHARE", { files: [mine] })).verb, "ACCEPTED");
  await search(connection);
  return connection;
}

/** The same with encryption. */
async function joinEncrypted({ tlsPort, link }: RunningTracker): Promise<RawConnection> {
  const trackerId = parseJoinLink(link)?.id ?? "";
  const { connection } = await (await KeyHolder.make()).join(tlsPort, trackerId);
  await search(connection);
  return connection;
}

async function search(connection: RawConnection): Promise<void> {
  assertEquals((await connection.request("SEARCH", { text: "" })).verb, "FOUND");
}

/** `stuck`: how many came before the port changed to a relay, and cannot be closed. */
const ways = {
  plain: { portOf: ({ port }: RunningTracker) => port, join: joinPlain, stuck: 0 },
  encrypted: {
    portOf: ({ tlsPort }: RunningTracker) => tlsPort,
    join: joinEncrypted,
    stuck: 2 * perAddress + 2,
  },
};

for (const [way, { portOf, join, stuck }] of Object.entries(ways)) {
  Deno.test(`hostile 36: thousands of silent ${way} connections of one address keep nobody out`, async () => {
    await using tracker = await startTracker(limited);
    using member = await join(tracker);
    await using witness = new Witness(() => search(member));
    using crowd = new Crowd(portOf(tracker));
    for (let round = 0; round < 5; round++) {
      await crowd.grow(500);
      using newcomer = await within(join(tracker), second);
      await search(newcomer);
    }
    await eventually(() => crowd.open < perAddress + stuck ? true : undefined, 5 * second);
    // An encrypted connection that goes through a relay has three.
    assertLess(descriptors(tracker.program.pid), 200 + 3 * perAddress);
    await witness.wasServed();
  });

  Deno.test(`hostile 36: thousands of silent ${way} connections of this machine keep nobody out`, async () => {
    await using tracker = await startTracker();
    using member = await join(tracker);
    const before = descriptors(tracker.program.pid);
    await using witness = new Witness(() => search(member));
    using crowd = new Crowd(portOf(tracker));
    await crowd.grow(3000);
    await eventually(
      () => descriptors(tracker.program.pid) > crowd.open ? true : undefined,
      5 * second,
      "all who wait to be let in",
    );
    assert(crowd.open > 500, `${crowd.open} stay`);
    (await within(join(tracker), second)).close();
    crowd.disperse();
    await eventually(
      () => descriptors(tracker.program.pid) < before + 20 ? true : undefined,
      10 * second,
    );
    await witness.wasServed();
  });
}

Deno.test("hostile 36: an address has so many connections and no more, and that is told once", async () => {
  await using tracker = await startTracker(limited);
  using crowd = new Crowd(tracker.port);
  await crowd.grow(perAddress, 'HELLO {"version":2,"name":"many","port":0}\n');
  const joined = (): number =>
    tracker.program.lines.filter(({ event }) => event === "joined").length;
  await eventually(() => joined() === perAddress ? true : undefined, 5 * second);
  for (let n = 0; n < 10; n++) {
    using refused = await RawConnection.open(tracker.port);
    assertEquals(await refused.rest(), "");
  }
  assertEquals(crowd.open, perAddress);
  const told = tracker.program.lines.filter(({ event }) => event === "error");
  assertEquals(told.map(({ code, address }) => [code, address]), [["too-many", "127.0.0.1"]]);
  crowd.disperse();
  const left = (): number => tracker.program.lines.filter(({ event }) => event === "left").length;
  await eventually(() => left() === perAddress ? true : undefined, 5 * second);
  (await within(joinPlain(tracker), second)).close();
});
