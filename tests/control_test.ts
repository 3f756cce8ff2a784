import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import {
  joining,
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { invite, operate } from "./support/operator.ts";
import { type Ended, type Line, Program, runPeer } from "./support/program.ts";
import { Crowd } from "./support/crowd.ts";
import { descriptors } from "./support/process.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { eventually, patience } from "./support/waiting.ts";

/** Exit status and error code of a run. */
function outcome({ code, lines }: Ended): [number, unknown] {
  return [code, lines.find(({ event }) => event === "error")?.["code"]];
}

function isAbout(event: string, peer: unknown): (line: Line) => boolean {
  return (line) => line["event"] === event && line["peer"] === peer;
}

/** What the programs of this machine need to govern a tracker. */
async function placeOf({ state }: RunningTracker): Promise<{ port: number; token: string }> {
  return JSON.parse(await Deno.readTextFile(join(state.path, "control.json")));
}

Deno.test("tracker status tells people and programs how the tracker is", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await using share = await startShare(tracker.link, [await temp.write("a.txt", "a")]);
  const [ready] = tracker.program.lines;
  const { code, lines: [status], stderr } = await operate(tracker, ["status", "--json"]);
  assertEquals([code, stderr], [0, ""]);
  const ports = ["port", "tlsPort", "httpPort", "id"].map((key) => [status?.[key], ready?.[key]]);
  for (const [told, actual] of ports) assertEquals(told, actual);
  assertEquals([status?.["sessions"], status?.["members"]], [1, 1]);
  assertEquals([status?.["files"], status?.["inviteOnly"]], [share.ready["files"], false]);
  const told = await operate(tracker, ["status"]);
  assertMatch(told.stdout, new RegExp(`^Id: +${ready?.["id"]}\n +\\w+ \\w+ \\w+ \\w+\n`));
  assertMatch(told.stdout, /1 sessions, 1 of them share/);
});

Deno.test("tracker kick ends a peer's sessions; where everybody may join it comes back", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const file = await temp.write("a.txt", "a");
  for (const address of [tracker.link, tracker.address]) {
    await using share = await startShare(address, [file], ["--name", "ana"]);
    const kicked = await operate(tracker, ["kick", "ana", "--json"]);
    const [{ peer } = { peer: undefined }] = kicked.lines;
    assertEquals(kicked.code, 0, kicked.stdout);
    const left = await tracker.program.line(isAbout("left", peer));
    assertEquals(left["reason"], "expelled");
    await eventually(
      async () => {
        const { lines: [status] } = await operate(tracker, ["status", "--json"]);
        return status?.["files"] === 1 ? true : undefined;
      },
      patience,
      "its return",
    );
    share.program.kill("SIGTERM");
    assertEquals((await share.program.end()).code, 143);
  }
});

Deno.test("tracker ban keeps a peer out, also after a restart of the tracker, until it is unbanned", async () => {
  await using state = new TempFolder();
  await using bad = new TempFolder();
  const file = await bad.write("a.txt", "a");
  const badState = ["--state", join(bad.path, "state")];
  const listing = ({ link }: RunningTracker): Promise<Ended> =>
    runPeer(["list", "--tracker", link, "--share", file, "--json", ...badState]);
  {
    await using tracker = await startTracker(["--state", state.path]);
    await using share = await startShare(tracker.link, [file], ["--name", "eve", ...badState]);
    const banned = await operate({ state }, ["ban", String(share.ready["peer"]).slice(0, 8)]);
    assertEquals(banned.code, 0, banned.stderr);
    assertMatch(banned.stdout, /^eve \([0-9a-f]{16}\) is banned for ever\n$/);
    assertEquals(outcome(await share.program.end()), [4, "banned"]);
    assertEquals(outcome(await listing(tracker)), [4, "banned"]);
    await using other = new Visitor(tracker.link);
    assertEquals((await other.run("list")).code, 0);
  }
  await using tracker = await startTracker(["--state", state.path]);
  assertEquals(outcome(await listing(tracker)), [4, "banned"]);
  assertEquals((await operate({ state }, ["unban", "nobody"])).code, 3);
  assertEquals((await operate({ state }, ["unban", "eve"])).code, 0);
  assertEquals((await listing(tracker)).code, 0);
});

const ownAddress = Deno.networkInterfaces().find(({ family, address }) =>
  family === "IPv4" && !address.startsWith("127.")
)?.address;

Deno.test(
  "hostile 42: a ban of a peer without a key is one of its address, and all that come from there go",
  {
    ignore: ownAddress === undefined,
  },
  async () => {
    await using tracker = await startTracker();
    const hostname = ownAddress ?? "";
    const greet = async (name: string): Promise<RawConnection> => {
      const connection = await Deno.connect({ hostname, port: tracker.port });
      const raw = new RawConnection(connection);
      await raw.request("HELLO", { version: 2, name, port: 0 });
      return raw;
    };
    using eve = await greet("eve");
    using other = await greet("other name");
    using here = await RawConnection.greet(tracker.port);
    const { lines: [banned] } = await operate(tracker, ["ban", "eve", "--json"]);
    assertEquals(banned?.["address"], hostname);
    for (const gone of [eve, other]) assertEquals(await gone.rest(), "");
    using again = new RawConnection(await Deno.connect({ hostname, port: tracker.port }));
    const refused = await again.request("HELLO", { version: 2, name: "new name", port: 0 });
    assertEquals([refused.verb, refused["code"], refused["fatal"]], ["ERROR", "banned", true]);
    assertEquals((await here.request("PING")).verb, "PONG");
    assertEquals((await operate(tracker, ["unban", hostname])).code, 0);
    using back = await greet("eve");
    assertEquals((await back.request("PING")).verb, "PONG");
  },
);

Deno.test("tracker ban keeps out who is not here, by its whole id", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const file = await temp.write("a.txt", "a");
  const own = ["--name", "eve", "--state", await temp.folder("eve")];
  let id: string;
  {
    await using eve = await startShare(tracker.link, [file], own);
    id = String(eve.ready["peer"]);
    eve.program.kill("SIGTERM");
    await eve.program.end();
  }
  assertEquals(outcome(await operate(tracker, ["ban", id.slice(0, 20), "--json"])), [
    3,
    "not-found",
  ]);
  assertEquals((await operate(tracker, ["ban", id])).code, 0);
  const args = ["list", ...joining(tracker.link), "--share", file, ...own, "--json"];
  assertEquals(outcome(await runPeer(args)), [4, "banned"]);
});

Deno.test("a peer that is not clearly named is not touched", async () => {
  await using tracker = await startTracker();
  using _one = await RawConnection.greet(tracker.port, { name: "ana" });
  using _two = await RawConnection.greet(tracker.port, { name: "ana" });
  const peers = tracker.program.lines.flatMap(({ event, peer }) =>
    event === "joined" ? [String(peer)] : []
  );
  for (const command of ["kick", "ban"]) {
    assertEquals(outcome(await operate(tracker, [command, "bo", "--json"])), [3, "not-found"]);
    const unclear = await operate(tracker, [command, "ana", "--json"]);
    assertEquals(outcome(unclear), [2, "ambiguous"]);
    const message = String(unclear.lines[0]?.["message"]);
    for (const peer of peers) assert(message.includes(peer.slice(0, 16)), message);
  }
  assertEquals((await operate(tracker, ["kick", peers[0]?.slice(0, 16) ?? ""])).code, 0);
  const { lines: [status] } = await operate(tracker, ["status", "--json"]);
  assertEquals(status?.["sessions"], 1);
});

Deno.test("hostile 45: the control port answers nobody without the token, and no page from elsewhere", async () => {
  await using tracker = await startTracker();
  const { port, token } = await placeOf(tracker);
  const ask = async (path: string, headers: string[], method = "POST"): Promise<string> => {
    const raw = await RawConnection.open(port);
    await raw.send(
      [`${method} ${path} HTTP/1.1`, ...headers, "Connection: close", "", ""].join("\r\n"),
    );
    const answer = await raw.rest();
    raw[Symbol.dispose]();
    return answer;
  };
  const host = `Host: 127.0.0.1:${port}`;
  for (
    const authorization of ["X-None: 1", "Authorization: Bearer x", "Authorization: Bearer "]
  ) {
    assertMatch(await ask("/invite", [host, authorization]), /^HTTP\/1\.1 401 /);
  }
  const right = `Authorization: Bearer ${token}`;
  for (const foreign of ["Host: tracker.example", `Host: rebound.example:${port}`]) {
    const answer = await ask("/invite", [foreign, right, "Origin: http://rebound.example"]);
    assertMatch(answer, /^HTTP\/1\.1 403 /);
    assertEquals(/access-control/i.test(answer), false);
  }
  assertMatch(await ask("/invite", [host, right]), /^HTTP\/1\.1 200 [\s\S]*"tlsPort":/);
  assertMatch(await ask("/healthz", [host], "GET"), /^HTTP\/1\.1 200 [\s\S]*\{"ok":true\}/);
});

Deno.test("hostile 37: the control port serves when descriptors have run out, and outlives it", {
  ignore: !await hasPrlimit(),
}, async () => {
  const most = 64;
  await using tracker = await startTracker([], { prefix: ["prlimit", `--nofile=${most}:${most}`] });
  const { pid } = tracker.program;
  const { port } = await placeOf(tracker);
  using crowd = new Crowd(tracker.port);
  using askers = new Crowd(port);
  // What the program had open for a moment when it was counted leaves a place again.
  await eventually(
    () => crowd.grow(most - descriptors(pid)).then(() => descriptors(pid) >= most || undefined),
    patience,
    "the last descriptor",
  );
  assertEquals((await operate(tracker, ["status"])).code, 0, "with the last descriptor");
  await Promise.all([crowd.grow(150), askers.grow(150)]);
  assertEquals((await operate(tracker, ["status"])).code, 0, "and those of other askers");
  for (const one of [crowd, askers]) one.disperse();
  assertEquals((await operate(tracker, ["status"])).code, 0);
  using member = await RawConnection.greet(tracker.port);
  assertEquals((await member.request("PING")).verb, "PONG");
});

/** Whether a program can be started with few descriptors. */
async function hasPrlimit(): Promise<boolean> {
  try {
    return (await new Deno.Command("prlimit", { args: ["--version"] }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("hostile 49: a proxy that the environment names is not shown the token", async () => {
  await using tracker = await startTracker();
  using proxy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const heard = hear(proxy);
  const url = `http://127.0.0.1:${proxy.addr.port}`;
  const names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
  const env = Object.fromEntries(names.map((name) => [name, url]));
  assertEquals((await operate(tracker, ["status"], { env })).code, 0);
  proxy.close();
  const said = await heard;
  assert(!said.includes("HTTP/"), said);
});

/** What everybody says first who connects, until it is closed; maybe somebody of another test. */
async function hear(listener: Deno.TcpListener): Promise<string> {
  let said = "";
  for await (const connection of listener) {
    const bytes = new Uint8Array(4096);
    const length = await connection.read(bytes).catch(() => null);
    said += new TextDecoder().decode(bytes.subarray(0, length ?? 0));
    connection.close();
  }
  return said;
}

Deno.test("commands say that no tracker runs, however it has ended", async () => {
  await using state = new TempFolder();
  const status = (): Promise<Ended> => operate({ state }, ["status", "--json"]);
  assertEquals(outcome(await status()), [1, "unreachable"]);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    await using tracker = await startTracker(["--state", state.path]);
    assertEquals((await status()).code, 0);
    tracker.program.kill(signal);
    await tracker.program.end();
    const ended = await status();
    assertEquals(outcome(ended), [1, "unreachable"]);
    assertMatch(String(ended.lines[0]?.["message"]), /start it with: tracker/);
  }
  await using tracker = await startTracker(["--state", state.path, "--http-port", "off"]);
  assertEquals(tracker.program.lines[0]?.["httpPort"], null);
  assertEquals(outcome(await status()), [1, "unreachable"]);
});

Deno.test("hostile 28: a second tracker with the same state is refused, and the first one is none the worse", async () => {
  await using tracker = await startTracker();
  for (const httpPort of ["0", "off"]) {
    await using second = new Program("tracker", [
      ...["--port", "0", "--tls-port", "0", "--http-port", httpPort, "--json"],
      ...["--state", tracker.state.path],
    ]);
    const refused = await second.end();
    assertEquals(outcome(refused), [1, "io"]);
    assertMatch(String(refused.lines[0]?.["message"]), /Another tracker runs.*--state/);
    assertEquals((await operate(tracker, ["status"])).code, 0);
  }
});

Deno.test("the control port is another one if the usual one is taken, but not if it was asked for", async () => {
  await using temp = new TempFolder();
  const usual = occupy(2280);
  const args = ["--port", "0", "--tls-port", "0", "--state", temp.path, "--json"];
  try {
    await using tracker = new Program("tracker", args);
    const { httpPort } = await tracker.event("ready");
    assertNotEquals(httpPort, 2280);
    assertMatch(tracker.stderr, new RegExp(`Port 2280 is taken.* port ${httpPort}\n`));
    tracker.kill("SIGTERM");
    await tracker.end();
    await using asked = new Program("tracker", [...args, "--http-port", "2280"]);
    const refused = await asked.end();
    assertEquals(outcome(refused), [1, "io"]);
    assertMatch(String(refused.lines[0]?.["message"]), /2280 is taken.*--http-port/);
  } finally {
    usual?.close();
  }
});

/** Takes a port, unless somebody else has it already. */
function occupy(port: number): Deno.TcpListener | undefined {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return undefined;
    throw error;
  }
}

Deno.test("hostile 46: --tls-only and --invite-only leave no way in without encryption", async () => {
  for (const rule of ["--tls-only", "--invite-only"]) {
    await using tracker = await startTracker(["--port", "off", rule]);
    assertEquals(tracker.program.lines[0]?.["port"], null);
    await using temp = new TempFolder();
    const args = ["--port", "2222", rule, "--state", temp.path, "--json"];
    await using contradiction = new Program("tracker", args);
    const refused = await contradiction.end();
    assertEquals(outcome(refused), [2, "usage"]);
    assertMatch(String(refused.lines[0]?.["message"]), new RegExp(`${rule} closes`));
  }
});

Deno.test("a link to a tracker that takes everybody holds no key, and joins it", async () => {
  await using tracker = await startTracker();
  const { link } = await invite(tracker);
  assertEquals(link, tracker.link);
  await using visitor = new Visitor(link);
  assertEquals((await visitor.run("list")).code, 0);
});
