import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { encodeMessage, limits, type TrackerReply } from "../shared/mod.ts";
import { aFile, aYard, Dialled, from, hex, manyFiles, type Yard } from "./_fakes.ts";

const permissions = "none";

const hello = `HELLO {"version":2,"name":"ana","port":2224}`;

function share(...files: ReturnType<typeof manyFiles>): string {
  return `SHARE ${JSON.stringify({ files })}`;
}

/** A version-2 connection that is greeted. */
async function greeted(yard: Yard): Promise<Dialled> {
  const dialled = new Dialled(yard);
  assertEquals((await dialled.ask(hello)).verb, "HI");
  return dialled;
}

/** A version-2 connection that shares one file. */
async function accepted(yard: Yard, name = "a.txt"): Promise<Dialled> {
  const dialled = await greeted(yard);
  assertEquals((await dialled.ask(share(aFile(name)))).verb, "ACCEPTED");
  return dialled;
}

/** Lets everything happen that waits for nothing. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function reasons({ events }: Yard): string[] {
  return events.flatMap((event) => event.event === "left" ? [event.reason] : []);
}

Deno.test("Connection serves version 2 from HELLO to BYE", { permissions }, async () => {
  const yard = aYard();
  const peer = new Dialled(yard);
  assertEquals((await peer.ask(hello)).verb, "HI");
  assertEquals(await peer.ask(share(aFile("a.txt"))), { verb: "ACCEPTED", files: 1 });
  assertEquals((await peer.ask(`SEARCH {"text":"a.txt"}`)).verb, "FOUND");
  assertEquals(await peer.ask(`SEARCH {"text":"zzz"}`), { verb: "NOT FOUND" });
  assertEquals(await peer.ask("PING"), { verb: "PONG", now: yard.clock.now() });
  peer.say("BYE\n");
  assertEquals(await peer.rest(), "");
  await peer.leave();
  assert(peer.closed);
  assertEquals(reasons(yard), ["bye"]);
});

Deno.test("Connection takes CRLF, and a verb without an object for an empty one", {
  permissions,
}, async () => {
  const peer = new Dialled(aYard({ open: true }));
  assertEquals((await peer.ask(`${hello}\r`)).verb, "HI");
  assertEquals((await peer.ask("PING\r")).verb, "PONG");
  assertEquals((await peer.ask("PING {}")).verb, "PONG");
  assertEquals((await peer.ask("LIST")).verb, "NOT FOUND");
  await peer.leave();
});

Deno.test("hostile 33: Connection reads lines however they are cut", { permissions }, async () => {
  const input = new TextEncoder().encode(`${hello}\n${share(aFile("ü.txt"))}\nPING\nBYE\n`);
  for (let size = 1; size <= input.length; size += size < 8 ? 1 : 37) {
    const peer = new Dialled(aYard());
    for (let at = 0; at < input.length; at += size) peer.say(input.slice(at, at + size));
    const verbs = (await peer.rest()).split("\n").map((line) => line.split(" ")[0]);
    assertEquals(verbs, ["HI", "ACCEPTED", "PONG", ""], `cut every ${size} bytes`);
    await peer.leave();
  }
});

Deno.test("hostile 34: Connection answers pipelined requests in order and none after BYE", {
  permissions,
}, async () => {
  const yard = aYard();
  const peer = new Dialled(yard);
  peer.say(
    `${hello}\nSEARCH {"text":"a"}\n${share(aFile("a"))}\nSEARCH {"text":"a"}\nNOPE\nPING\n`,
  );
  peer.say(`BYE\n${share(aFile("late"))}\nPING\n${hello}\n`);
  const lines = (await peer.rest()).trimEnd().split("\n");
  assertEquals(lines.map((line) => line.split(" ")[0]), [
    "HI",
    "ERROR",
    "ACCEPTED",
    "FOUND",
    "ERROR",
    "PONG",
  ]);
  assertStringIncludes(lines[1] ?? "", `"code":"nothing-shared"`);
  assertStringIncludes(lines[4] ?? "", `"code":"unsupported"`);
  await peer.leave();
  assertEquals(yard.registry.roster.size, 0);
  assertEquals((await yard.index.list({}, { limit: 1 })).entries, []);
});

Deno.test("hostile 34: Connection wants HELLO first and hangs up on anything else", {
  permissions,
}, async () => {
  const lines = ["PING", "BYE", "BYE {}", `SEARCH {"text":"a"}`, "hello", "HELLO2", "HI", "", "{}"];
  for (const line of [...lines, "HELLO {", "HELLO []", "HELLO {}", `HELLO  {"version":2}`]) {
    const yard = aYard();
    const peer = new Dialled(yard);
    const error = await peer.ask(line);
    assertEquals([error.verb, error.code, error.fatal], ["ERROR", "syntax", true], line);
    assertEquals(await peer.rest(), "");
    await peer.leave();
    assertEquals([peer.closed, yard.registry.roster.size], [true, 0]);
    assertEquals(yard.events.map(({ event }) => event), ["error"]);
  }
});

Deno.test("Connection tells a browser what it has found", { permissions }, async () => {
  const peer = new Dialled(aYard());
  assertMatch(`${(await peer.ask("GET / HTTP/1.1\r")).message}`, /not a web server/);
  await peer.leave();
});

Deno.test("hostile 34: Connection closes on fatal errors and goes on after others", {
  permissions,
}, async () => {
  const harmless: [string, string][] = [
    [hello, "order"],
    ["NOPE", "unsupported"],
    [`FOUND {"files":[]}`, "unsupported"],
    [`PROVE {"certificate":"","signature":""}`, "order"],
    [`CALL {"peer":"${hex(1)}","port":2224}`, "not-found"],
    [`LIST {"cursor":"made up"}`, "bad-cursor"],
    [`SEARCH {"text":"${"a ".repeat(33)}"}`, "too-many"],
    ["V".repeat(limits.lineBytes - 1), "unsupported"],
  ];
  const peer = await accepted(aYard());
  for (const [line, code] of harmless) {
    const error = await peer.ask(line);
    assertEquals([error.code, error.fatal], [code, undefined], line);
  }
  assertEquals((await peer.ask("PING")).verb, "PONG");
  await peer.leave();

  const fatal = [
    "ping",
    "PING  {}",
    " PING",
    "PING {",
    "PING []",
    `PING {"a":1,"a":2}`,
    `SEARCH {}`,
    `SEARCH {"text":5}`,
    `SEARCH {"text":"\\ud800"}`,
    `SEARCH {"text":"a","limit":0}`,
    `SEARCH {"text":"a","minSize":-1}`,
    `SEARCH {"text":"a","minSize":1e99}`,
    `SEARCH {"text":"${"a".repeat(limits.searchBytes + 1)}"}`,
    `SOURCES {"id":"ABC","size":1}`,
    `SHARE {"files":[{"path":"../x","size":1,"modified":1,"id":"${hex(1)}"}]}`,
    `SHARE {"files":[{"path":"x","size":1,"modified":1}]}`,
    `LIST {"under":"/"}`,
    `CALL {"peer":"${hex(1)}","port":22}`,
    `PING {"a":[[[[[[]]]]]]}`,
  ];
  for (const line of fatal) {
    const yard = aYard();
    const bad = await accepted(yard);
    const error = await bad.ask(line);
    assertEquals([error.code, error.fatal], ["syntax", true], line);
    bad.say("PING\n");
    assertEquals(await bad.rest(), "", line);
    await bad.leave();
    assertEquals([bad.closed, reasons(yard)], [true, ["error"]]);
  }
});

Deno.test("hostile 09: Connection refuses bytes that are not UTF-8", { permissions }, async () => {
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
    const peer = await accepted(aYard());
    peer.say(new Uint8Array([...new TextEncoder().encode(`SEARCH {"text":"`), ...bytes]));
    peer.say(`"}\n`);
    assertEquals((await peer.reply()).code, "syntax");
    await peer.leave();
  }
});

Deno.test("hostile 33: Connection refuses a line that is too long before it ends", {
  permissions,
}, async () => {
  const peer = await greeted(aYard());
  peer.say("A".repeat(limits.lineBytes + 1));
  const error = await peer.reply();
  assertEquals([error.code, error.fatal], ["syntax", true]);
  await peer.leave();
});

Deno.test("hostile 34: Connection survives any first bytes", { permissions }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
      async (chunks) => {
        const yard = aYard();
        const peer = new Dialled(yard);
        for (const chunk of chunks) if (chunk.length > 0) peer.say(chunk);
        await peer.leave();
        assert(peer.closed);
        assertEquals(yard.registry.roster.size, 0);
        assert(yard.events.every((event) => event.event === "error" && event.code !== "internal"));
      },
    ),
  );
});

Deno.test("hostile 34: Connection survives any lines after HELLO", { permissions }, async () => {
  const verb = fc.constantFrom("SHARE", "UNSHARE", "SEARCH", "LIST", "SOURCES", "PEERS", "HELLO");
  const body = fc.oneof(
    fc.json({ maxDepth: 3 }),
    fc.record({
      files: fc.array(fc.record({ path: fc.string(), size: fc.integer(), modified: fc.integer() })),
      text: fc.string({ unit: "binary" }),
      limit: fc.integer(),
      cursor: fc.string(),
    }, { requiredKeys: [] }).map((value) => JSON.stringify(value)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(verb, body), { maxLength: 8 }), async (lines) => {
      const yard = aYard();
      const peer = await accepted(yard);
      for (const [name, json] of lines) peer.say(`${name} ${json}\n`);
      peer.say("BYE\n");
      await peer.rest();
      await peer.leave();
      assertEquals(yard.registry.roster.size, 0);
      assert(yard.events.every((event) => event.event !== "error" || event.code === "syntax"));
    }),
  );
});

Deno.test("Connection hides the files of a lost peer and shows them at its return", {
  permissions,
}, async () => {
  for (const end of ["hangUp", "reset"] as const) {
    const yard = aYard();
    const ana = await accepted(yard);
    const bo = await accepted(yard, "b.txt");
    assertEquals((await ana.ask(`SHARED {"digest":"d"}`)).verb, "ACCEPTED");
    ana[end]();
    await ana.over;
    assertEquals((await bo.ask(`SEARCH {"text":"a.txt"}`)).verb, "NOT FOUND");
    const back = new Dialled(yard);
    const hi = await back.ask(`HELLO {"version":2,"name":"ana","port":2224,"digest":"d"}`);
    assertEquals([hi.known, hi.accepted], [true, true]);
    assertEquals((await bo.ask(`SEARCH {"text":"a.txt"}`)).verb, "FOUND");
    assertEquals(reasons(yard), ["lost"]);
    await Promise.all([bo.leave(), back.leave()]);
  }
});

Deno.test("hostile 35: Connection is closed without a word when its peer is back on another", {
  permissions,
}, async () => {
  const yard = aYard();
  const old = await accepted(yard);
  await old.ask(`SHARED {"digest":"d"}`);
  const back = new Dialled(yard);
  const hi = await back.ask(`HELLO {"version":2,"name":"ana","port":2224,"digest":"d"}`);
  assertEquals(hi.known, true);
  await old.over;
  assertEquals([old.closed, await old.rest()], [true, ""]);
  assertEquals((await back.ask(`SEARCH {"text":"a.txt"}`)).verb, "FOUND");
  assertEquals(reasons(yard), []);
  await back.leave();
});

Deno.test("hostile 35: Connection notices an end in the middle of a line", {
  permissions,
}, async () => {
  const yard = aYard();
  const peer = await accepted(yard);
  peer.say("PIN");
  await peer.leave();
  assertEquals([peer.closed, await peer.rest(), reasons(yard)], [true, "", ["lost"]]);
});

Deno.test("hostile 35: Connection ends a version-2 session after 90 s without a line", {
  permissions,
}, async () => {
  const yard = aYard();
  const peer = await accepted(yard);
  peer.pass(limits.idleSeconds);
  assertEquals(peer.closed, false);
  assertEquals((await peer.ask("PING")).verb, "PONG");
  peer.pass(limits.idleSeconds);
  peer.say("P");
  await nextTurn();
  assertEquals(peer.closed, false);
  peer.pass(1);
  assertEquals(peer.closed, true, "half a line is none");
  await peer.over;
  assertEquals(reasons(yard), ["idle"]);
});

Deno.test("Connection is as patient as it was told", { permissions }, async () => {
  const peer = await accepted(aYard({ idleSeconds: 5 }));
  peer.pass(5);
  assertEquals(peer.closed, false);
  peer.pass(1);
  assertEquals(peer.closed, true);
  await peer.over;
});

Deno.test("Connection never ends a classic session for its silence", { permissions }, async () => {
  const yard = aYard();
  const peer = new Dialled(yard);
  peer.say("HELLO\n");
  assertEquals(await peer.line(), "HI");
  peer.pass(10 * limits.greetingSeconds);
  assertEquals(peer.closed, false);
  await peer.leave();
  assertEquals(reasons(yard), ["lost"]);
});

Deno.test("hostile 36: Connection waits five minutes for HELLO", { permissions }, async () => {
  const yard = aYard();
  const peer = new Dialled(yard);
  peer.pass(limits.greetingSeconds);
  assertEquals(peer.closed, false);
  peer.say("HEL");
  await nextTurn();
  peer.pass(1);
  assertEquals(peer.closed, true);
  await peer.over;
  assertEquals(yard.events, []);
});

Deno.test("hostile 25: Connection drops a reader that has not read for 60 s", {
  permissions,
}, async () => {
  const yard = aYard();
  const peer = await accepted(yard);
  peer.take(false);
  for (let n = 0; n < 4; n++) peer.say("PING\n");
  await nextTurn();
  peer.pass(limits.stalledSeconds);
  assertEquals(peer.closed, false);
  peer.pass(2);
  assertEquals(peer.closed, true);
  await peer.over;
  assertEquals(reasons(yard), ["stalled"]);
});

Deno.test("hostile 25: Connection keeps a slow reader that goes on reading", {
  permissions,
}, async () => {
  const peer = await accepted(aYard());
  for (let minute = 0; minute < 5; minute++) {
    peer.take(false);
    peer.say("PING\n");
    await nextTurn();
    peer.pass(limits.stalledSeconds - 1);
    peer.take(true);
    assertEquals((await peer.reply()).verb, "PONG");
    peer.pass(1);
  }
  assertEquals(peer.closed, false);
  await peer.leave();
});

Deno.test("hostile 40: Connection stops reading who does not read, and goes on later", {
  permissions,
}, async () => {
  const yard = aYard();
  const peer = await greeted(yard);
  await peer.ask(share(...manyFiles(200)));
  peer.take(false);
  const asked = 100;
  const served = (): number => yard.events.filter(({ event }) => event === "search").length;
  peer.say(`SEARCH {"text":"file"}\n`.repeat(asked));
  await nextTurn();
  const before = served();
  peer.take(true);
  let bytes = 0;
  for (let n = 0; n < asked; n++) {
    const { length } = await peer.line();
    if (n < before) bytes += length;
  }
  assertEquals(served(), asked);
  assert(bytes > limits.queuedBytes && bytes <= limits.queuedBytes + limits.lineBytes, `${bytes}`);
  await peer.leave();
});

for (const busy of [false, true]) {
  const when = busy ? "while it answers" : "between requests";
  Deno.test(`hostile 40: Connection gives up who reads no pushes, ${when}`, {
    permissions,
  }, async () => {
    const yard = aYard();
    const peer = await accepted(yard);
    peer.take(false);
    if (busy) {
      await yard.index.put(0, manyFiles(200), limits.filesPerPeer);
      peer.say(`SEARCH {"text":"file"}\n`.repeat(100));
      await nextTurn();
    }
    const push: TrackerReply = { verb: "REVOKED", peer: hex(1), at: 1 };
    const line = encodeMessage(push).length;
    let bytes = busy ? limits.queuedBytes : 0;
    for (; !peer.closed && bytes < 10 * limits.queuedBytes; bytes += line) {
      peer.connection.member?.push(push);
    }
    await peer.over;
    const most = 4 * limits.queuedBytes;
    assert(bytes > most - limits.lineBytes && bytes <= most + line, `${bytes}`);
    assertEquals(reasons(yard), ["stalled"]);
  });
}

Deno.test("Connection tells of offers behind HI, and of who was told behind OK", {
  permissions,
}, async () => {
  const yard = aYard();
  const [ana, bo] = [await accepted(yard), await greeted(yard)];
  const file = JSON.stringify(aFile("a.txt"));
  const { verb, offer } = await ana.ask(`OFFER {"file":${file},"message":"For today"}`);
  assertEquals([verb, typeof offer], ["OK", "string"]);
  const told = await ana.reply();
  assertEquals([told.verb, told["answer"], told["offer"]], ["ANSWERED", "offered", offer]);
  const cy = await greeted(yard);
  for (const peer of [bo, cy]) {
    const offered = await peer.reply();
    assertEquals([offered.verb, offered["offer"]], ["OFFERED", offer]);
    assertEquals((await peer.ask(`ANSWER {"offer":"${offer}","answer":"declined"}`)).verb, "OK");
  }
  assertEquals((await ana.reply())["answer"], "offered");
  for (const _ of [bo, cy]) assertEquals((await ana.reply())["answer"], "declined");
  await Promise.all([ana, bo, cy].map((peer) => peer.leave()));
});

Deno.test("hostile 58: Connection has little to tell of a peer that answers without an end", {
  permissions,
}, async () => {
  const yard = aYard();
  const [ana, bo] = [await accepted(yard), await greeted(yard)];
  const { offer } = await ana.ask(`OFFER ${JSON.stringify({ file: aFile("a.txt") })}`);
  await bo.reply();
  for (let n = 0; n < 5000; n++) {
    const answer = n % 10 > 0 ? "accepted" : ["declined", "failed"][n % 20 / 10];
    bo.say(`ANSWER {"offer":"${offer}","answer":"${answer}","verified":${n % 1000}}\n`);
  }
  bo.say("PING\n");
  while ((await bo.reply()).verb !== "PONG");
  await bo.leave();
  ana.hangUp();
  const lines = (await ana.rest()).split("\n");
  assert(lines.length < 150, `${lines.length} lines`);
});

Deno.test("Connection does not take its own slowness for the peer's silence", {
  permissions,
}, async () => {
  const yard = aYard({ idleSeconds: 5 });
  const [asked, put] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const putNow = yard.index.put.bind(yard.index);
  yard.index.put = async (...args): Promise<void> => {
    asked.resolve();
    await put.promise;
    await putNow(...args);
  };
  const peer = await greeted(yard);
  peer.say(`${share(aFile("a.txt"))}\n`);
  await asked.promise;
  peer.pass(60);
  assertEquals(peer.closed, false);
  put.resolve();
  assertEquals((await peer.reply()).verb, "ACCEPTED");
  peer.pass(5);
  assertEquals(peer.closed, false);
  await peer.leave();
});

Deno.test("hostile 36: Connection drops who does not hang up after the last words", {
  permissions,
}, async () => {
  for (const last of ["BYE\n", "nonsense\n"]) {
    const peer = await accepted(aYard());
    peer.say(last);
    await peer.rest();
    peer.pass(limits.stalledSeconds);
    assertEquals(peer.closed, false);
    peer.pass(2);
    assertEquals(peer.closed, true);
    await peer.over;
  }
});

Deno.test("Connection sends no push before HI nor before the answer under way", {
  permissions,
}, async () => {
  const yard = aYard({ open: true });
  const pushing: Yard["accepted"] = yard.accepted;
  pushing.push = (member): number => {
    member.push({ verb: "REACHABLE", ok: false });
    return 0;
  };
  const peer = new Dialled(yard);
  assertEquals((await peer.ask(hello)).verb, "HI");
  assertEquals(await peer.reply(), { verb: "REACHABLE", ok: false });
  peer.connection.member?.push({ verb: "REACHABLE", ok: true });
  assertEquals(await peer.reply(), { verb: "REACHABLE", ok: true });
  await peer.leave();
});

Deno.test(
  "Connection tells a remote of a bug only that there is one",
  { permissions },
  async () => {
    const yard = aYard();
    yard.index.search = () => Promise.reject(new TypeError("a secret"));
    const peer = await accepted(yard);
    assertEquals(await peer.ask(`SEARCH {"text":"a"}`), {
      verb: "ERROR",
      code: "internal",
      message: "Internal error",
      fatal: true,
    });
    await peer.leave();
    const [error] = yard.events.filter((event) => event.event === "error");
    assertEquals(error?.message, "TypeError: a secret");
  },
);

Deno.test("Connection reports a bug also when the remote is gone", { permissions }, async () => {
  const yard = aYard();
  const [asked, search] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()];
  yard.index.search = () => {
    asked.resolve();
    return search.promise;
  };
  const peer = await accepted(yard);
  peer.say(`SEARCH {"text":"a"}\n`);
  await asked.promise;
  peer.connection.close("idle");
  search.reject(new TypeError("a secret"));
  await peer.over;
  assertEquals(yard.events.flatMap((event) => event.event === "error" ? [event.message] : []), [
    "TypeError: a secret",
  ]);
  assertEquals(reasons(yard), ["idle"]);
});

Deno.test(
  "Connection reports no fault of a remote that it has dropped",
  { permissions },
  async () => {
    const yard = aYard();
    const [asked, search] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    yard.index.search = async () => {
      asked.resolve();
      await search.promise;
      return { entries: [], more: false };
    };
    const peer = await accepted(yard);
    peer.say(`SEARCH {"text":"a"}\nnonsense\n`);
    await asked.promise;
    peer.connection.close("idle");
    search.resolve();
    await peer.over;
    assertEquals([yard.events.at(-1)?.event, reasons(yard)], ["left", ["idle"]]);
  },
);

Deno.test("Connection closes its stream also when leaving fails", { permissions }, async () => {
  const yard = aYard();
  yard.index.drop = () => Promise.reject(new TypeError("a full disk"));
  const peer = await accepted(yard);
  peer.hangUp();
  const failed = await peer.over.then(() => "", (error) => `${error.message}`);
  assertEquals([failed, peer.closed], ["a full disk", true]);
});

// The classic dialect.

async function classic(yard: Yard, ends = from("192.0.2.8")): Promise<Dialled> {
  const peer = new Dialled(yard, ends);
  peer.say("HELLO\n");
  assertEquals(await peer.line(), "HI");
  return peer;
}

Deno.test("Connection serves the classic dialect", { permissions }, async () => {
  const yard = aYard();
  const peer = await classic(yard);
  peer.say(
    "<notes.txt, txt, 12, 01/02/24, 10.0.0.1, 4000>\n<b.jpg, jpg, 3, 01/02/24, x, 4000>\n\n",
  );
  peer.say("SEARCH: notes.txt\nSEARCH: nothing\n");
  assertEquals(await peer.line(), "FOUND: <notes.txt, txt, 12, 01/02/24, 192.0.2.8, 4000>");
  assertEquals(await peer.line(), "NOT FOUND");
  peer.say("BYE\n");
  assertEquals(await peer.rest(), "");
  await peer.leave();
  assertEquals(reasons(yard), ["bye"]);
});

Deno.test("Connection does not answer a classic peer that shares nothing", {
  permissions,
}, async () => {
  const yard = aYard();
  const peer = await classic(yard);
  peer.say("SEARCH: a\n\nSEARCH: b\nBYE\n");
  assertEquals(await peer.rest(), "");
  await peer.leave();
});

Deno.test("Connection of an open tracker answers a classic peer that shares nothing", {
  permissions,
}, async () => {
  const peer = await classic(aYard({ open: true }));
  peer.say("SEARCH: a\n");
  assertEquals(await peer.line(), "NOT FOUND");
  await peer.leave();
});

Deno.test("Connection joins classic records with a bar, one for each source", {
  permissions,
}, async () => {
  const yard = aYard();
  const peers = [await classic(yard, from("192.0.2.1")), await classic(yard, from("192.0.2.2"))];
  for (const peer of peers) {
    peer.say("<a.txt,txt,5,1/2/2024,h,4000>|<own.txt,txt,5,1/2/2024,h,4000>\n");
  }
  const [one] = peers;
  assert(one !== undefined);
  one.say("SEARCH: a.txt\n");
  assertEquals(
    await one.line(),
    "FOUND: <a.txt, txt, 5, 01/02/24, 192.0.2.1, 4000>|<a.txt, txt, 5, 01/02/24, 192.0.2.2, 4000>",
  );
  await Promise.all(peers.map((peer) => peer.leave()));
});

Deno.test("Connection counts the first five classic files and passes over the others", {
  permissions,
}, async () => {
  const peer = await classic(aYard());
  for (let n = 1; n <= 7; n++) peer.say(`<${n}.txt, txt, 1, 01/02/24, h, 4000>\n`);
  peer.say("SEARCH: 5.txt\nSEARCH: 6.txt\nSEARCH: 7.txt\n");
  assertEquals(await peer.line(), "FOUND: <5.txt, txt, 1, 01/02/24, 192.0.2.8, 4000>");
  assertEquals(await peer.line(), "NOT FOUND");
  assertEquals(await peer.line(), "NOT FOUND");
  await peer.leave();
});

Deno.test("Connection shows each dialect the files of the other", { permissions }, async () => {
  const yard = aYard();
  const modern = await accepted(yard, "docs/new.txt");
  const old = await classic(yard);
  old.say("<old.txt, txt, 1, 01/02/24, h, 4000>\nSEARCH: new.txt\n");
  assertMatch(await old.line(), /^FOUND: <new\.txt, txt, 1001, \S+, 192\.0\.2\.7, 2224>$/);
  const found = await modern.ask(`SEARCH {"text":"old"}`);
  const [file] = found.files as Record<string, unknown>[];
  assertEquals([file?.name, file?.id], ["old.txt", undefined]);
  await Promise.all([modern.leave(), old.leave()]);
});

Deno.test("hostile 08: Connection lets no name or type forge a classic line", {
  permissions,
}, async () => {
  const yard = aYard();
  const modern = await greeted(yard);
  const files = [
    aFile("a>|<forged.txt", 1),
    aFile("a, txt, 1, 1, 6.6.6.6, 6", 2),
    aFile("b.txt", 3, { type: "x, 1, 01/01/24, 6.6.6.6, 6>|<y" }),
  ];
  assertEquals((await modern.ask(share(...files))).verb, "ACCEPTED");
  const old = await classic(yard);
  old.say("<mine.txt, txt, 1, 01/02/24, h, 4000>\n");
  const search = (name: string): Promise<string> => {
    old.say(`SEARCH: ${name}\n`);
    return old.line();
  };
  assertEquals(await search("a>|<forged.txt"), "NOT FOUND");
  for (const name of ["a, txt, 1, 1, 6.6.6.6, 6", "b.txt"]) {
    const line = await search(name);
    assertEquals(line.split("|").length, 1, line);
    assertMatch(line, /^FOUND: <.*, 192\.0\.2\.7, 2224>$/);
  }
  await Promise.all([modern.leave(), old.leave()]);
});

Deno.test("Connection refuses what is not classic, and says so in its dialect", {
  permissions,
}, async () => {
  const peer = await classic(aYard());
  for (const line of ["LIST", `SEARCH {"text":"a"}`, `SHARE {"files":[]}`]) {
    peer.say(`${line}\n`);
    assertMatch(await peer.line(), /^ERROR: /, line);
  }
  peer.say("<a.txt, txt, -1, 01/02/24, h, 4000>\n");
  assertMatch(await peer.line(), /^ERROR: /);
  assertEquals(await peer.rest(), "");
  await peer.leave();
});

Deno.test("Connection of a tracker without the classic dialect refuses it", {
  permissions,
}, async () => {
  const peer = new Dialled(aYard({ classic: false }));
  const error = await peer.ask("HELLO");
  assertEquals([error.code, error.fatal], ["syntax", true]);
  await peer.leave();
});

Deno.test("Connection writes every answer as one line below the limit", {
  permissions,
}, async () => {
  const peer = await greeted(aYard());
  const long = `${`${'"'.repeat(250)}/`.repeat(16)}`;
  for (let n = 0; n < 40; n++) {
    assertEquals((await peer.ask(share(aFile(`${long}${n}`, n)))).verb, "ACCEPTED");
  }
  peer.say(`LIST\n`);
  const line = await peer.line();
  assert(line.length < limits.lineBytes && line.length > limits.pageBytes / 2, `${line.length}`);
  await peer.leave();
});
