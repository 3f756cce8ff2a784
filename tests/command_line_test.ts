import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { joining, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { type Ended, Program, runPeer } from "./support/program.ts";
import { RawConnection } from "./support/raw_connection.ts";

async function run(program: "tracker" | "peer", ...args: string[]): Promise<Ended> {
  await using running = new Program(program, args);
  return await running.end();
}

/** That a run failed with one error event and nothing else on standard output. */
function assertError({ stdout, lines, code }: Ended, status: number, expected: string): string {
  assertEquals(stdout.trimEnd().split("\n").length, 1, stdout);
  assertEquals(Object.keys(lines[0] ?? {}), ["event", "code", "message"]);
  assertEquals([code, lines[0]?.["event"], lines[0]?.["code"]], [status, "error", expected]);
  return String(lines[0]?.["message"]);
}

Deno.test("the help of both programs and of every command has examples", async () => {
  const help = (await run("peer", "--help")).stdout;
  const commands = [...help.matchAll(/^ {2}([a-z]+) [[<]/gm)].map(([, command = ""]) => command);
  for (const one of ["share", "search", "list", "peers", "get", "shell", "settings"]) {
    assert(commands.includes(one));
  }
  for (
    const [program, ...args] of [
      ["tracker", "--help"],
      ["tracker", "serve", "--help"],
      ...["status", "invite", "kick", "ban", "unban", "completions"].map((
        one,
      ) => ["tracker", one, "--help"]),
      ["peer", "--help"],
      ["peer", "-h"],
      ...commands.map((command) => ["peer", command, "--help"]),
    ] as ["tracker" | "peer", ...string[]][]
  ) {
    const { code, stdout, stderr } = await run(program, ...args);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^Usage: /);
    assertMatch(stdout, /\nExamples:\n {2}(?:tracker|peer) /, [program, ...args].join(" "));
  }
});

Deno.test("both programs print their version", async () => {
  for (const program of ["tracker", "peer"] as const) {
    const { code, stdout } = await run(program, "--version");
    assertEquals(code, 0);
    assertMatch(stdout, /^\d+\.\d+\.\d+\n$/);
  }
});

for (
  const [program, args, says] of [
    ["peer", ["search", "x", "--bogus"], "--bogus"],
    ["peer", ["search", "x", "--limti", "3"], "Did you mean --limit?"],
    ["peer", ["serch", "x"], "Did you mean search?"],
    ["peer", ["search"], "text"],
    ["peer", ["search", "x", "--limit", "0"], "whole number"],
    ["peer", ["search", "x", "--limit", "1e3"], "whole number"],
    ["peer", ["search", "x", "--min-size", "many"], "MiB"],
    ["peer", ["get"], "what"],
    ["peer", ["get", "one", "two"], "Expected 1"],
    ["peer", ["get", ""], "peer get NAME"],
    ["peer", ["get", "../x"], "../x"],
    ["peer", ["get", "/etc/passwd"], "/etc/passwd"],
    ["peer", ["get", "lanyard:nothing"], "link"],
    ["peer", ["share"], "peer share FOLDER"],
    ["peer", ["list", "--tracker", "a b"], "HOST:PORT"],
    ["peer", ["list", "--tracker", "host:70000"], "HOST:PORT"],
    ["peer", ["peers", "--port", "-1"], "65535"],
    ["peer", ["peers", "--name", " "], "64 printable bytes"],
    ["tracker", ["--opne"], "Did you mean --open?"],
    ["tracker", ["--port", "65536"], "65535"],
    ["tracker", ["--tls-port", "on"], "whole number"],
    ["tracker", ["--port", "off", "--tls-port", "off"], "Nobody could connect"],
    ["tracker", ["--invite-only", "--port", "2222"], "leave out --port"],
    ["tracker", ["--name", " "], "64 printable bytes"],
    ["tracker", ["status", "--port", "1"], "--port"],
    ["tracker", ["kick"], "peer"],
    ["tracker", ["invite", "--address", "a b"], "--address"],
    ["tracker", ["--max-files", "0"], "whole number"],
    ["tracker", ["stray"], "Expected 0"],
  ] as ["tracker" | "peer", string[], string][]
) {
  Deno.test(`usage: ${[program, ...args].join(" ")}`, async () => {
    await using temp = new TempFolder();
    const given = program === "tracker" ? args : [...args, "--state", temp.path];
    const [told, json] = await Promise.all([
      run(program, ...given),
      run(program, ...given, "--json"),
    ]);
    assertEquals([told.code, told.stdout], [2, ""]);
    assertMatch(told.stderr, /\S/);
    const message = assertError(json, 2, "usage");
    assertStringIncludes(message.replaceAll("\n", " "), says);
  });
}

Deno.test("peer alone prints its help as an error", async () => {
  const { code, stdout, stderr } = await run("peer");
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /^Usage: peer /);
});

Deno.test("a tracker that is not there is exit status 1 and a sentence that helps", async () => {
  await using temp = new TempFolder();
  const file = await temp.write("mine.txt", "mine");
  const common = ["--state", join(temp.path, "state"), "--share", file];
  using closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr;
  closed.close();
  for (const command of [["search", "x"], ["get", "x"]]) {
    const args = [...command, ...common, "--tracker", `127.0.0.1:${port}`];
    const message = assertError(await runPeer([...args, "--json"]), 1, "unreachable");
    assertEquals(message, `Nothing listens at 127.0.0.1:${port}; is the tracker running there?`);
  }
  const elsewhere = await runPeer(["list", ...common, "--tracker", "no-such-host.invalid"]);
  assertEquals([elsewhere.code, elsewhere.stdout], [1, ""]);
  assertMatch(elsewhere.stderr, /^peer: No machine .*no-such-host\.invalid/);
});

Deno.test("what is no tracker, and what is no peer, is recognised", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const file = await temp.write("mine.txt", "mine");
  await using share = await startShare(tracker.address, [file]);
  const state = join(temp.path, "state");
  const args = ["list", "--state", state, "--share", file, "--json", "--plain", "--tracker"];
  assertError(await runPeer([...args, `127.0.0.1:${share.ready["port"]}`]), 1, "syntax");
});

Deno.test("a peer that shares nothing is told so with exit status 4", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const common = [...joining(tracker.address), "--state", join(temp.path, "state"), "--json"];
  for (const command of [["search", "x"], ["list"], ["peers"], ["get", "x"]]) {
    const message = assertError(await runPeer([...command, ...common]), 4, "nothing-shared");
    assertMatch(message, /--share FOLDER/);
  }
  const empty = await temp.folder("empty");
  assertError(await runPeer(["share", empty, ...common]), 4, "nothing-shared");
  const missing = join(temp.path, "missing");
  const message = assertError(await runPeer(["share", missing, ...common]), 3, "not-found");
  assertStringIncludes(message, missing);
});

Deno.test("a search without results prints no line, and has exit status 3", async () => {
  await using tracker = await startTracker();
  await using visitor = new Visitor(tracker.address);
  for (const args of [["nothing"], ["--exact", "visitor"], ["--type", "mp4", "visitor"]]) {
    const { code, stdout, stderr } = await visitor.run("search", ...args);
    assertEquals([code, stdout], [3, ""]);
    assertStringIncludes(stderr, String(args.at(-1)));
  }
  assertError(await visitor.run("get", "nothing"), 3, "not-found");
  assertError(await visitor.run("get", "no/thing"), 3, "not-found");
  assertError(await visitor.run("get", "0".repeat(64)), 3, "not-found");
  assertError(await visitor.run("get", `lanyard:${"0".repeat(64)}`), 3, "not-found");
  assertError(await visitor.run("get", "x", "--from", "nobody"), 3, "not-found");
  assertError(await visitor.run("list", "--peer", "nobody"), 3, "not-found");
});

Deno.test("--json prints records of these keys, and filters do what they say", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("docs/Plan A.PDF", "x".repeat(3000));
  await temp.write("docs/Plan A.txt", "x");
  await using _share = await startShare(tracker.address, [join(temp.path, "docs")], [
    "--name",
    "ana",
  ]);
  await using visitor = new Visitor(tracker.address);
  const names = async (...args: string[]): Promise<unknown[]> =>
    (await visitor.run("search", ...args)).lines.map(({ name }) => name).sort();
  assertEquals(await names("plan"), ["Plan A.PDF", "Plan A.txt"]);
  assertEquals(await names("plan", "--type", ".pdf"), ["Plan A.PDF"]);
  assertEquals(await names("plan", "--min-size", "2.5kB"), ["Plan A.PDF"]);
  assertEquals(await names("PLAN a.txt", "--exact"), ["Plan A.txt"]);
  assertEquals((await names("plan", "--limit", "1")).length, 1);
  for (const [command, ...args] of [["search", "plan"], ["list", "--peer", "ana"]] as const) {
    const { lines, stdout, code } = await visitor.run(command, ...args);
    assertEquals(code, 0);
    assertEquals([lines.length, stdout.trimEnd().split("\n").length], [2, 2]);
    for (const line of lines) {
      const keys = ["name", "path", "size", "modified", "id", "type", "sources"];
      assertEquals(Object.keys(line), keys);
      const sources = line["sources"] as Record<string, unknown>[];
      assertEquals(Object.keys(sources[0] ?? {}), ["peer", "name", "address", "port"]);
    }
  }
  const { lines } = await visitor.run("peers");
  const ana = lines.find(({ name }) => name === "ana");
  assertEquals([ana?.["files"], ana?.["bytes"], ana?.["reachable"]], [2, 3001, true]);
});

Deno.test("the tracker says first where it is, and a taken port is a clear error", async () => {
  await using tracker = await startTracker();
  const [ready] = tracker.program.lines;
  assertEquals(Object.keys(ready ?? {}), ["event", "port", "tlsPort", "httpPort", "id"]);
  for (const key of ["port", "tlsPort", "httpPort"]) assert(Number(ready?.[key]) > 0, key);
  assertMatch(String(ready?.["id"]), /^[0-9a-f]{64}$/);
  await using temp = new TempFolder();
  const free = ["--port", "0", "--tls-port", "0", "--http-port", "0", "--state", temp.path];
  for (
    const [flag, port] of [
      ["--port", tracker.port],
      ["--tls-port", tracker.tlsPort],
      ["--http-port", Number(ready?.["httpPort"])],
    ] as const
  ) {
    const second = await run("tracker", ...free, flag, String(port), "--json");
    assertMatch(assertError(second, 1, "io"), new RegExp(`Port ${port} is taken.*${flag}`));
    const told = await run("tracker", ...free, flag, String(port));
    assertEquals([told.code, told.stdout], [1, ""]);
    assertMatch(told.stderr, /^tracker: Port \d+ is taken/);
  }
});

Deno.test("signals end both programs with 130 and 143, even in the middle of a download", async () => {
  await using tracker = await startTracker();
  // A source that accepts connections and never answers.
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using announcer = await RawConnection.greet(tracker.port, { port: silent.addr.port });
  const file = { path: "slow.txt", size: 1000, modified: 0, id: "1".repeat(64) };
  await announcer.request("SHARE", { files: [file] });
  using _probe = await silent.accept(); // The tracker's, when it tries whether we are reachable.
  await using visitor = new Visitor(tracker.address);
  for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const out = await visitor.folder.folder("out");
    await using get = await visitor.start("get", "slow.txt", "-o", out);
    using _connection = await silent.accept();
    get.kill(signal);
    assertEquals((await get.end()).code, status);
    await using other = await startTracker();
    other.program.kill(signal);
    const ended = await other.program.end();
    assertEquals([ended.code, ended.stderr], [status, ""]);
  }
  assertEquals((await visitor.run("peers")).code, 0);
  const left = tracker.program.lines.filter(({ event }) => event === "left");
  assert(left.length >= 2 && left.every(({ reason }) => reason === "bye"), tracker.program.stdout);
});
