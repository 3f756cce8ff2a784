import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { assertClean } from "./support/clean.ts";
import { emptyTracker, Fake, foundFile, honestSource, line } from "./support/fakes.ts";
import { isPossible, run } from "./support/commands.ts";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { commandFor, type Ended, Program, runPeer } from "./support/program.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { announce } from "./support/served.ts";
import { hasTmux, Terminal } from "./support/tmux.ts";
import { eventually, patience } from "./support/waiting.ts";

/** What names and labels may hold on the wire, and nobody can see. */
const unseen = "\u202e\u2066\u200b\u2028\u2029\ufeff\u{e0041}\u061c\u3164\u00ad";
/** How people are shown that. */
const shown =
  "\\u{202e}\\u{2066}\\u{200b}\\u{2028}\\u{2029}\\u{feff}\\u{e0041}\\u{61c}\\u{3164}\\u{ad}";
const evil = `x${unseen}y`;
/** What the sentence of an error may hold besides: a screen cleared, a line forged. */
const sentence = `${evil}\u001b[2J\u009b1m\u0007\r\npeer: everything is fine\u007f`;
const sentenceShown =
  `x${shown}y\\u{1b}[2J\\u{9b}1m\\u{7}\\u{d}\\u{a}peer: everything is fine\\u{7f}`;

/** Runs a command of a visitor as for people, and as for programs; neither may show anything raw. */
async function runBoth(visitor: Visitor, ...args: [string, ...string[]]): Promise<[Ended, Ended]> {
  const [command, ...rest] = args;
  const told = await runPeer([command, ...await visitor.args(), ...rest]);
  const json = await visitor.run(command, ...rest);
  assertClean(args.join(" "), told.stdout, told.stderr, json.stdout, json.stderr);
  assertEquals(json.code, told.code, told.stderr + json.stdout);
  assert(json.lines.length === json.stdout.trimEnd().split("\n").length || json.stdout === "");
  return [told, json];
}

Deno.test("hostile 07: whatever a tracker says, people see it and programs get it as it is", async () => {
  const content = "content";
  await using source = new Fake({
    ...honestSource(new TextEncoder().encode(content)),
    PIECES: () => line("ERROR", { code: "refused", message: sentence }),
    DOWNLOAD: () => line("ERROR", { code: "refused", message: sentence }),
  });
  const file = (path: string, more: Record<string, unknown> = {}): Record<string, unknown> => {
    const found = { ...foundFile(path, content, source.port), ...more };
    return {
      ...found,
      type: unseen,
      sources: found.sources.map((one) => ({ ...one, name: evil })),
    };
  };
  const peer = { peer: "d".repeat(64), name: evil, address: "127.0.0.1", port: source.port };
  const more = { reachable: true, encrypted: false, files: 1, bytes: 7 };
  await using tracker = new Fake({
    ...emptyTracker,
    SEARCH: ({ text, exact }) => {
      if (text === "refused") return line("ERROR", { code: "refused", message: sentence });
      if (text === evil) return line("FOUND", { files: [file(`a/${evil}`)] });
      if (exact === true) return line("NOT FOUND");
      const others = [file(`a/${evil}`), file(`b/${evil}`, { id: "1".repeat(64) })];
      return line("FOUND", { files: others });
    },
    LIST: ({ under }) =>
      under === "some"
        ? line("NOT FOUND")
        : line("FOUND", { files: [file(`${evil}/${evil}`), file(`${evil}/2${evil}`)] }),
    PEERS: () =>
      line("PEERS", { peers: [{ ...peer, ...more }, { ...peer, ...more, peer: "c".repeat(64) }] }),
  });
  await using visitor = new Visitor(`127.0.0.1:${tracker.port}`);
  const out = await visitor.folder.folder("out");

  for (const command of [["search", "some"], ["list"]] as [string, ...string[]][]) {
    const [told, json] = await runBoth(visitor, ...command);
    assertEquals(told.stdout.trimEnd().split("\n").length, 2);
    assertStringIncludes(told.stdout, `x${shown}y`);
    assertEquals((json.lines[0]?.["sources"] as { name: string }[])[0]?.name, evil);
    assertEquals(json.lines[0]?.["type"], unseen);
  }
  const [peers, peersJson] = await runBoth(visitor, "peers");
  assertStringIncludes(peers.stdout, `x${shown}y·dddd`);
  assertEquals(peersJson.lines[0]?.["name"], evil);

  const [refused, refusedJson] = await runBoth(visitor, "search", "refused");
  assertEquals(refused.stderr, `peer: ${sentenceShown}\n`);
  assertEquals([refusedJson.code, refusedJson.lines.length], [4, 1]);
  const [similar] = await runBoth(visitor, "get", "some", "-o", out);
  assertStringIncludes(similar.stderr, `similar names: x${shown}y`);
  const [ambiguous] = await runBoth(visitor, "get", "x", "--from", evil, "-o", out);
  assertStringIncludes(ambiguous.stderr, `"x${shown}y" may be any of these peers`);
  for (const what of [evil, `${evil}/`]) {
    const [failed, failedJson] = await runBoth(visitor, "get", what, "-o", out);
    assert(failed.code > 0);
    assertStringIncludes(failed.stderr, sentenceShown);
    const lost = failedJson.lines.find(({ event }) => event === "source-lost");
    assertEquals(lost?.["name"], evil);
  }
  assertEquals([...Deno.readDirSync(out)].filter(({ name }) => !name.startsWith("x")), []);
});

Deno.test("hostile 07: names of peers and files are clean in what a share and a get print", async () => {
  await using tracker = await startTracker(["--name", evil]);
  await using temp = new TempFolder();
  await temp.write(`share/${evil}/${evil}.txt`, "one");
  await temp.write(`share/${evil}/two${evil}.txt`, "two");
  const share = join(temp.path, "share");
  const state = join(temp.path, "state");
  const common = ["--tracker", tracker.link, "--port", "0", "--name", evil];
  await using told = new Program("peer", ["share", share, "--state", state, ...common]);
  await eventually(() => told.stdout.includes("Ctrl-C") || undefined, patience, "it to share");
  await using json = await startShare(tracker.link, [share], ["--name", evil]);
  await using visitor = new Visitor(tracker.link);
  const [got, gotJson] = await runBoth(
    visitor,
    "get",
    `share/${evil}/`,
    "-o",
    join(temp.path, evil),
  );
  assertStringIncludes(got.stdout, `/x${shown}y/x${shown}y/x${shown}y.txt`);
  assertEquals(gotJson.code, 0);
  await temp.write(`share/new${evil}.txt`, "new");
  await json.program.line(({ event }) => event === "changed");
  await eventually(() => told.stderr.includes(`added: share/newx${shown}y`) || undefined);
  const hasUploaded = (): true | undefined =>
    /has copied share\/x\\u\{202e\}/.test(told.stderr) || undefined;
  await eventually(hasUploaded, patience, "a line about the upload");
  assertClean("share", told.stdout, told.stderr, json.program.stdout, json.program.stderr);

  await using joining = new Visitor(tracker.link);
  await joining.folder.write("link", tracker.link);
  const [joined, joinedJson] = await runBoth(joining, "join", `@${joining.folder.path}/link`);
  assertStringIncludes(joined.stdout, `Joined x${shown}y at`);
  assertEquals(joinedJson.lines[0]?.["tracker"], evil);
});

Deno.test("hostile 07: a share shows what a tracker says to it as text", async () => {
  const refusal = { code: "refused", message: sentence };
  const refusals = [
    { SHARED: () => line("ERROR", refusal) },
    { HELLO: () => line("ERROR", { ...refusal, fatal: true }) },
  ];
  for (const answers of refusals) {
    await using tracker = new Fake({ ...emptyTracker, ...answers });
    await using temp = new TempFolder();
    const file = await temp.write("one.txt", "one");
    const at = ["--plain", "--tracker", `127.0.0.1:${tracker.port}`, "--port", "0"];
    for (const more of [[], ["--json"]]) {
      const args = ["share", file, ...at, "--state", join(temp.path, "state"), ...more];
      await using program = new Program("peer", args);
      const isSaid = (): true | undefined =>
        `${program.stdout}${program.stderr}`.includes("everything is fine") || undefined;
      await eventually(isSaid, patience, "the tracker's words");
      assertClean("share", program.stdout, program.stderr);
    }
  }
});

Deno.test("hostile 07: the lines of a tracker are clean, whoever joins and whatever they send", async () => {
  for (const json of [true, false]) {
    await using state = new TempFolder();
    const ports = ["--port", "0", "--tls-port", "off", "--http-port", "0", "--state", state.path];
    await using tracker = new Program("tracker", [...ports, ...(json ? ["--json"] : [])]);
    const port = await eventually(
      () => {
        const [, found] = /(?:"port":|on port )(\d+)/.exec(tracker.stdout) ?? [];
        return found;
      },
      patience,
      "the port",
    );
    using session = await announceAs(Number(port), evil);
    using second = await RawConnection.greet(Number(port), { name: evil });
    for (
      const bytes of [`SEARCH ${sentence}\n`, `${evil} {}\n`, `SEARCH {"${evil}":1,"${evil}":2}\n`]
    ) {
      using wrong = await RawConnection.greet(Number(port), { name: evil });
      await wrong.send(bytes);
      await wrong.rest();
    }
    await second.ask("BYE");
    await second.rest();
    const wanted = json ? '"left"' : "left (bye)";
    await eventually(() => tracker.stdout.includes(wanted) || undefined, patience, "BYE");
    const control = [["status"], ["kick", evil], ["kick", evil], ["ban", `none${sentence}`]];
    for (const args of control) {
      for (const more of [[], ["--json"]]) {
        await using command = new Program("tracker", [...args, "--state", state.path, ...more]);
        const { stdout, stderr } = await command.end();
        assertClean(args.join(" "), stdout, stderr);
        assert(stdout + stderr !== "");
      }
    }
    assertClean("tracker", tracker.stdout, tracker.stderr);
    if (json) assertEquals(tracker.lines.find(({ event }) => event === "joined")?.["name"], evil);
    else assertStringIncludes(tracker.stdout, `x${shown}y joined from 127.0.0.1`);
    session.close();
  }
});

/** A member of a tracker with a name, who shares a file of that name. */
async function announceAs(port: number, name: string): Promise<RawConnection> {
  const session = await RawConnection.greet(port, { name, port: 0 });
  const file = { path: name, size: 1, modified: 0, id: "1".repeat(64) };
  assertEquals((await session.request("SHARE", { files: [file] })).verb, "ACCEPTED");
  return session;
}

Deno.test("hostile 07: usage errors quote arguments without what cannot be seen", async () => {
  await using temp = new TempFolder();
  const state = ["--state", temp.path];
  const bad = `${evil}\u001b[2J`;
  const wrong: ["tracker" | "peer", ...string[]][] = [
    ["peer", "search", "x", `--${bad}`, ...state],
    ["peer", bad, ...state],
    ["peer", "search", "x", "--limit", bad, ...state],
    ["peer", "search", "x", "--min-size", bad, ...state],
    ["peer", "get", `../${bad}`, ...state],
    ["peer", "get", `lanyard:${bad}`, ...state],
    ["peer", "list", "--tracker", `${bad} x`, ...state],
    ["peer", "share", join(temp.path, bad), ...state],
    ["peer", "list", "--state", `/dev/null/${bad}`],
    ["tracker", `--${bad}`],
    ["tracker", "--port", bad],
    ["tracker", "status", bad],
    ["tracker", "status", "--state", join(temp.path, bad)],
    ["tracker", "--state", `/dev/null/${bad}`],
  ];
  for (const [program, ...args] of wrong) {
    for (const more of [[], ["--json"]]) {
      await using running = new Program(program, [...args, ...more]);
      const { code, stdout, stderr } = await running.end();
      assert(code > 0);
      assertClean([program, ...args].join(" "), stdout, stderr);
      assert(`${stdout}${stderr}`.length > 0);
    }
  }
});

Deno.test({
  name: "hostile 07: on a terminal the progress and the choices are clean, too",
  ignore: !await isPossible("terminals", async () => {
    await run("script", "--quiet", "--command", "true", "/dev/null");
  }),
  fn: async () => {
    await using tracker = await startTracker();
    const name = `${evil}.bin`;
    const [one, two] = [noise(3_000_000, 1), noise(3_000_000, 2)];
    await using source = new Fake(honestSource(one));
    using _one = await announce(tracker.port, source.port, { [`a/${name}`]: one });
    using _two = await announce(tracker.port, source.port, { [`b/${name}`]: two });
    await using visitor = new Visitor(tracker.address);
    const out = await visitor.folder.folder("out");
    const get = ["get", name, "-o", out, "--limit-down", "2MB", ...await visitor.args()];
    const quoted = [...commandFor("peer"), ...get].map((word) =>
      `'${word.replaceAll("'", `'\\''`)}'`
    );
    const typing = new Deno.Command("script", {
      args: ["--quiet", "--return", "--command", quoted.join(" "), "/dev/null"],
      stdin: "piped",
      stdout: "piped",
      env: { LANYARD_TRACKER: "" },
    }).spawn();
    const writer = typing.stdin.getWriter();
    await writer.write(new TextEncoder().encode("1\n"));
    await writer.close();
    const { stdout } = await typing.output();
    const drawn = new TextDecoder().decode(stdout).replaceAll("\r\n", "\n")
      .replaceAll("\r\u001b[K", "\n"); // This is how progress is drawn.
    // What the line editor does between its first sequence and our progress is not ours.
    const [before = "", ...edited] = drawn.split("\u001b[?");
    const last = edited.at(-1) ?? "";
    const seen = before + last.slice(last.indexOf("\n["));
    assertStringIncludes(seen, "There are several:");
    assertStringIncludes(seen, `x${shown}y.bin`);
    assert(/\] +\d+ %.*x\\u\{202e\}/.test(seen), seen);
    assertClean("terminal", seen);
  },
});

Deno.test("in a locale without UTF-8 none of our own marks is more than a letter of ASCII", async () => {
  const env = { LC_ALL: "C" };
  await using tracker = await startTracker(["--tls-only"]);
  await using temp = new TempFolder();
  const one = await temp.write("one/same.txt", "one");
  const two = await temp.write("two/same.txt", "two");
  await using _one = await startShare(tracker.link, [one], ["--name", "ana"]);
  await using _two = await startShare(tracker.link, [two], ["--name", "ana"]);
  await using visitor = new Visitor(tracker.link, { env });
  const commands = [["peers"], ["list"], ["get", "same.txt"], ["--help"], ["get", "--help"]];
  for (const [command = "", ...args] of commands) {
    const given = command === "--help" ? [] : await visitor.args();
    const { stdout, stderr } = await runPeer([command, ...given, ...args], { env });
    assertMatch(`${stdout}${stderr}`, /^[\n -~]+$/, command);
    if (command === "peers") assertMatch(stdout, /^ana-[0-9a-f]{4} {2}/m);
  }
  await using status = new Program("tracker", ["status", "--state", tracker.state.path], { env });
  assertMatch((await status.end()).stdout, /^[\n -~]+$/);
});

Deno.test("nothing is coloured or drawn where nobody looks, whatever the environment says", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const file = await temp.write("ana/file.bin", noise(3_000_000));
  await using _share = await startShare(tracker.address, [file]);
  for (const env of [{ NO_COLOR: "1" }, { NO_COLOR: "", FORCE_COLOR: "1", CLICOLOR_FORCE: "1" }]) {
    await using visitor = new Visitor(tracker.address, { env });
    const out = await visitor.folder.folder("out");
    const args = ["file.bin", "-o", out, ...await visitor.args()];
    const got = await runPeer(["get", ...args, "--notify", "osc9"], { env });
    assertEquals([got.code, got.stderr], [0, ""]);
    assertMatch(got.stdout, /^[\n -~]+$/);
    const help = await runPeer(["get", "--help"], { env });
    assertMatch(help.stdout, /^[\n -~]+$/);
  }
});

Deno.test({
  name: "hostile 07: a notification has names in it as text, and ends where it should",
  ignore: !await isPossible("terminals", async () => {
    await run("script", "--quiet", "--command", "true", "/dev/null");
  }),
  fn: async () => {
    await using tracker = await startTracker();
    const name = `${evil}.txt`;
    const content = new TextEncoder().encode("content");
    await using source = new Fake(honestSource(content));
    using _announced = await announce(tracker.port, source.port, { [`a/${name}`]: content });
    await using visitor = new Visitor(tracker.address);
    const drawn = async (how: string): Promise<string> => {
      const out = await visitor.folder.folder(how);
      const get = ["get", name, "-o", out, "--notify", how, ...await visitor.args()];
      const quoted = [...commandFor("peer"), ...get].map((word) =>
        `'${word.replaceAll("'", `'\\''`)}'`
      );
      const { stdout } = await new Deno.Command("script", {
        args: ["--quiet", "--return", "--command", quoted.join(" "), "/dev/null"],
        stdin: "null",
        stdout: "piped",
        env: { LANYARD_TRACKER: "", LANYARD_DISCOVERY: "off" },
      }).output();
      return new TextDecoder().decode(stdout);
    };
    const told = await drawn("osc9");
    assertStringIncludes(told, `\u001b]9;Lanyard: x${shown}y.txt has come\u0007`);
    const rung = await drawn("bell");
    assertEquals(rung.split("\u0007").length, 2, rung);
    assertEquals((await drawn("off")).includes("\u0007"), false);
  },
});

Deno.test({
  name: "on a terminal of 20 columns progress says how far it is, in one line",
  ignore: !await hasTmux(),
  fn: async () => {
    await using tracker = await startTracker();
    await using temp = new TempFolder();
    const wide = "\u65e5\u672c\u8a9e".repeat(8);
    const file = await temp.write(`ana/${wide}.bin`, noise(4_000_000));
    await using _ana = await startShare(tracker.address, [file]);
    await using visitor = new Visitor(tracker.address);
    const out = await visitor.folder.folder("out");
    const get = ["get", `${wide}.bin`, "-o", out, "--limit-down", "800kB", ...await visitor.args()];
    const env = { LANYARD_DISCOVERY: "off" };
    await using terminal = await Terminal.open([...commandFor("peer"), ...get], {
      columns: 20,
      rows: 10,
      env,
    });
    const drawn = await terminal.until(/^ *\d+ % {2}\d/m);
    assertEquals(drawn.trim().split("\n").length, 1, drawn);
    assertEquals(await terminal.end(), 0);
    assertEquals(/\d %/.test(await terminal.screen()), false);
  },
});
