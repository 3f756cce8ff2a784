import { assert, assertEquals, assertLess, assertLessOrEqual, assertNotEquals } from "@std/assert";
import {
  encodeMessage,
  type FoundFile,
  legalRequests,
  limits,
  parseSharePath,
  type SharedFile,
  type TrackerPhase,
  type TrackerReply,
  type TrackerRequest,
} from "../shared/mod.ts";
import { aFile, aMember, aYard, Caller, from, hex, manyFiles, type Yard } from "./_fakes.ts";

const permissions = "none";

/** One well-formed request of every verb. */
const requests: { [V in TrackerRequest["verb"]]: Extract<TrackerRequest, { verb: V }> } = {
  HELLO: { verb: "HELLO", version: 2, name: "ana", port: 2224 },
  PROVE: { verb: "PROVE", certificate: "c", signature: "s" },
  SHARE: { verb: "SHARE", files: [aFile("a.txt")] },
  UNSHARE: { verb: "UNSHARE", paths: [] },
  SHARED: { verb: "SHARED", digest: "d" },
  SEARCH: { verb: "SEARCH", text: "a" },
  LIST: { verb: "LIST" },
  SOURCES: { verb: "SOURCES", id: hex(1), size: 1001 },
  PEERS: { verb: "PEERS" },
  OFFER: { verb: "OFFER", file: { ...aFile("a.txt"), id: hex(1) } },
  ANSWER: { verb: "ANSWER", offer: "o", answer: "accepted" },
  CALL: { verb: "CALL", peer: hex(1), port: 2224 },
  PING: { verb: "PING" },
  BYE: { verb: "BYE" },
};

/** How a session in each phase answers each verb: the verb of the answer, or an error's code. */
const answers: Record<TrackerPhase, Record<TrackerRequest["verb"], string>> = {
  greeting: {
    HELLO: "HI",
    PROVE: "order!",
    SHARE: "order!",
    UNSHARE: "order!",
    SHARED: "order!",
    SEARCH: "order!",
    LIST: "order!",
    SOURCES: "order!",
    PEERS: "order!",
    OFFER: "order!",
    ANSWER: "order!",
    CALL: "order!",
    PING: "order!",
    BYE: "order!",
  },
  unproven: {
    HELLO: "order",
    PROVE: "syntax!",
    SHARE: "order",
    UNSHARE: "order",
    SHARED: "order",
    SEARCH: "order",
    LIST: "order",
    SOURCES: "order",
    PEERS: "order",
    OFFER: "order",
    ANSWER: "order",
    CALL: "order",
    PING: "PONG",
    BYE: "",
  },
  receiver: {
    HELLO: "order",
    PROVE: "order",
    SHARE: "ACCEPTED",
    UNSHARE: "ACCEPTED",
    SHARED: "ACCEPTED",
    SEARCH: "nothing-shared",
    LIST: "nothing-shared",
    SOURCES: "nothing-shared",
    PEERS: "nothing-shared",
    OFFER: "nothing-shared",
    ANSWER: "not-found",
    CALL: "nothing-shared",
    PING: "PONG",
    BYE: "",
  },
  member: {
    HELLO: "order",
    PROVE: "order",
    SHARE: "ACCEPTED",
    UNSHARE: "ACCEPTED",
    SHARED: "ACCEPTED",
    SEARCH: "FOUND",
    LIST: "FOUND",
    SOURCES: "SOURCES",
    PEERS: "PEERS",
    OFFER: "OK",
    ANSWER: "not-found",
    CALL: "not-found",
    PING: "PONG",
    BYE: "",
  },
};

async function callerIn(phase: TrackerPhase): Promise<Caller> {
  const yard = aYard();
  if (phase === "member") return await aMember(yard);
  const caller = new Caller(yard, from("192.0.2.7", "192.0.2.1", phase === "unproven"));
  if (phase !== "greeting") await caller.hello();
  return caller;
}

async function found(caller: Caller, request: TrackerRequest): Promise<FoundFile[]> {
  return (await caller.get("FOUND", request)).files;
}

for (const phase of ["greeting", "unproven", "receiver", "member"] as const) {
  Deno.test(`hostile 34: Session answers every verb as ${phase}`, { permissions }, async () => {
    for (const request of Object.values(requests)) {
      const caller = await callerIn(phase);
      const reply = await caller.ask(request);
      const got = typeof reply === "string" ? reply : reply?.verb ?? "";
      assertEquals(got, answers[phase][request.verb], request.verb);
      const legal = !["order", "order!", "nothing-shared"].includes(got);
      assertEquals(legal, legalRequests[phase].has(request.verb), request.verb);
      assertEquals(caller.session.ended, got === "");
    }
  });
}

Deno.test("hostile 34: Session answers nothing after BYE, not even HELLO", {
  permissions,
}, async () => {
  for (const request of Object.values(requests)) {
    const yard = aYard();
    const caller = await aMember(yard);
    assertEquals(await caller.ask({ verb: "BYE" }), undefined);
    assertEquals(await caller.ask(request), "closed!", request.verb);
    assertEquals(yard.registry.roster.size, 0);
  }
});

Deno.test("Session greets with what a peer needs to know", { permissions }, async () => {
  const yard = aYard({ name: "school", maxFiles: 77, idleSeconds: 33 });
  const hi = await new Caller(yard).hello();
  assertEquals(hi, {
    verb: "HI",
    version: 2,
    tracker: "school",
    id: hex(0xf00),
    ...(hi.peer === undefined ? {} : { peer: hi.peer }),
    accepted: false,
    known: false,
    limits: { line: 65536, page: 200, files: 77, idle: 33 },
  });
});

Deno.test("hostile 57: Session applies its own version to a newer peer and refuses an older", {
  permissions,
}, async () => {
  const yard = aYard();
  assertEquals((await new Caller(yard).hello({ version: 9 })).version, 2);
  assertEquals(await new Caller(yard).ask({ ...requests.HELLO, version: 1 }), "version!");
  assertEquals(yard.registry.roster.size, 1);
});

Deno.test("Session accepts a peer at its first file, not at an empty SHARE", {
  permissions,
}, async () => {
  const yard = aYard();
  const caller = new Caller(yard);
  assertEquals((await caller.hello()).accepted, false);
  assertEquals((await caller.share()).files, 0);
  assertEquals(await caller.ask(requests.PEERS), "nothing-shared");
  assertEquals((await caller.share(aFile("a.txt"))).files, 1);
  assertEquals((await caller.get("PEERS", requests.PEERS)).peers.length, 1);
});

Deno.test("Session leaves a peer accepted that takes its files back", { permissions }, async () => {
  const caller = await aMember(aYard());
  await caller.get("ACCEPTED", { verb: "UNSHARE", paths: [aFile("a.txt").path] });
  assertEquals(await caller.ask(requests.SEARCH), { verb: "NOT FOUND" });
});

Deno.test("Session of an open tracker accepts who shares nothing", { permissions }, async () => {
  const yard = aYard({ open: true });
  await aMember(yard);
  const guest = new Caller(yard);
  assertEquals((await guest.hello({ name: "guest", port: 0 })).accepted, true);
  assertEquals(await guest.search("a"), ["a.txt"]);
});

Deno.test("Session counts the files of SHARE, UNSHARE and SHARED", { permissions }, async () => {
  const caller = new Caller(aYard());
  await caller.hello();
  assertEquals((await caller.share(...manyFiles(3))).files, 3);
  assertEquals((await caller.share(...manyFiles(4))).files, 4);
  const paths = manyFiles(2).map(({ path }) => path);
  assertEquals((await caller.get("ACCEPTED", { verb: "UNSHARE", paths })).files, 2);
  assertEquals((await caller.get("ACCEPTED", requests.SHARED)).files, 2);
});

Deno.test("hostile 38: Session takes a SHARE whole or not at all", { permissions }, async () => {
  const yard = aYard({ maxFiles: 3 });
  const caller = await aMember(yard, { files: manyFiles(2) });
  const refused = { verb: "SHARE", files: [aFile("xx"), aFile("yy", 2)], port: 4000 } as const;
  assertEquals(await caller.ask({ ...refused, files: [...refused.files] }), "too-many");
  assertEquals(await caller.search("xx"), []);
  assertEquals(caller.session.member?.port, 2224);
  assertEquals((await caller.share(aFile("xx"))).files, 3);
  assertEquals((await caller.share(aFile("xx", 9), ...manyFiles(2))).files, 3);
  assertEquals(await caller.ask({ verb: "SHARE", files: [aFile("z")] }), "too-many");
});

Deno.test("Session wants an id with every file of a version-2 peer", { permissions }, async () => {
  const caller = await aMember(aYard());
  const nameless: SharedFile = { path: parseSharePath("b.txt"), size: 1, modified: 1 };
  assertEquals(await caller.ask({ verb: "SHARE", files: [aFile("c"), nameless] }), "syntax!");
  assertEquals(await caller.search("c"), []);
});

Deno.test("Session moves a peer to the port that comes with SHARE", { permissions }, async () => {
  const yard = aYard();
  const [ana, bo] = [await aMember(yard), await aMember(yard, { name: "bo" })];
  await ana.get("ACCEPTED", { verb: "SHARE", files: [aFile("new.txt", 2)], port: 2300 });
  const [file] = await found(bo, { verb: "SEARCH", text: "new" });
  assertEquals(file?.sources.map(({ port }) => port), [2300]);
});

Deno.test("Session shows files with the peers that have them", { permissions }, async () => {
  const yard = aYard();
  const ana = await aMember(yard, { files: [aFile("docs/plan.pdf", 5, { executable: true })] });
  const [file] = await found(ana, { verb: "SEARCH", text: "plan" });
  assertEquals(file, {
    name: "plan.pdf",
    path: parseSharePath("docs/plan.pdf"),
    size: 1005,
    modified: 5,
    id: hex(5),
    type: "pdf",
    executable: true,
    peers: 1,
    sources: [{
      peer: ana.session.member?.peer ?? "",
      name: "ana",
      address: "192.0.2.7",
      port: 2224,
      reachable: true,
      encrypted: false,
    }],
  });
});

Deno.test("hostile 40: Session names four sources of many and says how many there are", {
  permissions,
}, async () => {
  const yard = aYard();
  const callers: Caller[] = [];
  for (let n = 0; n < 250; n++) callers.push(await aMember(yard, { name: `peer ${n}` }));
  const [last] = callers.slice(-1);
  assert(last !== undefined);
  const [file] = await found(last, { verb: "SEARCH", text: "a.txt" });
  assertEquals([file?.peers, file?.sources.length], [250, limits.foundSources]);
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page: Extract<TrackerReply, { verb: "SOURCES" }> = await last.get("SOURCES", {
      ...requests.SOURCES,
      ...(cursor === undefined ? {} : { cursor }),
    });
    assertLess(encodeMessage(page).length, limits.lineBytes);
    assertLessOrEqual(page.sources.length, limits.pageEntries);
    names.push(...page.sources.map(({ name }) => name));
    cursor = page.more;
  } while (cursor !== undefined);
  assertEquals(names, callers.map((_, n) => `peer ${n}`));
});

Deno.test("hostile 41: Session tells searchers the way to a source on the tracker's machine", {
  permissions,
}, async () => {
  const yard = aYard();
  await aMember(yard, { ends: from("127.0.0.1", "127.0.0.1") });
  const far = await aMember(yard, { files: [aFile("b")], ends: from("192.0.2.9", "192.0.2.1") });
  const near = await aMember(yard, { files: [aFile("c")], ends: from("::1", "::1") });
  for (const [caller, address] of [[far, "192.0.2.1"], [near, "127.0.0.1"]] as const) {
    const [file] = await found(caller, { verb: "SEARCH", text: "a.txt" });
    assertEquals(file?.sources[0]?.address, address);
    const { peers } = await caller.get("PEERS", { verb: "PEERS" });
    assertEquals(peers[0]?.address, address);
    const { sources } = await caller.get("SOURCES", requests.SOURCES);
    assertEquals(sources[0]?.address, address);
  }
});

Deno.test("Session lists partial copies as sources only", { permissions }, async () => {
  const yard = aYard();
  const ana = await aMember(yard);
  const bo = await aMember(yard, {
    name: "bo",
    files: [aFile("b.txt", 2), aFile("a.txt", 1, { partial: true })],
  });
  const { sources } = await ana.get("SOURCES", requests.SOURCES);
  assertEquals(sources.map(({ name, partial }) => [name, partial]), [
    ["ana", undefined],
    ["bo", true],
  ]);
  const [file] = await found(bo, { verb: "SEARCH", text: "a.txt" });
  assertEquals([file?.peers, file?.sources.map(({ name }) => name)], [1, ["ana"]]);
  const peer = bo.session.member?.peer ?? "";
  assertEquals((await found(ana, { verb: "LIST", peer })).map(({ name }) => name), ["b.txt"]);
});

Deno.test("Session answers SOURCES of unknown content with an empty list", {
  permissions,
}, async () => {
  const caller = await aMember(aYard());
  const request = { verb: "SOURCES", id: hex(99), size: 1 } as const;
  assertEquals(await caller.ask(request), { verb: "SOURCES", sources: [] });
});

Deno.test("Session narrows SEARCH to a peer, a content, a type and sizes", {
  permissions,
}, async () => {
  const yard = aYard();
  const ana = await aMember(yard, { files: [aFile("one.txt", 1), aFile("two.jpg", 2)] });
  const bo = await aMember(yard, { name: "bo", files: [aFile("one.txt", 1), aFile("three", 3)] });
  const names = async (filter: Partial<typeof requests.SEARCH>): Promise<string[]> => {
    const reply = await ana.session.handle({ verb: "SEARCH", text: "", ...filter });
    return reply?.verb === "FOUND" ? reply.files.map(({ name }) => name).sort() : [];
  };
  assertEquals(await names({ peer: bo.session.member?.peer ?? "" }), ["one.txt", "three"]);
  assertEquals(await names({ peer: hex(404) }), []);
  assertEquals(await names({ id: hex(2) }), ["two.jpg"]);
  assertEquals(await names({ type: "txt" }), ["one.txt"]);
  assertEquals(await names({ minSize: 1002, maxSize: 1002 }), ["two.jpg"]);
  assertEquals(await names({ text: "ONE.TXT", exact: true }), ["one.txt"]);
});

Deno.test("Session lists by peer and by folder, one entry per session and path", {
  permissions,
}, async () => {
  const yard = aYard();
  const ana = await aMember(yard, { files: [aFile("docs/a", 1), aFile("docs/copy", 1)] });
  const bo = await aMember(yard, { name: "bo", files: [aFile("docs/a", 1), aFile("b", 2)] });
  const listed = async (request: Partial<typeof requests.LIST>): Promise<unknown[]> =>
    (await found(ana, { verb: "LIST", ...request }))
      .map(({ path, sources }) => [`${path}`, sources[0]?.name]);
  assertEquals(await listed({}), [["docs/a", "ana"], ["docs/copy", "ana"], ["b", "bo"]]);
  assertEquals(await listed({ under: parseSharePath("docs") }), [
    ["docs/a", "ana"],
    ["docs/copy", "ana"],
    ["docs/a", "bo"],
  ]);
  const peer = bo.session.member?.peer ?? "";
  assertEquals(await listed({ peer }), [["docs/a", "bo"], ["b", "bo"]]);
  assertEquals(await listed({ peer, under: parseSharePath("docs") }), [["docs/a", "bo"]]);
  assertEquals(await ana.ask({ verb: "LIST", peer: hex(404) }), { verb: "NOT FOUND" });
});

async function pages(caller: Caller, request: TrackerRequest): Promise<FoundFile[][]> {
  const all: FoundFile[][] = [];
  let more: string | undefined;
  do {
    const part: Extract<TrackerReply, { verb: "FOUND" }> = await caller.get(
      "FOUND",
      more === undefined ? request : { ...request, cursor: more } as TrackerRequest,
    );
    assertLess(encodeMessage(part).length, limits.lineBytes);
    all.push(part.files);
    more = part.more;
  } while (more !== undefined);
  return all;
}

Deno.test("hostile 40: Session pages end at the limit, at 200 entries or 60 KiB", {
  permissions,
}, async () => {
  const caller = await aMember(aYard(), { files: manyFiles(450) });
  const short = await pages(caller, { verb: "SEARCH", text: "file", limit: 150 });
  assertEquals(short.map((page) => page.length), [150, 150, 150]);
  const long = await pages(caller, { verb: "SEARCH", text: "file", limit: 10_000 });
  assert(long.every((page) => page.length <= limits.pageEntries));
  assertEquals(new Set(long.flat().map(({ name }) => name)).size, 450);
  assertEquals((await pages(caller, { verb: "LIST" })).flat().length, 450);
  const wide = Array.from(
    { length: 30 },
    (_, n) => aFile(`${`${"ü".repeat(120)}/`.repeat(16)}${n}`, n),
  );
  await caller.share(...wide);
  const heavy = await pages(caller, { verb: "LIST", under: parseSharePath("ü".repeat(120)) });
  assertEquals(heavy.flat().length, 30);
  assert(heavy.length > 1 && heavy.every((page) => page.length < 30));
});

Deno.test("Session says a total, exact below 1,000", { permissions }, async () => {
  const caller = await aMember(aYard(), { files: manyFiles(999) });
  const total = async (): Promise<number | undefined> =>
    (await caller.get("FOUND", { verb: "SEARCH", text: "file", limit: 1 })).total;
  assertEquals(await total(), 999);
  await caller.share(...manyFiles(5, "again").map((file) => ({ ...file, id: hex(5000) })));
  assertEquals(await total(), 1000);
});

Deno.test("Session refuses cursors of other lists, other trackers and nobody", {
  permissions,
}, async () => {
  const yard = aYard();
  const caller = await aMember(yard, { files: manyFiles(3) });
  const search = { verb: "SEARCH", text: "file", limit: 1 } as const;
  const { more: cursor } = await caller.get("FOUND", search);
  assert(cursor !== undefined);
  assertLessOrEqual(cursor.length, limits.cursorBytes);
  assertEquals((await caller.get("FOUND", { ...search, cursor })).files[0]?.name, "file 1.txt");
  const others: TrackerRequest[] = [
    { ...search, text: "other", cursor },
    { ...search, exact: true, cursor },
    { verb: "LIST", cursor },
    { verb: "PEERS", cursor },
    { ...requests.SOURCES, cursor },
    { ...search, cursor: "" },
    { ...search, cursor: "nonsense" },
    { ...search, cursor: `${cursor}x` },
  ];
  for (const request of others) {
    assertEquals(await caller.ask(request), "bad-cursor", JSON.stringify(request));
  }
});

Deno.test("Session refuses PEERS cursors of an earlier run", { permissions }, async () => {
  const cursorIn = async (yard: Yard): Promise<[Caller, string | undefined]> => {
    const callers: Caller[] = [];
    for (let n = 0; n < 201; n++) callers.push(await aMember(yard));
    const [caller] = callers;
    assert(caller !== undefined);
    return [caller, (await caller.get("PEERS", { verb: "PEERS" })).more];
  };
  const [, earlier = ""] = await cursorIn(aYard());
  const [caller, cursor = ""] = await cursorIn(aYard());
  assertNotEquals(cursor, "");
  assertEquals(await caller.ask({ verb: "PEERS", cursor: earlier }), "bad-cursor");
  assertEquals((await caller.get("PEERS", { verb: "PEERS", cursor })).peers.length > 0, true);
});

Deno.test("Session lists accepted peers with what they share", { permissions }, async () => {
  const yard = aYard();
  const ana = await aMember(yard, { files: [aFile("a", 1), aFile("b", 2)] });
  await new Caller(yard, from("192.0.2.8")).hello({ name: "receiver" });
  assertEquals((await ana.get("PEERS", { verb: "PEERS" })).peers, [{
    peer: ana.session.member?.peer ?? "",
    name: "ana",
    address: "192.0.2.7",
    port: 2224,
    reachable: true,
    encrypted: false,
    files: 2,
    bytes: 2003,
  }]);
});

Deno.test("Session lists those whom files can be sent to, receivers too", {
  permissions,
}, async () => {
  const yard = aYard();
  const ana = await aMember(yard);
  const bo = new Caller(yard, from("192.0.2.8"));
  await bo.hello({ name: "bo", inbox: true });
  const { peers } = await ana.get("PEERS", { verb: "PEERS", inbox: true });
  assertEquals(peers.map(({ name, inbox, files }) => [name, inbox, files]), [["bo", true, 0]]);
  await bo.share(aFile("b.txt", 2));
  const all = (await ana.get("PEERS", { verb: "PEERS" })).peers;
  assertEquals(all.map(({ name, inbox }) => [name, inbox]), [["ana", undefined], ["bo", true]]);
});

Deno.test("Session takes no cursor of PEERS for the list of those with an inbox", {
  permissions,
}, async () => {
  const yard = aYard();
  for (let n = 0; n < 201; n++) await new Caller(yard).hello({ name: `${n}`, inbox: true });
  const ana = await aMember(yard);
  const page = await ana.get("PEERS", { verb: "PEERS", inbox: true });
  const cursor = page.more ?? "";
  assertEquals(await ana.ask({ verb: "PEERS", cursor }), "bad-cursor");
  const rest = await ana.get("PEERS", { verb: "PEERS", inbox: true, cursor });
  assertEquals(page.peers.length + rest.peers.length, 201);
});

Deno.test("Session passes on a CALL, also to a receiver, and answers with its token", {
  permissions,
}, async () => {
  const yard = aYard();
  const ana = await aMember(yard);
  const bo = new Caller(yard, from("192.0.2.8"));
  const { peer = "" } = await bo.hello({ name: "bo", port: 0 });
  const { token = "" } = await ana.get("OK", { verb: "CALL", peer, port: 7000 });
  const caller = ana.session.member?.peer ?? "";
  const called = { verb: "CALLED", from: caller, address: "192.0.2.7", port: 7000 } as const;
  assertEquals(bo.events, [{ ...called, token }]);
  assertEquals(await ana.ask({ verb: "CALL", peer, port: 7000 }), "too-many");
  yard.clock.advance(1);
  await ana.get("OK", { verb: "CALL", peer, port: 7000 });
});

/** What a session was told of its offers. */
function answersTo({ events }: Caller): string[] {
  return events.flatMap((push) =>
    push !== "closed" && push.verb === "ANSWERED" ? [`${push.name} ${push.answer}`] : []
  );
}

/** The id of the last offer that a session was told of. */
function lastOffer({ events }: Caller): string {
  const ids = events.flatMap((push) =>
    push !== "closed" && push.verb === "OFFERED" ? [push.offer] : []
  );
  return ids.at(-1) ?? "";
}

Deno.test("Session offers a file to a receiver, which answers", { permissions }, async () => {
  const yard = aYard();
  const bo = new Caller(yard, from("192.0.2.8"));
  await bo.hello({ name: "bo", port: 0 });
  const ana = await aMember(yard);
  const { offer = "" } = await ana.get("OK", { ...requests.OFFER, message: "For today" });
  assertEquals(bo.events, [{
    verb: "OFFERED",
    offer,
    from: ana.session.member?.peer ?? "",
    name: "ana",
    file: requests.OFFER.file,
    message: "For today",
  }]);
  for (const answer of ["accepted", "done"] as const) {
    assertEquals(await bo.ask({ verb: "ANSWER", offer, answer }), { verb: "OK" });
  }
  assertEquals(answersTo(ana), ["bo offered", "bo accepted", "bo done"]);
});

Deno.test("Session offers only what it shares itself, and all of it", { permissions }, async () => {
  const yard = aYard();
  await aMember(yard, { files: [aFile("a.txt", 1)] });
  const bo = await aMember(yard, {
    name: "bo",
    files: [aFile("b.txt", 2), aFile("part", 3, { partial: true })],
  });
  for (const number of [1, 3, 9]) {
    const file = { ...aFile("x.txt", number), id: hex(number) };
    assertEquals(await bo.ask({ verb: "OFFER", file }), "not-found", `${number}`);
  }
});

Deno.test("Session's offers end with BYE, and its answers fail with a lost connection", {
  permissions,
}, async () => {
  const yard = aYard();
  const [ana, bo] = [await aMember(yard), await aMember(yard, { name: "bo" })];
  await ana.get("OK", requests.OFFER);
  const offer = lastOffer(bo);
  await bo.get("OK", { verb: "ANSWER", offer, answer: "accepted" });
  await bo.session.end("lost");
  assertEquals(answersTo(ana), ["bo offered", "bo accepted", "bo failed"]);
  await ana.ask({ verb: "BYE" });
  const cy = await aMember(yard, { name: "cy" });
  assertEquals(cy.events, []);
  assertEquals(await cy.ask({ verb: "ANSWER", offer, answer: "accepted" }), "not-found");
});

Deno.test("hostile 35: Session goes on with its offers when its peer is back on another", {
  permissions,
}, async () => {
  for (const noticed of [true, false]) {
    const yard = aYard();
    const [ana, bo] = [await aMember(yard), await aMember(yard, { name: "bo" })];
    await ana.get("ACCEPTED", { verb: "SHARED", digest: "d" });
    const { offer } = await ana.get("OK", requests.OFFER);
    await bo.get("OK", { verb: "ANSWER", offer: lastOffer(bo), answer: "accepted" });
    if (noticed) await ana.session.end("lost");
    const back = new Caller(yard);
    await back.hello({ digest: "d" });
    await bo.get("OK", { verb: "ANSWER", offer: lastOffer(bo), answer: "done" });
    assertEquals((await back.get("OK", requests.OFFER)).offer, offer);
    assertEquals(answersTo(back), ["bo done"]);
  }
});

Deno.test("Session's offer waits while its file is not shared", { permissions }, async () => {
  const yard = aYard();
  const ana = await aMember(yard, { files: [aFile("a.txt", 1), aFile("b.txt", 2)] });
  const { offer } = await ana.get("OK", requests.OFFER);
  await ana.get("ACCEPTED", { verb: "UNSHARE", paths: [aFile("a.txt").path] });
  const bo = await aMember(yard, { name: "bo" });
  assertEquals(bo.events, []);
  assertEquals(await ana.ask(requests.OFFER), "not-found");
  await ana.share(aFile("a.txt", 1));
  assertEquals((await ana.get("OK", requests.OFFER)).offer, offer);
  assertEquals(lastOffer(bo), offer);
});

Deno.test("Session that wants no offers is told of none", { permissions }, async () => {
  const yard = aYard();
  const ana = await aMember(yard);
  const quiet = new Caller(yard, from("192.0.2.8"));
  await quiet.hello({ name: "bo", offers: false });
  await ana.get("OK", requests.OFFER);
  assertEquals([quiet.events, ana.events], [[], []]);
});

Deno.test("Session pages through peers in order, also past one that came back", {
  permissions,
}, async () => {
  const yard = aYard();
  const first = await aMember(yard, { name: "peer 0" });
  await first.get("ACCEPTED", { verb: "SHARED", digest: "d" });
  for (let n = 1; n < 450; n++) await aMember(yard, { name: `peer ${n}` });
  const back = new Caller(yard);
  assertEquals((await back.hello({ name: "peer 0", digest: "d" })).known, true);
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page: Extract<TrackerReply, { verb: "PEERS" }> = await back.get("PEERS", {
      verb: "PEERS",
      ...(cursor === undefined ? {} : { cursor }),
    });
    assertLess(encodeMessage(page).length, limits.lineBytes);
    names.push(...page.peers.map(({ name }) => name));
    cursor = page.more;
  } while (cursor !== undefined);
  assertEquals(names, Array.from({ length: 450 }, (_, n) => `peer ${n}`));
});

Deno.test("hostile 39: Session refuses 33 words and goes on", { permissions }, async () => {
  const caller = await aMember(aYard());
  assertEquals(await caller.ask({ verb: "SEARCH", text: "a ".repeat(33) }), "too-many");
  assertEquals(await caller.search("a ".repeat(32)), ["a.txt"]);
});

Deno.test("Session reports a search without its text", { permissions }, async () => {
  const yard = aYard();
  const caller = await aMember(yard);
  await caller.search("a.txt");
  const { peer = "" } = caller.session.member ?? {};
  assertEquals(yard.events.at(-1), { event: "search", peer, found: 1, ms: 0 });
});

Deno.test("Session tells the tracker's time in PONG", { permissions }, async () => {
  const yard = aYard();
  const caller = await aMember(yard);
  yard.clock.advance(5);
  assertEquals(await caller.ask({ verb: "PING" }), { verb: "PONG", now: yard.clock.now() });
});

Deno.test("Session takes its files out at BYE, at once", { permissions }, async () => {
  const yard = aYard();
  const [ana, bo] = [await aMember(yard), await aMember(yard, { files: [aFile("b")] })];
  await ana.get("ACCEPTED", { verb: "SHARED", digest: "d" });
  const leaving = ana.ask({ verb: "BYE" });
  assertEquals(await bo.search("a.txt"), []);
  await leaving;
  assertEquals((await bo.get("PEERS", { verb: "PEERS" })).peers.length, 1);
  assertEquals((await new Caller(yard).hello({ digest: "d" })).known, false);
});

Deno.test("Session keeps its peer id when it comes back with its digest", {
  permissions,
}, async () => {
  const yard = aYard();
  const ana = new Caller(yard);
  const { peer } = await ana.hello();
  await ana.share(aFile("a.txt"));
  await ana.get("ACCEPTED", { verb: "SHARED", digest: "d" });
  await ana.session.end("lost");
  const bo = await aMember(yard, { files: [aFile("b")] });
  assertEquals(await bo.search("a.txt"), []);
  assertEquals((await bo.get("PEERS", { verb: "PEERS" })).peers.length, 1);
  const hi = await new Caller(yard).hello({ digest: "d", name: "ana", port: 2300 });
  assertEquals([hi.peer, hi.known, hi.accepted], [peer, true, true]);
  const [file] = await found(bo, { verb: "SEARCH", text: "a.txt" });
  assertEquals(file?.sources.map((source) => [source.peer, source.port]), [[peer, 2300]]);
});

Deno.test("hostile 35: Session ends without a word when its peer is back on another", {
  permissions,
}, async () => {
  const yard = aYard();
  const old = await aMember(yard);
  await old.get("ACCEPTED", { verb: "SHARED", digest: "d" });
  const back = new Caller(yard);
  assertEquals((await back.hello({ digest: "d" })).known, true);
  assertEquals([old.events, old.session.ended, old.session.member], [["closed"], true, undefined]);
  assertEquals(await old.ask(requests.SEARCH), "closed!");
  assertEquals(await old.ask(requests.HELLO), "closed!");
  await old.session.end("lost");
  assertEquals(await back.search("a.txt"), ["a.txt"]);
  assertEquals(yard.registry.roster.size, 1);
});

Deno.test("hostile 35: Session is not replaced while its list is changing", {
  permissions,
}, async () => {
  const yard = aYard();
  const old = await aMember(yard);
  await old.get("ACCEPTED", { verb: "SHARED", digest: "d" });
  const sharing = old.share(aFile("new.txt", 2));
  const back = new Caller(yard);
  assertEquals((await back.hello({ digest: "d" })).known, false);
  assertEquals((await sharing).files, 2);
  assertEquals(await old.search("new"), ["new.txt"]);
});

Deno.test("Session of a classic peer counts its first five files", { permissions }, async () => {
  const yard = aYard();
  const classic = new Caller(yard, from("192.0.2.8"), "classic");
  await classic.hello({ version: 1, name: "classic", port: 0 });
  for (let n = 0; n < 7; n++) {
    const file = { path: parseSharePath(`${n}.txt`), type: "txt", size: n, modified: 1 };
    await classic.get("ACCEPTED", { verb: "SHARE", port: 4000, files: [file] });
  }
  const ana = await aMember(yard);
  const files = await found(ana, { verb: "SEARCH", text: ".txt" });
  const theirs = files.filter((file) => file.id === undefined);
  assertEquals(theirs.map(({ name }) => name), ["0.txt", "1.txt", "2.txt", "3.txt", "4.txt"]);
  assert(theirs.every(({ sources }) => sources[0]?.reachable && sources[0].port === 4000));
});

Deno.test("hostile 56: Session survives peers that join, search and leave in any order", {
  permissions,
}, async () => {
  const yard = aYard();
  let seed = 56;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor(seed / 2 ** 8) % below;
  };
  const online = new Map<Caller, number>();
  for (let step = 0; step < 3000; step++) {
    const callers = [...online.keys()];
    const caller = callers[random(callers.length || 1)];
    const action = random(6);
    if (caller === undefined || action < 2) {
      const newcomer = await aMember(yard, { files: [aFile(`of ${step}.txt`, step)] });
      online.set(newcomer, step);
    } else if (action < 4) {
      const mine = online.get(caller) ?? -1;
      assertEquals(await caller.search(`"of ${mine}.txt"`), [`of ${mine}.txt`], `step ${step}`);
    } else {
      await (action === 4 ? caller.ask({ verb: "BYE" }) : caller.session.end("lost"));
      online.delete(caller);
    }
    assertEquals(yard.registry.roster.size, online.size);
  }
  for (const caller of online.keys()) await caller.ask({ verb: "BYE" });
  assertEquals((await yard.index.list({}, { limit: 1 })).entries, []);
});
