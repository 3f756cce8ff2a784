import { assertEquals, assertNotEquals } from "@std/assert";
import { type Identity, temporaryIdentity } from "../net/mod.ts";
import {
  LanyardError,
  prove,
  readTicket,
  ticketLife,
  type TrackerReply,
  type TrackerRequest,
} from "../shared/mod.ts";
import { aFile, aMember, aYard, Caller, from, hex, type Yard } from "./_fakes.ts";
import { admitEverybody, type Applicant } from "./admitting.ts";
import type { TrackerOptions } from "./options.ts";

const [yardKey, anaKey, boKey] = await Promise.all([
  temporaryIdentity(),
  temporaryIdentity(),
  temporaryIdentity(),
]);
const encrypted = (address = "192.0.2.7"): ReturnType<typeof from> =>
  from(address, "192.0.2.1", true);

function aSecureYard(given: Partial<TrackerOptions> = {}): Yard {
  return aYard({ identity: yardKey, id: yardKey.id, ...given });
}

/** Greets, and returns what the tracker wants to have signed. */
async function nonceOf(caller: Caller, more: { digest?: string } = {}): Promise<string> {
  const { nonce = "", peer } = await caller.hello(more);
  assertEquals([nonce.length, peer], [43, undefined]);
  return nonce;
}

function proofFor(
  nonce: string,
  { key = anaKey, purpose = "tracker", server = yardKey.id, invite }: {
    key?: Identity;
    purpose?: "tracker" | "peer";
    server?: string;
    invite?: string;
  } = {},
): Extract<TrackerRequest, { verb: "PROVE" }> {
  const proof = prove({ purpose, nonce, server }, key);
  return { verb: "PROVE", ...proof, ...(invite === undefined ? {} : { invite }) };
}

/** A session that has proven its key. */
async function join(
  yard: Yard,
  key = anaKey,
  { address = "192.0.2.7", digest }: { address?: string; digest?: string } = {},
): Promise<{ caller: Caller; ok: Extract<TrackerReply, { verb: "OK" }> }> {
  const caller = new Caller(yard, encrypted(address));
  const nonce = await nonceOf(caller, digest === undefined ? {} : { digest });
  return { caller, ok: await caller.get("OK", proofFor(nonce, { key })) };
}

Deno.test("Session knows a peer by the key it proves", async () => {
  const yard = aSecureYard();
  const { caller, ok } = await join(yard);
  assertEquals(ok, { verb: "OK", accepted: false, known: false, now: yard.clock.now() });
  await caller.share(aFile("a.txt"));
  const { peers } = await caller.get("PEERS", { verb: "PEERS" });
  assertEquals(peers.map(({ peer, encrypted }) => [peer, encrypted]), [[anaKey.id, true]]);
});

Deno.test("hostile 42: Session refuses every proof that was made for something else", async () => {
  const yard = aSecureYard();
  const other = await nonceOf(new Caller(yard, encrypted()));
  const wrong: [string, (nonce: string) => TrackerRequest][] = [
    ["a replay of another connection", () => proofFor(other)],
    ["a proof for a peer", (nonce) => proofFor(nonce, { purpose: "peer" })],
    ["a proof for another tracker", (nonce) => proofFor(nonce, { server: boKey.id })],
    ["another's certificate", (nonce) => ({
      ...proofFor(nonce),
      certificate: boKey.certificate,
    })],
    ["no base64", (nonce) => ({ ...proofFor(nonce), signature: "§" })],
    ["nothing", (nonce) => ({ ...proofFor(nonce), signature: "" })],
  ];
  for (const [what, forge] of wrong) {
    const caller = new Caller(yard, encrypted());
    assertEquals(await caller.ask(forge(await nonceOf(caller))), "wrong-key!", what);
    assertEquals(yard.registry.roster.size, 0, what);
  }
});

Deno.test("hostile 42: Session serves nothing before the proof, and takes one proof only", async () => {
  const yard = aSecureYard();
  const caller = new Caller(yard, encrypted());
  const nonce = await nonceOf(caller);
  assertEquals(await caller.ask({ verb: "SEARCH", text: "" }), "order");
  assertEquals(await caller.ask({ verb: "SHARE", files: [aFile("a.txt")] }), "order");
  await caller.get("OK", proofFor(nonce));
  assertEquals(await caller.ask(proofFor(nonce, { key: boKey })), "order");
});

Deno.test("Session gives a ticket to whoever is accepted, and a new one when half of it is used", async () => {
  const yard = aSecureYard();
  const { caller } = await join(yard);
  const { ticket = "" } = await caller.share(aFile("a.txt"));
  const issued = yard.clock.now();
  assertEquals(readTicket(ticket, yardKey.certificate), {
    tracker: yardKey.id,
    peer: anaKey.id,
    issued,
    expires: issued + ticketLife,
  });
  assertEquals((await caller.get("PONG", { verb: "PING" })).ticket, undefined);
  yard.clock.advance(ticketLife / 2000 - 1);
  assertEquals((await caller.get("PONG", { verb: "PING" })).ticket, undefined);
  yard.clock.advance(1);
  const renewed = (await caller.get("PONG", { verb: "PING" })).ticket ?? "";
  assertEquals(readTicket(renewed, yardKey.certificate).issued, yard.clock.now());
});

Deno.test("Session gives no ticket to a plain member, nor to an encrypted one that shares nothing", async () => {
  const yard = aSecureYard();
  const plain = await aMember(yard);
  assertEquals((await plain.get("PONG", { verb: "PING" })).ticket, undefined);
  const { caller, ok } = await join(yard);
  assertEquals(ok.ticket, undefined);
  assertEquals((await caller.get("PONG", { verb: "PING" })).ticket, undefined);
});

Deno.test("Session accepts another session of an accepted peer at once, with a ticket", async () => {
  const yard = aSecureYard();
  const { caller: sharing } = await join(yard);
  await sharing.share(aFile("a.txt"));
  const { caller, ok } = await join(yard);
  assertEquals([ok.accepted, typeof ok.ticket], [true, "string"]);
  assertEquals(await caller.search("a"), ["a.txt"]);
  const { peers } = await caller.get("PEERS", { verb: "PEERS" });
  assertEquals(peers.length, 1, "it is one peer");
  const { ok: bo } = await join(yard, boKey);
  assertEquals(bo.accepted, false, "what ana earned is not bo's");
});

Deno.test("Session continues a lost session of the same key from another address, and of no other key", async () => {
  const yard = aSecureYard();
  const { caller } = await join(yard);
  await caller.share(aFile("a.txt"));
  await caller.get("ACCEPTED", { verb: "SHARED", digest: "d" });
  await caller.session.end("lost");
  const thief = await join(yard, boKey, { digest: "d" });
  assertEquals(thief.ok.known, false);
  const plainThief = new Caller(yard);
  assertEquals((await plainThief.hello({ digest: "d" })).known, false);
  const { ok } = await join(yard, anaKey, { digest: "d", address: "192.0.2.99" });
  assertEquals([ok.known, ok.accepted], [true, true]);
});

Deno.test("Session tells plain peers of plain ones only, and encrypted peers of all", async () => {
  const yard = aSecureYard();
  const plain = await aMember(yard, { name: "plain", files: [aFile("open.txt", 1)] });
  const { caller: secure } = await join(yard);
  await secure.share(aFile("secret.txt", 2), aFile("open.txt", 1));
  assertEquals(await plain.search(""), ["open.txt"]);
  const { files: [open] } = await plain.get("FOUND", { verb: "SEARCH", text: "open" });
  assertEquals([open?.peers, open?.sources.map(({ encrypted }) => encrypted)], [1, [false]]);
  const asked = { verb: "SOURCES", id: hex(1), size: 1001 } as const;
  assertEquals((await plain.get("SOURCES", asked)).sources.length, 1);
  assertEquals((await plain.get("PEERS", { verb: "PEERS" })).peers.length, 1);
  assertEquals((await plain.get("FOUND", { verb: "LIST" })).files.length, 1);
  assertEquals(
    await plain.ask({ verb: "LIST", peer: anaKey.id }),
    { verb: "NOT FOUND" },
  );
  assertEquals((await secure.search("")).toSorted(), ["open.txt", "secret.txt"]);
  const { sources } = await secure.get("SOURCES", asked);
  assertEquals(sources.map(({ encrypted }) => encrypted), [false, true]);
});

Deno.test("Session asks whether a proven peer may join, and lets nobody in who may not", async () => {
  const asked: Applicant[] = [];
  const admit = (applicant: Applicant): void => {
    asked.push(applicant);
    throw new LanyardError("not-invited", "Ask for a link", { fatal: true });
  };
  const yard = aSecureYard({ admission: { ...admitEverybody, admit } });
  const caller = new Caller(yard, encrypted());
  const nonce = await nonceOf(caller);
  assertEquals(await caller.ask(proofFor(nonce, { invite: "k" })), "not-invited!");
  assertEquals(asked, [{ peer: anaKey.id, name: "ana", address: "192.0.2.7", invite: "k" }]);
  assertEquals(yard.registry.roster.size, 0);
  const forged = new Caller(yard, encrypted());
  assertEquals(await forged.ask(proofFor(await nonceOf(forged), { server: hex(1) })), "wrong-key!");
  assertEquals(asked.length, 1, "who proves nothing is not even asked about");
});

Deno.test("hostile 42: Registry knows after a restart whose tickets a ban has made void", async () => {
  const asked: number[] = [];
  const bannedSince = (since: number): { peer: string; at: number }[] => {
    asked.push(since);
    return [{ peer: boKey.id, at: since + 1 }];
  };
  const yard = aSecureYard({ admission: { ...admitEverybody, bannedSince } });
  const [since] = asked;
  assertEquals(since, yard.clock.now() - ticketLife);
  const { caller } = await join(yard);
  assertEquals(caller.events, [{
    verb: "REVOKED",
    peer: boKey.id,
    at: yard.clock.now() - ticketLife + 1,
  }]);
});

Deno.test("Registry tells encrypted sessions, and no others, of revoked tickets", async () => {
  const yard = aSecureYard();
  const plain = await aMember(yard);
  const { caller } = await join(yard);
  yard.registry.revoke(boKey.id);
  assertEquals(caller.events, [{ verb: "REVOKED", peer: boKey.id, at: yard.clock.now() }]);
  assertEquals(plain.events, []);
  assertNotEquals(boKey.id, anaKey.id);
});
