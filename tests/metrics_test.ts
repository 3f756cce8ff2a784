import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseJoinLink, version } from "../shared/mod.ts";
import { Crowd } from "./support/crowd.ts";
import { KeyHolder } from "./support/key_holder.ts";
import {
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { ask, controlPlace, operate, scrape } from "./support/operator.ts";
import { type Message, RawConnection } from "./support/raw_connection.ts";
import { eventually, noLongerListens, patience } from "./support/waiting.ts";

/** What the metrics say of some names, the prefix left out. */
async function told(tracker: RunningTracker, ...names: string[]): Promise<(number | undefined)[]> {
  const { values } = await scrape(tracker);
  return names.map((name) => values.get(`lanyard_${name}`));
}

/** Files to announce; each has a content of its own. */
function files(...paths: string[]): { path: string; size: number; modified: number; id: string }[] {
  return paths.map((path, at) => ({
    path,
    size: at,
    modified: 0,
    id: at.toString(16).padStart(64, "0"),
  }));
}

/** More than one page of an answer holds. */
const many = Array.from({ length: 300 }, (_, n) => `many ${n}`);

/** Waits until a remote has left some of its answers unread. */
async function hasUnread(tracker: RunningTracker): Promise<void> {
  await eventually(
    async () => (await told(tracker, "queued_bytes"))[0] ? true : undefined,
    patience,
    "unread answers",
  );
}

/** Joins with some files of its own. */
async function join(
  { port }: RunningTracker,
  name: string,
  ...paths: string[]
): Promise<RawConnection> {
  const member = await RawConnection.greet(port, { name });
  assertEquals((await member.request("SHARE", { files: files(...paths) })).verb, "ACCEPTED");
  return member;
}

Deno.test("GET /metrics tells what was done, exactly", async () => {
  await using tracker = await startTracker();
  assertEquals(await told(tracker, "members", "files", "search_duration_seconds_count"), [0, 0, 0]);
  using ana = await join(tracker, "ana", "a.txt", "b.txt", "c.txt");
  await ana.request("SHARE", { files: files("a.txt") });
  await ana.request("UNSHARE", { paths: ["c.txt", "is not there"] });
  for (const text of ["a", "b", "zzz", ""]) await ana.request("SEARCH", { text });
  await ana.request("SEARCH", { text: "a", cursor: "made-up" });
  for (const verb of ["LIST", "PEERS", "PING", "PING", "NOPE"]) await ana.request(verb);
  using bo = await RawConnection.greet(tracker.port, { name: "bo" });
  assertEquals((await bo.request("SEARCH", { text: "a" }))["code"], "nothing-shared");
  await bo.send("BYE\n");
  assertEquals(await bo.rest(), "");
  bo.close();
  await tracker.program.event("left");

  const { types, values } = await scrape(tracker);
  const value = (name: string): number | undefined => values.get(`lanyard_${name}`);
  const requests = (verb: string): number | undefined => value(`requests_total{verb="${verb}"}`);
  assertEquals(
    ["HELLO", "SHARE", "UNSHARE", "SEARCH", "LIST", "PEERS", "PING", "BYE", "CALL"].map(requests),
    [2, 2, 1, 6, 1, 1, 2, 1, 0],
  );
  assertEquals(value("search_duration_seconds_count"), 6);
  assertEquals(value('search_duration_seconds_bucket{le="+Inf"}'), 6);
  const sum = value("search_duration_seconds_sum") ?? 0;
  assert(sum > 0 && sum < 6 * 5, `${sum} s`);
  const errors = ["bad-cursor", "unsupported", "nothing-shared", "internal"];
  assertEquals(errors.map((code) => value(`errors_total{code="${code}"}`)), [1, 1, 1, 0]);
  const kinds = ["plain", "encrypted", "classic"];
  assertEquals(kinds.map((kind) => value(`sessions{kind="${kind}"}`)), [1, 0, 0]);
  assertEquals([value("members"), value("files")], [1, 2]);
  assertEquals([value("files_announced_total"), value("files_withdrawn_total")], [4, 1]);
  assertEquals(value('index_operations_total{operation="search"}'), 5);
  assert((value('index_seconds_total{operation="put"}') ?? 0) > 0);
  assertEquals(value('sessions_ended_total{reason="bye"}'), 1);
  assertEquals(value(`build_info{version="${version}"}`), 1);
  assert((values.get("process_resident_memory_bytes") ?? 0) > 1e6);
  assertEquals(types.get("lanyard_search_duration_seconds"), "histogram");
  assert((value("uptime_seconds") ?? 0) > 0);

  const { lines: [status] } = await operate(tracker, ["status", "--json"]);
  assertEquals([status?.["files"], status?.["searchesPerMinute"]], [2, 6]);
  assertEquals(typeof status?.["memory"], "number");
  assertMatch((await operate(tracker, ["status"])).stdout, /Searches: 6 in the last minute\n/);
});

Deno.test("GET /metrics tells sessions of each kind, and those that are expected back", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await using _share = await startShare(tracker.link, [await temp.write("a.txt", "a")]);
  using _plain = await join(tracker, "ana", "b.txt");
  using classic = await RawConnection.open(tracker.port);
  await classic.send("HELLO\n<c.txt, txt, 9, 31/12/1999, 127.0.0.1, 7001>\n\n");
  assertEquals(await classic.line(), "HI");
  const lost = await join(tracker, "bo", "d.txt");
  await lost.request("SHARED", { digest: "d".repeat(43) });
  lost.close();
  await tracker.program.event("left");
  const kinds = ["encrypted", "plain", "classic"].map((kind) => `sessions{kind="${kind}"}`);
  assertEquals(
    await eventually(
      async () => {
        const counts = await told(tracker, ...kinds, "lost_sessions", "members", "files");
        return counts[4] === 3 ? counts : undefined;
      },
      patience,
      "the classic record",
    ),
    [1, 1, 1, 1, 3, 3],
  );
});

Deno.test("GET /metrics tells what waits for a remote that does not read", async () => {
  await using tracker = await startTracker();
  using ana = await join(tracker, "ana", ...many);
  assertEquals(await told(tracker, "queued_bytes"), [0]);
  await ana.send('SEARCH {"text":"many"}\n'.repeat(500));
  await hasUnread(tracker);
  for (let answers = 0; answers < 500; answers++) await ana.message();
  assertEquals(
    await told(tracker, "queued_bytes", "search_duration_seconds_count"),
    [0, 500],
  );
});

Deno.test("hostile 36 38: floods make metrics count and not grow, and tell nothing of who made them", async () => {
  await using tracker = await startTracker(["--max-per-address", "10"]);
  const before = await scrape(tracker);
  using member = await join(tracker, "secret name", "secret file.txt");
  using crowd = new Crowd(tracker.port);
  await crowd.grow(200, "secret request\n");
  for (let round = 0; round < 20; round++) {
    using eve = await RawConnection.open(tracker.port);
    await eve.send(`HELLO {"version":2,"name":"secret ${round}","port":${round}}\n`);
    for (let verb = 0; verb < 20; verb++) await eve.send(`SECRET${"X".repeat(verb)} {}\n`);
    await eve.send(`${"secret".repeat(20_000)}\n`).catch(() => {}); // It is closed on the way.
    await eve.rest();
  }
  crowd.disperse();
  assertEquals((await member.request("PING")).verb, "PONG");
  const { port } = await controlPlace(tracker);
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assertEquals(/secret|127\.0\.0\.1/i.test(text), false);
  const after = await scrape(tracker);
  assertEquals([...after.types], [...before.types]);
  assertEquals([...after.values.keys()], [...before.values.keys()]);
  const value = (name: string): number => after.values.get(`lanyard_${name}`) ?? 0;
  assert(value('errors_total{code="unsupported"}') >= 1);
  assert(value("connections_refused_total") + value("connections_evicted_total") >= 100);
});

Deno.test("GET /api/files and /api/peers answer as the protocol does, to who has the token", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const path = await temp.write("Übung 1.pdf", "an exercise");
  await using share = await startShare(tracker.link, [path], ["--name", "ana"]);
  await using visitor = new Visitor(tracker.link);
  const found = await visitor.run("search", "übung");
  const { said, status } = await ask(tracker, "/api/files?text=ubung&type=pdf&maxSize=11");
  assertEquals([status, said.total, said.files.length], [200, 1, 1]);
  const [file] = said.files;
  assertEquals([file.name, file.size, file.id], ["Übung 1.pdf", 11, found.lines[0]?.["id"]]);
  const [source] = file.sources;
  const { peer } = share.ready;
  assertEquals([source.peer, source.name, source.port], [peer, "ana", share.ready["port"]]);
  const none = { status: 200, said: { files: [], total: 0 } };
  assertEquals(await ask(tracker, "/api/files?text=ubung&type=txt"), none);
  assertEquals(await ask(tracker, "/api/files?text=ubung&exact=true"), none);
  const peers = await ask(tracker, "/api/peers");
  assertEquals(peers.said.peers.map((one: Message) => [one["peer"], one["files"]]), [[peer, 1]]);
  for (
    const [query, expected, code] of [
      ["files?limit=x", 400, "syntax"],
      ["files?txt=x", 400, "syntax"],
      ["files?cursor=x", 400, "bad-cursor"],
      ["peers?cursor=x", 400, "bad-cursor"],
      [`files?text=${"a+".repeat(40)}`, 413, "too-many"],
      ["nothing", 404, "refused"],
    ] as const
  ) {
    const refused = await ask(tracker, `/api/${query}`);
    assertEquals([refused.status, refused.said.code], [expected, code], query);
    assertEquals(Object.keys(refused.said), ["code", "message"]);
  }
});

Deno.test("hostile 45: GET /api/… answers nobody without the token, and nothing answers a page from elsewhere", async () => {
  await using tracker = await startTracker();
  const { port, token } = await controlPlace(tracker);
  for (const path of ["/api/files", "/api/peers", "/api/files?text=a"]) {
    for (const authorization of ["", "Bearer", `Bearer ${token}x`, `Basic ${token}`]) {
      const { status, said } = await ask(tracker, path, { authorization });
      assertEquals([status, said.code, "files" in said], [401, "refused", false]);
    }
  }
  for (const path of ["/api/files", "/api/peers", "/metrics", "/healthz"]) {
    for (const host of ["tracker.example", `rebound.example:${port}`, "127.0.0.1"]) {
      using raw = await RawConnection.open(port);
      const headers = [`Host: ${host}`, `Authorization: Bearer ${token}`];
      await raw.send([`GET ${path} HTTP/1.1`, ...headers, "", ""].join("\r\n"));
      const answer = await raw.rest();
      assertMatch(answer, /^HTTP\/1\.1 403 /);
      assertEquals(/access-control|lanyard_|"files"|"ok"/i.test(answer), false);
    }
  }
});

Deno.test("hostile 36: GET /metrics and /healthz answer many who ask at once, and the tracker serves on", async () => {
  await using tracker = await startTracker();
  using member = await join(tracker, "ana", "a.txt");
  const { port } = await controlPlace(tracker);
  // Whoever waits longest has to go if there are too many: these are not.
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(Array.from({ length: 20 }, async (_, n) => {
      const response = await fetch(`http://127.0.0.1:${port}/${n % 2 ? "metrics" : "healthz"}`);
      return `${response.status} ${(await response.text()).length > 10}`;
    }));
    assertEquals(new Set(answers), new Set(["200 true"]));
  }
  assertEquals((await member.request("SEARCH", { text: "a" })).verb, "FOUND");
});

/** How a peer joins, by what is between it and the tracker. */
const ways = {
  plain: ({ port }: RunningTracker) => RawConnection.greet(port),
  encrypted: async ({ tlsPort, link }: RunningTracker) => {
    const holder = await KeyHolder.make();
    return (await holder.join(tlsPort, parseJoinLink(link)?.id ?? "")).connection;
  },
};

for (const [way, joinBy] of Object.entries(ways)) {
  Deno.test(`a tracker that is told to end answers what is being asked, and ends sessions in good order, ${way}`, async () => {
    await using tracker = await startTracker();
    using ana = await joinBy(tracker);
    await ana.request("SHARE", { files: files(...many) });
    await using temp = new TempFolder();
    await using share = await startShare(tracker.link, [await temp.write("a.txt", "a")]);
    await ana.send('SEARCH {"text":"many"}\n'.repeat(500));
    await hasUnread(tracker);
    tracker.program.kill("SIGTERM");
    await noLongerListens(tracker.port);
    const lines = (await ana.rest()).split("\n").filter((line) =>
      !/^(?:REACHABLE|PONG) /.test(line)
    );
    assertEquals(lines.pop(), "", "the last answer is whole");
    assert(lines.length > 0 && lines.length < 500, `${lines.length} answers`);
    for (const line of lines) assertEquals(JSON.parse(line.slice("FOUND ".length)).total, 300);
    ana.close();
    assertEquals((await tracker.program.end()).code, 143);
    const reasons = tracker.program.lines.flatMap((line) =>
      line["event"] === "left" ? [line["reason"]] : []
    );
    assertEquals(reasons, ["closing", "closing"]);
    share.program.kill("SIGTERM");
    assertEquals((await share.program.end()).code, 143);
  });
}

Deno.test("a second signal ends a tracker at once", async () => {
  await using tracker = await startTracker();
  using ana = await join(tracker, "ana", ...many);
  await ana.send('SEARCH {"text":"many"}\n'.repeat(500));
  await hasUnread(tracker);
  tracker.program.kill("SIGTERM");
  await noLongerListens(tracker.port);
  const { said, status } = await ask(tracker, "/healthz");
  assertEquals([status, said.reason], [503, "The tracker is ending"]);
  tracker.program.kill("SIGINT");
  assertEquals((await tracker.program.end()).code, 130, "not what the first one asked for");
});
