import { assert, assertEquals, assertLess } from "@std/assert";
import { parseJoinLink } from "../shared/mod.ts";
import { Crowd } from "./support/crowd.ts";
import { KeyHolder } from "./support/key_holder.ts";
import { type RunningTracker, startShare, startTracker, TempFolder } from "./support/network.ts";
import { descriptors } from "./support/process.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { idOf } from "./support/served.ts";
import { eventually, patience, within } from "./support/waiting.ts";
import { Witness } from "./support/witness.ts";

/** Milliseconds in which a newcomer is served: half of what those who are silent are waited for. */
const soon = 5000;
/** Connections of one address, where there is a limit. */
const perAddress = 64;
const limited = ["--max-per-address", String(perAddress)];
const id = "0".repeat(64);
const mine = { path: "mine.txt", size: 1, modified: 0, id };

/** Joins, shares a file and finds it. */
async function joinPlain({ port }: RunningTracker): Promise<RawConnection> {
  const connection = await RawConnection.greet(port);
  return await connection.orClosed(async () => {
    assertEquals((await connection.request("SHARE", { files: [mine] })).verb, "ACCEPTED");
    await search(connection);
    return connection;
  });
}

/** The same with encryption. */
async function joinEncrypted({ tlsPort, link }: RunningTracker): Promise<RawConnection> {
  const trackerId = parseJoinLink(link)?.id ?? "";
  const holder = await KeyHolder.make();
  // A port that changes to a relay is closed for a moment: who stands in line then comes again.
  const { connection } = await eventually(
    () => holder.join(tlsPort, trackerId).catch(() => undefined),
    soon,
    "the tracker to let somebody in",
  );
  return await connection.orClosed(async () => {
    await search(connection);
    return connection;
  });
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
      using newcomer = await within(join(tracker), soon);
      await search(newcomer);
    }
    await eventually(() => crowd.open < perAddress + stuck ? true : undefined);
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
      patience,
      "all who wait to be let in",
    );
    assert(crowd.open > 100, `${crowd.open} stay`);
    (await within(join(tracker), soon)).close();
    crowd.disperse();
    await eventually(
      () => descriptors(tracker.program.pid) < before + 20 ? true : undefined,
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
  await eventually(() => joined() === perAddress ? true : undefined);
  for (let n = 0; n < 10; n++) {
    using refused = await RawConnection.open(tracker.port);
    assertEquals(await refused.rest(), "");
  }
  assertEquals(crowd.open, perAddress);
  const told = tracker.program.lines.filter(({ event }) => event === "error");
  assertEquals(told.map(({ code, address }) => [code, address]), [["too-many", "127.0.0.1"]]);
  crowd.disperse();
  const left = (): number => tracker.program.lines.filter(({ event }) => event === "left").length;
  await eventually(() => left() === perAddress ? true : undefined);
  // Who has left is told of before the place is free.
  const isLetIn = (): Promise<true | undefined> => joinPlain(tracker).then(close, () => undefined);
  await eventually(isLetIn, patience, "a place to be free");
});

const film = "a film";

/** Downloads the film that a peer shares through a tracker, as whoever comes anew. */
const downloads = {
  plain: async (_: RunningTracker, peer: { port: number }): Promise<void> => {
    using connection = await RawConnection.open(peer.port);
    assertEquals((await connection.request("HELLO", { version: 2 })).verb, "HI");
    await download(connection);
  },
  encrypted: async (
    { tlsPort, link }: RunningTracker,
    peer: { port: number; id: string },
  ): Promise<void> => {
    const holder = await KeyHolder.make();
    const member = await holder.join(tlsPort, parseJoinLink(link)?.id ?? "");
    const { connection } = await holder.greet({ ...peer, purpose: "peer" }, {
      ticket: member.ticket,
    });
    await download(connection);
    connection.close();
    member.connection.close();
  },
};

async function download(connection: RawConnection): Promise<void> {
  const content = new TextEncoder().encode(film);
  const { length: size } = content;
  await connection.ask("DOWNLOAD", { id: idOf(content), size, offset: 0, length: size });
  assertEquals((await connection.message()).verb, "FILE");
  assertEquals(await connection.bytes(size), content);
}

for (const [way, fetch] of Object.entries(downloads)) {
  Deno.test(`hostile 36: thousands of silent ${way} connections to a peer keep nobody out`, async () => {
    await using folder = new TempFolder();
    await folder.write("shared/film.mp4", film);
    await using tracker = await startTracker();
    const door = way === "plain" ? tracker.address : tracker.link;
    await using share = await startShare(door, [`${folder.path}/shared`]);
    const peer = { port: Number(share.ready["port"]), id: String(share.ready["peer"]) };
    const { pid } = share.program;
    const before = descriptors(pid);
    using crowd = new Crowd(peer.port);
    await crowd.grow(3000);
    await eventually(() => descriptors(pid) > crowd.open ? true : undefined);
    await within(fetch(tracker, peer), soon);
    crowd.disperse();
    await eventually(() => descriptors(pid) < before + 20 ? true : undefined);
    await within(fetch(tracker, peer), soon);
  });
}

/** Lets a program have so many descriptors, which is a dozen or two more than it needs by itself. */
function withDescriptors(count: number): { prefix: string[] } {
  return { prefix: ["prlimit", `--nofile=${count}:${count}`] };
}

for (const [way, { portOf, join }] of Object.entries(ways)) {
  Deno.test(`hostile 37: a tracker out of descriptors closes silent ${way} connections for newcomers`, async () => {
    await using tracker = await startTracker([], withDescriptors(400));
    using member = await join(tracker);
    await using witness = new Witness(() => search(member));
    using crowd = new Crowd(portOf(tracker));
    const attempts: Promise<true | undefined>[] = [];
    const attempt = (): Promise<true | undefined> => {
      const joining = join(tracker).then(close, () => undefined);
      attempts.push(joining);
      return within(joining, soon).catch(() => undefined); // It may be told too late: again.
    };
    for (let round = 0; round < 5; round++) {
      await crowd.grow(400);
      await eventually(attempt);
    }
    await witness.wasServed();
    crowd.disperse();
    await Promise.all(attempts);
  });
}

function close(connection: RawConnection): true {
  connection.close();
  return true;
}

Deno.test("hostile 37: a tracker whose descriptors are all in use serves again when some are free", async () => {
  await using tracker = await startTracker([], withDescriptors(150));
  using member = await joinPlain(tracker);
  await using witness = new Witness(() => search(member));
  using crowd = new Crowd(tracker.port);
  await crowd.grow(300, 'HELLO {"version":2,"name":"many","port":0}\n');
  const { code } = await tracker.program.event("error");
  assertEquals(code, "internal");
  using newcomer = await RawConnection.open(tracker.port);
  await newcomer.ask("HELLO", { version: 2, name: "new", port: 0 });
  crowd.disperse();
  assertEquals((await within(newcomer.message())).verb, "HI");
  await witness.wasServed();
  const errors = tracker.program.lines.filter(({ event }) => event === "error");
  assertEquals(errors.length, 1, "it is told once, and not for each connection");
});

Deno.test("hostile 37: a peer out of descriptors serves newcomers, and shares what is new", async () => {
  await using folder = new TempFolder();
  await folder.write("shared/film.mp4", film);
  await using tracker = await startTracker();
  await using share = await startShare(
    tracker.address,
    [`${folder.path}/shared`],
    [],
    withDescriptors(200),
  );
  const peer = { port: Number(share.ready["port"]), id: "" };
  using crowd = new Crowd(peer.port);
  for (let round = 0; round < 3; round++) {
    await crowd.grow(300);
    await within(downloads.plain(tracker, peer), soon);
  }
  await folder.write("shared/new.txt", "new");
  await share.program.line(({ event, path }) => event === "changed" && path === "shared/new.txt");
});

Deno.test("hostile 39: a peer that is asked for little again and again serves newcomers, too", async () => {
  await using folder = new TempFolder();
  await folder.write("shared/film.mp4", film);
  await using tracker = await startTracker();
  await using share = await startShare(tracker.address, [`${folder.path}/shared`]);
  const peer = { port: Number(share.ready["port"]), id: "" };
  const { length: size } = film;
  const range = { id: idOf(new TextEncoder().encode(film)), size, offset: 0, length: 1 };
  const [people, asked] = [40, 3000];
  const requests = `DOWNLOAD ${JSON.stringify(range)}\n`.repeat(asked);
  await using witness = new Witness(() => downloads.plain(tracker, peer));
  using crowd = new Crowd(peer.port);
  await crowd.grow(people, `HELLO {"version":2}\n${requests}`);
  const answer = 'FILE {"offset":0,"length":1}\na'.length;
  const all = people * asked * answer;
  await eventually(() => crowd.received > all ? true : undefined, patience, "all answers");
  await witness.wasServed();
});
