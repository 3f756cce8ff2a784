import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { canMakeLans, canShield, Lan } from "./support/lan.ts";
import { startTracker, TempFolder } from "./support/network.ts";
import { type Ended, type Line, runPeer } from "./support/program.ts";
import { canDropRights, withoutOverride } from "./support/rights.ts";
import { idOf, Stranger, track } from "./support/strangers.ts";

const ignore = !await canMakeLans();
const cannotShield = ignore || !await canShield();

/** The checks of a run with `--json`, by name. */
function checksOf({ lines, stdout }: Ended): Record<string, Line> {
  assert(lines.every(({ event }) => event === "check"), stdout);
  assertEquals(stdout.trimEnd().split("\n").length, lines.length);
  return Object.fromEntries(lines.map((line) => [String(line["name"]), line]));
}

/** What was found, by name. */
function verdictsOf(run: Ended): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(checksOf(run)).map(([name, { verdict }]) => [name, verdict]),
  );
}

const healthy = {
  network: "ok",
  discovery: "ok",
  state: "ok",
  downloads: "ok",
  tracker: "ok",
  key: "ok",
  port: "ok",
  speed: "ok",
  firewall: "ok",
};

Deno.test({
  name: "peer doctor finds nothing where everything works, also while a share runs",
  ignore,
  fn: async () => {
    await using lan = await Lan.start(2);
    await using tracker = await track(lan.machine(0), "lab");
    await using ben = new Stranger(lan.machine(1));
    const first = await ben.examine();
    assertEquals([first.code, verdictsOf(first)], [0, healthy], first.stdout);
    assertMatch(String(checksOf(first)["key"]?.["message"]), /first time; its words are: \w+ /);
    await using share = await ben.share();
    const { port } = await share.event("ready");
    const again = await ben.examine();
    assertEquals([again.code, verdictsOf(again)], [0, healthy], again.stdout);
    assertStringIncludes(String(checksOf(again)["port"]?.["message"]), `port ${port}, on which`);
    assertMatch(String(checksOf(again)["key"]?.["message"]), /is remembered/);
    const { files } = await share.event("ready");
    assertEquals(files, 1);
    assert(tracker.program.lines.every(({ event }) => event !== "error"), tracker.program.stdout);
  },
});

Deno.test({
  name: "peer doctor says for people what is wrong, and what to do",
  ignore,
  fn: async () => {
    await using lan = await Lan.start(1);
    await using ben = new Stranger(lan.machine(0));
    const { code, stdout } = await ben.examine(false);
    assertEquals(code, 1);
    assertMatch(stdout, /^ok {7}network {4}eth0 \(10\.77\.0\.1, IPv6\)$/m);
    assertMatch(stdout, /^PROBLEM {2}tracker {4}No tracker was found: .*\n {20}Start one here/m);
    await lan.cable(lan.machine(0), "down");
    const { discovery } = checksOf(await ben.examine());
    assertEquals(discovery?.["verdict"], "problem");
    assertMatch(String(discovery?.["message"]), /broadcast cannot be used on eth0/);
  },
});

Deno.test({
  name: "peer doctor finds a firewall, and that peers are called through it",
  ignore: cannotShield,
  fn: async () => {
    await using lan = await Lan.start(2);
    await using _tracker = await track(lan.machine(0), "lab");
    await using ben = new Stranger(lan.machine(1));
    await lan.shield(lan.machine(1), 2223, 5353);
    const run = await ben.examine();
    const blocked = { discovery: "warning", port: "problem", calls: "ok", firewall: "warning" };
    const found = { ...healthy, ...blocked };
    assertEquals([run.code, verdictsOf(run)], [1, found], run.stdout);
    assertMatch(String(checksOf(run)["port"]?.["remedy"]), /let in TCP port \d+/);
    await using share = await ben.share();
    await share.event("reachable");
    const again = await ben.examine();
    assertEquals(verdictsOf(again), found, again.stdout);
  },
});

Deno.test({
  name: "peer doctor finds another key than the one that is remembered",
  ignore,
  fn: async () => {
    await using lan = await Lan.start(2);
    await using ben = new Stranger(lan.machine(1));
    {
      await using _first = await track(lan.machine(0), "lab");
      assertEquals((await ben.examine()).code, 0);
    }
    await using second = await track(lan.machine(0), "lab");
    const run = await ben.examine();
    const { key, tracker } = checksOf(run);
    assertEquals([run.code, key?.["verdict"], tracker], [1, "problem", undefined], run.stdout);
    assertStringIncludes(String(key?.["message"]), idOf(second));
  },
});

Deno.test({
  name: "peer doctor finds folders that cannot be written to",
  ignore: !await canDropRights(),
  fn: async () => {
    await using temp = new TempFolder();
    const locked = await temp.folder("locked");
    await Deno.chmod(locked, 0o500);
    const args = ["doctor", "--json", "--state", join(locked, "state"), "-o", locked];
    const run = await runPeer(args, { prefix: withoutOverride });
    const checks = checksOf(run);
    assertEquals(run.code, 1);
    for (const [name, option] of [["state", "--state"], ["downloads", "-o"]] as const) {
      assertEquals(checks[name]?.["verdict"], "problem", run.stdout);
      assertStringIncludes(String(checks[name]?.["remedy"]), option);
    }
    assertEquals(checks["tracker"], undefined, "there is no use in trying");
  },
});

Deno.test("peer doctor leaves no file behind, and shares nothing that it was not told to", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const out = await temp.folder("out");
  const state = join(temp.path, "state");
  const run = await runPeer([
    ...["doctor", "--json", "--state", state, "-o", join(out, "new"), "--port", "0"],
    ...["--tracker", tracker.link],
  ]);
  assertEquals(checksOf(run)["port"]?.["verdict"], "warning");
  assertMatch(String(checksOf(run)["port"]?.["remedy"]), /--share FOLDER/);
  assertEquals(Array.from(Deno.readDirSync(out)), []);
  assertEquals(tracker.program.lines.filter(({ event }) => event === "accepted"), []);
});
