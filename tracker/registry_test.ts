import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import {
  LanyardError,
  limits,
  type SharedFile,
  ticketLife,
  type TrackerReply,
} from "../shared/mod.ts";
import { aFile, aYard, from, hex, manyFiles, type Yard } from "./_fakes.ts";
import type { Ends, Member } from "./roster.ts";

const permissions = "none";

interface Joined {
  member: Member;
  known: boolean;
  /** What happened to its connection. */
  events: string[];
}

interface Coming {
  name?: string;
  port?: number;
  digest?: string;
  ends?: Ends;
  dialect?: Member["dialect"];
  /** The id that it has proven. */
  key?: string;
}

function join({ registry }: Yard, coming: Coming = {}): Joined {
  const { name = "ana", port = 2224, digest, ends = from("192.0.2.7") } = coming;
  const events: string[] = [];
  const hello = { verb: "HELLO", version: 2, name, port } as const;
  const connection = {
    dialect: coming.dialect ?? "version-2",
    ends,
    push: (reply: TrackerReply) => void events.push(reply.verb),
    replace: () => void events.push("replaced"),
  };
  const joined = registry.join(
    digest === undefined ? hello : { ...hello, digest },
    connection,
    coming.key,
  );
  return { ...joined, events };
}

/** A member that announced its whole list and said so. */
async function sharing(
  yard: Yard,
  digest: string,
  files: SharedFile[] = [aFile("a.txt")],
): Promise<Joined> {
  const joined = join(yard);
  await yard.registry.announce(joined.member, files);
  joined.member.digest = digest;
  return joined;
}

async function namesFound({ index }: Yard): Promise<string[]> {
  const { entries } = await index.search({ text: "" }, { limit: limits.pageEntries });
  return entries.map(({ value }) => value.name);
}

Deno.test("Registry gives each session a number and a peer id of its own", { permissions }, () => {
  const yard = aYard();
  const [one, two] = [join(yard), join(yard)];
  assertNotEquals(one.member.holder, two.member.holder);
  assertNotEquals(one.member.peer, two.member.peer);
  assertEquals([one.known, one.member.accepted], [false, false]);
  assertEquals(yard.registry.roster.size, 2);
});

Deno.test("Registry takes a listening port for reachable until it was tried", {
  permissions,
}, async () => {
  const yard = aYard();
  assertEquals(join(yard, { port: 0 }).member.reachable, false);
  const { member } = join(yard, { port: 2224 });
  assertEquals(member.reachable, true);
  member.reachable = false;
  await yard.registry.announce(member, [aFile("a.txt")], 2224);
  assertEquals(member.reachable, false, "the port is the one that was tried");
  await yard.registry.announce(member, [aFile("b.txt")], 2300);
  assertEquals([member.port, member.reachable], [2300, true]);
  await yard.registry.announce(member, [aFile("c.txt")], 0);
  assertEquals([member.port, member.reachable], [0, false]);
});

Deno.test("Registry accepts a session at its first file, once", { permissions }, async () => {
  const yard = aYard();
  const { member } = join(yard);
  await yard.registry.announce(member, []);
  assertEquals([member.accepted, yard.accepted], [false, []]);
  await yard.registry.announce(member, [aFile("a.txt")]);
  await yard.registry.announce(member, [aFile("b.txt", 2)]);
  assertEquals([member.accepted, yard.accepted], [true, [member]]);
  assertEquals(yard.events.map(({ event }) => event), ["joined", "accepted"]);
});

Deno.test("Registry accepts everybody when it is open", { permissions }, () => {
  const yard = aYard({ open: true });
  const { member } = join(yard);
  assertEquals([member.accepted, yard.accepted], [true, [member]]);
});

Deno.test("hostile 38: Registry refuses too many files and changes nothing", {
  permissions,
}, async () => {
  const yard = aYard({ maxFiles: 2 });
  const { member } = join(yard, { port: 2224 });
  const error = await assertRejects(
    () => yard.registry.announce(member, manyFiles(3), 2300),
    LanyardError,
  );
  assertEquals([error.code, error.fatal], ["too-many", false]);
  assertEquals([member.accepted, member.port], [false, 2224]);
  assertEquals(await namesFound(yard), []);
});

Deno.test("Registry counts five files of a classic session", { permissions }, async () => {
  const yard = aYard();
  const { member } = join(yard, { dialect: "classic" });
  for (const file of manyFiles(limits.classicFiles)) await yard.registry.announce(member, [file]);
  await assertRejects(() => yard.registry.announce(member, [aFile("sixth")]), LanyardError);
  await yard.registry.announce(member, [aFile("many/file 0.txt", 99)]);
  assertEquals(yard.index.totals(member.holder).files, limits.classicFiles);
});

Deno.test(
  "Registry forgets the files of a session that said goodbye",
  { permissions },
  async () => {
    const yard = aYard();
    const { member } = await sharing(yard, "d");
    const left = yard.registry.leave(member, "bye");
    assertEquals(await namesFound(yard), []);
    await left;
    assertEquals(yard.index.totals(member.holder).files, 0);
    assertEquals(join(yard, { digest: "d" }).known, false);
  },
);

Deno.test("Registry hides the files of a lost session at once and shows them at its return", {
  permissions,
}, async () => {
  const yard = aYard();
  const { member } = await sharing(yard, "d");
  const left = yard.registry.leave(member, "lost");
  assertEquals(await namesFound(yard), []);
  await left;
  const back = join(yard, { digest: "d", name: "ana again" });
  assertEquals([back.known, back.member.accepted, back.member.peer], [true, true, member.peer]);
  assertEquals(await namesFound(yard), ["a.txt"]);
  assertEquals(back.member.digest, "d");
});

Deno.test("Registry keeps a lost session's files for 15 minutes and no longer", {
  permissions,
}, async () => {
  for (const [seconds, known] of [[limits.leaseSeconds - 1, true], [limits.leaseSeconds, false]]) {
    const yard = aYard();
    const { member } = await sharing(yard, "d");
    await yard.registry.leave(member, "lost");
    yard.clock.advance(Number(seconds));
    await yard.registry.expire();
    assertEquals(yard.index.totals(member.holder).files, known ? 1 : 0);
    assertEquals(join(yard, { digest: "d" }).known, known);
  }
});

Deno.test("hostile 42: Registry gives a lost session to nobody but its digest and address", {
  permissions,
}, async () => {
  const yard = aYard();
  const { member } = await sharing(yard, "d");
  await yard.registry.leave(member, "lost");
  assertEquals(join(yard, { digest: "e" }).known, false);
  assertEquals(join(yard, { digest: "d", ends: from("192.0.2.8") }).known, false);
  assertEquals(join(yard).known, false);
  assertEquals(join(yard, { digest: "d" }).known, true);
  assertEquals(join(yard, { digest: "d" }).known, true, "it replaces the one before");
});

Deno.test("hostile 35: Registry replaces a connection whose death was not noticed", {
  permissions,
}, async () => {
  const yard = aYard();
  const old = await sharing(yard, "d");
  const back = join(yard, { digest: "d" });
  assertEquals(old.events, ["replaced"]);
  assertEquals([back.known, back.member.holder], [true, old.member.holder]);
  assertEquals(await namesFound(yard), ["a.txt"]);
  assertEquals(yard.registry.roster.get(old.member.holder), back.member);
  assertEquals(yard.registry.roster.size, 1);
});

Deno.test("Registry keeps no files of a lost session that had not told its whole list", {
  permissions,
}, async () => {
  const yard = aYard();
  const { member } = join(yard);
  await yard.registry.announce(member, [aFile("a.txt")]);
  await yard.registry.leave(member, "lost");
  assertEquals(yard.index.totals(member.holder).files, 0);
});

Deno.test("Registry takes a digest for void as soon as the list changes", {
  permissions,
}, async () => {
  for (const change of ["announce", "withdraw"] as const) {
    const yard = aYard();
    const { member } = await sharing(yard, "d", [aFile("a.txt"), aFile("b.txt", 2)]);
    if (change === "announce") await yard.registry.announce(member, [aFile("c.txt", 3)]);
    else await yard.registry.withdraw(member, [aFile("a.txt").path]);
    assertEquals(join(yard, { digest: "d" }).known, false, change);
    await yard.registry.leave(member, "lost");
    assertEquals(join(yard, { digest: "d" }).known, false, change);
    assertEquals(await namesFound(yard), [], change);
  }
});

Deno.test("Registry knows a list on if something was to be added that there is no room for", {
  permissions,
}, async () => {
  const yard = aYard({ maxFiles: 2 });
  const { member } = await sharing(yard, "d", [aFile("a.txt"), aFile("b.txt", 2)]);
  await assertRejects(() => yard.registry.announce(member, [aFile("c.txt", 3)]), LanyardError);
  await yard.registry.leave(member, "lost");
  assertEquals(join(yard, { digest: "d" }).known, true);
});

Deno.test("Registry does not accept a session for having been lost", { permissions }, async () => {
  const yard = aYard();
  const { member } = join(yard);
  member.digest = "d";
  await yard.registry.leave(member, "lost");
  const back = join(yard, { digest: "d" });
  assertEquals([back.known, back.member.accepted, yard.accepted], [true, false, []]);
});

Deno.test("Registry reports who joined, was accepted and left", { permissions }, async () => {
  const yard = aYard();
  const { member } = await sharing(yard, "d");
  await yard.registry.leave(member, "idle");
  join(yard, { digest: "d" });
  const { peer } = member;
  const joined = { event: "joined", peer, name: "ana", address: "192.0.2.7", port: 2224 } as const;
  assertEquals(yard.events, [
    { ...joined, known: false },
    { event: "accepted", peer, name: "ana", files: 1 },
    { event: "left", peer, name: "ana", reason: "idle" },
    { ...joined, known: true },
    { event: "accepted", peer, name: "ana", files: 1 },
  ]);
});

Deno.test("hostile 52: Registry counts leases by its own clock only", { permissions }, async () => {
  const yard = aYard();
  const { member } = await sharing(yard, "d");
  await yard.registry.leave(member, "lost");
  yard.clock.advance(60);
  await yard.registry.expire();
  assert(yard.index.totals(member.holder).files === 1);
});

Deno.test("hostile 53: Registry forgets all whose time is over, also if one cannot be taken out", {
  permissions,
}, async () => {
  const yard = aYard();
  for (const digest of ["one", "two", "three"]) {
    const { member } = await sharing(yard, digest);
    await yard.registry.leave(member, "lost");
  }
  yard.clock.advance(limits.leaseSeconds);
  const dropped: number[] = [];
  const drop = yard.index.drop.bind(yard.index);
  yard.index.drop = async (holder) => {
    if (dropped.push(holder) === 1) throw new Error("the disk is full");
    await drop(holder);
  };
  await yard.registry.expire();
  assertEquals(dropped.length, 3);
  const told = yard.events.filter(({ event }) => event === "error");
  assertEquals(told.map((event) => "message" in event && event.message), ["the disk is full"]);
});

Deno.test("Registry.expel ends all sessions of a peer and expects none of them back", {
  permissions,
}, async () => {
  const yard = aYard();
  const key = hex(1);
  const secure = from("192.0.2.7", "192.0.2.1", true);
  const announced = async (digest: string, peer: string): Promise<Joined> => {
    const joined = join(yard, { ends: secure, key: peer });
    await yard.registry.announce(joined.member, [aFile(`${digest}.txt`)]);
    joined.member.digest = digest;
    return joined;
  };
  const here = await announced("here", key);
  const lost = await announced("lost", key);
  const other = await announced("other", hex(2));
  const plain = join(yard);
  await yard.registry.leave(lost.member, "lost");

  await yard.registry.expel(key);

  assertEquals(here.events, ["REVOKED", "replaced"]);
  assertEquals([other.events, plain.events], [["REVOKED"], []]);
  assertEquals(await namesFound(yard), ["other.txt"]);
  assertEquals([...yard.registry.roster.online()], [other.member, plain.member]);
  for (const digest of ["here", "lost"]) {
    assertEquals(join(yard, { ends: secure, key, digest }).known, false, digest);
  }
  const reasons = yard.events.flatMap((event) => event.event === "left" ? [event.reason] : []);
  assertEquals(reasons, ["lost", "expelled"]);
});

Deno.test("Registry.expel ends the offers of a peer, also one that waits for its return", {
  permissions,
}, async () => {
  const yard = aYard();
  const secure = from("192.0.2.7", "192.0.2.1", true);
  const bo = join(yard, { ends: secure, key: hex(2) });
  const offers = [1, 2].map(async (number) => {
    const { member } = join(yard, { ends: secure, key: hex(1) });
    const file = { ...aFile(`${number}.txt`, number), id: hex(number) };
    await yard.registry.announce(member, [file]);
    member.digest = `${number}`;
    const id = yard.registry.offers.offer(member, file, "");
    if (number === 2) await yard.registry.leave(member, "lost");
    return id;
  });
  const ids = await Promise.all(offers);
  await yard.registry.expel(hex(1));
  for (const offer of ids) {
    const answer = { verb: "ANSWER", offer, answer: "accepted" } as const;
    assertThrows(() => yard.registry.offers.answer(bo.member, answer), LanyardError, "over");
  }
});

Deno.test("Registry.expel tells when it was, so that later tickets count", {
  permissions,
}, async () => {
  const yard = aYard();
  const said: unknown[] = [];
  const { member } = join(yard, { ends: from("192.0.2.7", "192.0.2.1", true), key: hex(2) });
  member.push = (reply) => void said.push(reply);
  await yard.registry.expel(hex(1));
  assertEquals(said, [{ verb: "REVOKED", peer: hex(1), at: yard.clock.now() }]);
});

Deno.test(
  "hostile 42: Registry tells who joins later of tickets that are void and could still count",
  {
    permissions,
  },
  async () => {
    const yard = aYard();
    const secure = from("192.0.2.7", "192.0.2.1", true);
    const told = (ends: Ends): string[] => join(yard, { ends, key: hex(3) }).events;
    await yard.registry.expel(hex(1));
    yard.clock.advance(ticketLife / 2000);
    await yard.registry.expel(hex(2));
    yard.clock.advance(ticketLife / 2000 - 1);
    assertEquals(told(secure), ["REVOKED", "REVOKED"]);
    assertEquals(told(from("192.0.2.7")), []);
    yard.clock.advance(1);
    assertEquals(told(secure), ["REVOKED"], "the first one's last ticket has expired by now");
    yard.clock.advance(ticketLife / 1000);
    assertEquals(told(secure), []);
  },
);
