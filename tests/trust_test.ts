import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { decodeBase64Url, encodeBase64Url } from "@std/encoding";
import { parseJoinLink } from "../shared/mod.ts";
import { KeyHolder } from "./support/key_holder.ts";
import {
  joining,
  noise,
  type RunningShare,
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { operate } from "./support/operator.ts";
import { runPeer } from "./support/program.ts";
import { Proxy } from "./support/proxy.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { assertContent, idOf } from "./support/served.ts";

const film = noise(3 * 1024 * 1024 + 7, 4);

/** A tracker, and ana who shares a film through it, both with encryption. */
class Yard implements AsyncDisposable {
  readonly folder: TempFolder;
  readonly tracker: RunningTracker;
  readonly ana: RunningShare;

  private constructor(folder: TempFolder, tracker: RunningTracker, ana: RunningShare) {
    this.folder = folder;
    this.tracker = tracker;
    this.ana = ana;
  }

  static async open(): Promise<Yard> {
    const folder = new TempFolder();
    const shared = await folder.write("film.mp4", film);
    const tracker = await startTracker();
    return new Yard(folder, tracker, await startShare(tracker.link, [shared]));
  }

  get trackerId(): string {
    return parseJoinLink(this.tracker.link)?.id ?? "";
  }

  /** Where ana serves. */
  get peer(): { port: number; id: string; purpose: "peer" } {
    const { port, peer } = this.ana.ready;
    return { port: Number(port), id: String(peer), purpose: "peer" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ana[Symbol.asyncDispose]();
    await this.tracker[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

Deno.test("sharing, searching and copying are encrypted, and nobody has to do anything for it", async () => {
  await using yard = await Yard.open();
  await using bo = new Visitor(yard.tracker.link);
  const { lines: [found] } = await bo.run("search", "film");
  const [source] = found?.["sources"] as { peer: string }[];
  assertEquals(source?.peer, yard.ana.ready["peer"]);
  const out = await yard.folder.folder("out");
  const { code, lines, stderr } = await bo.run("get", "film.mp4", "-o", out);
  assertEquals(code, 0, stderr);
  const done = lines.at(-1);
  assertEquals([done?.["event"], done?.["encrypted"], done?.["received"]], [
    "done",
    true,
    film.length,
  ]);
  await assertContent(join(out, "film.mp4"), film);
});

Deno.test("a peer keeps its id from one run to the next, and another state is another peer", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const file = await temp.write("a.txt", "a");
  const ids: unknown[] = [];
  for (const state of ["one", "one", "two"]) {
    const args = ["--state", join(temp.path, state)];
    await using share = await startShare(tracker.link, [file], args);
    ids.push(share.ready["peer"]);
  }
  assertEquals([ids[0] === ids[1], ids[0] === ids[2]], [true, false]);
});

Deno.test("a command beside a share of the same state is the same peer, and announces nothing", async () => {
  await using yard = await Yard.open();
  const common = [...joining(yard.tracker.link), "--state", yard.ana.state.path, "--json"];
  const peers = await runPeer(["peers", ...common]);
  assertEquals(peers.lines.map(({ peer }) => peer), [yard.ana.ready["peer"]], peers.stderr);
  const listed = await runPeer(["list", ...common]);
  assertEquals(listed.lines.map(({ path }) => path), ["film.mp4"]);
});

Deno.test("who joined without encryption is told of plain sources only, and copies from no other", async () => {
  await using yard = await Yard.open();
  await using plain = new Visitor(yard.tracker.address);
  assertEquals((await plain.run("search", "film")).code, 3);
  const open = await yard.folder.write("open.txt", "open");
  await using _share = await startShare(yard.tracker.address, [open]);
  assertEquals((await plain.run("search", "open")).code, 0);
  await using secure = new Visitor(yard.tracker.link);
  const out = await yard.folder.folder("out");
  const { lines } = await secure.run("get", "open.txt", "-o", out);
  assertEquals(lines.at(-1)?.["encrypted"], false, "and it is said");
});

Deno.test("hostile 46: a man in the middle of a tracker sees TLS records, and with a key of its own nothing", async () => {
  await using yard = await Yard.open();
  await using proxy = new Proxy(yard.tracker.tlsPort);
  const heard: Uint8Array[] = [];
  proxy.onBytes = (bytes) => heard.push(bytes.slice());
  const through = yard.tracker.link.replace(/:\d+#/, `:${proxy.port}#`);
  await using bo = new Visitor(through);
  assertEquals((await bo.run("search", "film")).code, 0);
  assert(heard.length > 0);
  const text = new TextDecoder("latin1").decode(
    Uint8Array.from(heard.flatMap((some) => [...some])),
  );
  for (const secret of ["HELLO", "film", "SEARCH", "PRIVATE"]) {
    assertEquals(text.includes(secret), false, secret);
  }
  await using impostor = await startTracker();
  const towards = yard.tracker.link.replace(/:\d+#/, `:${impostor.tlsPort}#`);
  await using caught = new Visitor(towards);
  const { code, lines } = await caught.run("search", "film");
  assertEquals([code, lines.at(-1)?.["code"]], [4, "wrong-key"]);
  assertEquals(
    impostor.program.lines.filter(({ event }) => event === "joined"),
    [],
    "it was told nothing",
  );
});

Deno.test("hostile 42 46: a source that is not the peer that the tracker named gets no request", async () => {
  await using yard = await Yard.open();
  const mallory = await KeyHolder.make();
  const { connection } = await mallory.join(yard.tracker.tlsPort, yard.trackerId, {
    port: yard.peer.port, // Ana's, who has another key.
  });
  using _open = connection;
  const file = { path: "bait.mp4", size: film.length, modified: 1, id: idOf(film) };
  await connection.request("SHARE", { files: [{ ...file, id: "2".repeat(64) }] });
  await using bo = new Visitor(yard.tracker.link);
  const { code, lines } = await bo.run("get", "bait.mp4", "-o", await yard.folder.folder("out"));
  const lost = lines.find(({ event }) => event === "source-lost");
  assertEquals([code, lost?.["code"]], [4, "wrong-key"]);
});

Deno.test("hostile 42: a peer serves nobody without a ticket of its tracker that is the asker's own", async () => {
  await using yard = await Yard.open();
  const { tracker, trackerId, peer } = yard;
  const [bo, eve] = [await KeyHolder.make(), await KeyHolder.make()];
  const { connection: session, ticket } = await bo.join(tracker.tlsPort, trackerId);
  using _session = session;
  await using other = await startTracker();
  const otherId = parseJoinLink(other.link)?.id ?? "";
  const { connection: elsewhere, ticket: foreign } = await bo.join(other.tlsPort, otherId);
  using _elsewhere = elsewhere;
  const [payload = "", signature = ""] = ticket.split(".");
  const said = JSON.parse(new TextDecoder().decode(decodeBase64Url(payload)));
  const longer = encodeBase64Url(JSON.stringify({ ...said, expires: said.expires + 1e9 }));
  const attempts: [string, KeyHolder, Record<string, unknown>][] = [
    ["no ticket", bo, {}],
    ["a stolen ticket", eve, { ticket }],
    ["a ticket of another tracker", bo, { ticket: foreign }],
    ["a forged ticket", bo, { ticket: `${longer}.${signature}` }],
    ["nonsense", bo, { ticket: "nonsense" }],
  ];
  for (const [what, who, hello] of attempts) {
    const { connection, answer } = await who.greet(peer, hello);
    assertEquals([answer.verb, answer["code"], answer["fatal"]], ["ERROR", "ticket", true], what);
    assertEquals(await connection.rest(), "", what);
    connection.close();
  }
  const { connection, answer } = await bo.greet(peer, { ticket });
  using _served = connection;
  assertEquals(answer.verb, "OK");
  const pieces = await connection.request("PIECES", { id: idOf(film), size: film.length });
  assertEquals(pieces["count"], 4);
});

Deno.test("hostile 42: who is put out is served by nobody any more, and its ticket is void", async () => {
  await using yard = await Yard.open();
  const { tracker, trackerId, peer } = yard;
  const bo = await KeyHolder.make();
  const { connection: session, ticket } = await bo.join(tracker.tlsPort, trackerId);
  using _session = session;
  const { connection, answer } = await bo.greet(peer, { ticket });
  using _served = connection;
  assertEquals(answer.verb, "OK");
  assertEquals((await operate(tracker, ["kick", bo.identity.id])).code, 0);
  assertEquals(await connection.rest(), "", "the connection to another peer ends as well");
  const again = await bo.greet(peer, { ticket });
  using _again = again.connection;
  assertEquals([again.answer["code"], again.answer["fatal"]], ["ticket", true]);
  // Where everybody may join it comes back, with a ticket that was issued later.
  const { connection: back, ticket: fresh } = await bo.join(tracker.tlsPort, trackerId);
  using _back = back;
  const served = await bo.greet(peer, { ticket: fresh });
  using _third = served.connection;
  assertEquals(served.answer.verb, "OK");
});

Deno.test("hostile 42: who was put out is not served by who joins afterwards either", async () => {
  await using yard = await Yard.open();
  const { tracker, trackerId, folder } = yard;
  const bo = await KeyHolder.make();
  const { connection: session, ticket } = await bo.join(tracker.tlsPort, trackerId);
  using _session = session;
  assertEquals((await operate(tracker, ["ban", bo.identity.id])).code, 0);
  await using late = await startShare(tracker.link, [join(folder.path, "film.mp4")]);
  const peer = {
    port: Number(late.ready["port"]),
    id: String(late.ready["peer"]),
    purpose: "peer",
  } as const;
  const { connection, answer } = await bo.greet(peer, { ticket });
  using _connection = connection;
  assertEquals([answer["code"], answer["fatal"]], ["ticket", true]);
});

Deno.test("hostile 34 42: a peer serves nothing between HELLO and PROVE, and no replayed proof", async () => {
  await using yard = await Yard.open();
  const request = { id: idOf(film), size: film.length, offset: 0, length: 10 };
  {
    using early = await RawConnection.openEncrypted(yard.peer.port);
    await early.request("HELLO", { version: 2 });
    assertEquals((await early.request("DOWNLOAD", request))["code"], "order");
    assertEquals(await early.rest(), "");
  }
  {
    using classic = await RawConnection.openEncrypted(yard.peer.port);
    await classic.send(`DOWNLOAD: film.mp4, mp4, ${film.length}\n`);
    assertMatch(await classic.rest(), /^ERROR \{"code":"syntax"/);
  }
  const bo = await KeyHolder.make();
  const { connection: session, ticket } = await bo.join(yard.tracker.tlsPort, yard.trackerId);
  using _session = session;
  const replayed = await KeyHolder.make();
  using again = await RawConnection.openEncrypted(yard.peer.port);
  await again.request("HELLO", { version: 2, ticket });
  const signature = encodeBase64Url(replayed.identity.sign(new Uint8Array(9)));
  const proof = { certificate: bo.identity.certificate, signature };
  assertEquals((await again.request("PROVE", proof))["code"], "wrong-key");
});

Deno.test("hostile 46: what is encrypted and what is not find out about each other in words", async () => {
  await using yard = await Yard.open();
  await using temp = new TempFolder();
  const own = await temp.write("own.txt", "own");
  const common = ["--state", join(temp.path, "state"), "--share", own, "--json"];
  const address = (port: number): string => `127.0.0.1:${port}`;
  const toPlain = await runPeer(["list", "--tracker", address(yard.tracker.port), ...common]);
  assertEquals([toPlain.code, toPlain.lines.at(-1)?.["code"]], [1, "unreachable"]);
  assertStringIncludes(String(toPlain.lines.at(-1)?.["message"]), "--plain");
  const toTls = await runPeer([
    ...["list", "--plain", "--tracker", address(yard.tracker.tlsPort)],
    ...common,
  ]);
  assertEquals(toTls.code, 1);
  assertMatch(String(toTls.lines.at(-1)?.["message"]), /encrypted/);
});
