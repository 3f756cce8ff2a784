import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { isPossible, run } from "./support/commands.ts";
import { canMakeLans, Lan, type LanOptions } from "./support/lan.ts";
import { errorOf, idOf, Stranger, track } from "./support/strangers.ts";
import { eventually } from "./support/waiting.ts";

const ignore = !await canMakeLans();

/** A test on a network of some machines. */
function test(name: string, machines: number, body: (lan: Lan) => Promise<void>): void {
  testOn({}, name, machines, body);
}

function testOn(
  options: LanOptions,
  name: string,
  machines: number,
  body: (lan: Lan) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore,
    fn: async () => {
      await using lan = await Lan.start(machines, options);
      await body(lan);
    },
  });
}

test(
  "a tracker is found, its words are shown once, and it is known from then on",
  2,
  async (lan) => {
    await using tracker = await track(lan.machine(0), "lab");
    await using ben = new Stranger(lan.machine(1));
    const first = await ben.run();
    assertEquals(first.code, 0, first.stderr);
    assertMatch(
      first.stderr,
      /tracker "lab" is met for the first time.* words are: \w+ \w+ \w+ \w+/,
    );
    const again = await ben.run();
    assertEquals([again.code, again.stderr], [0, ""]);
    assertEquals((await tracker.program.event("joined"))["address"], lan.machine(1).ipv4);
  },
);

test("without encryption the plain port of a tracker is found", 2, async (lan) => {
  await using _tracker = await track(lan.machine(0), "lab");
  await using ben = new Stranger(lan.machine(1));
  assertEquals((await ben.run("--plain")).code, 0);
});

test("a tracker without a plain port is found, and why it cannot be used said", 2, async (lan) => {
  await using _tracker = await track(lan.machine(0), "lab", "--tls-only", "--port", "0");
  await using ben = new Stranger(lan.machine(1));
  const message = errorOf(await ben.ask("--plain"), 1, "unreachable");
  assertMatch(message, /"lab" takes encrypted connections only; leave out --plain/);
  assertEquals((await ben.run()).code, 0);
});

test("a tracker is found where multicast does not get through", 2, async (lan) => {
  await using _tracker = await track(lan.machine(0), "lab");
  await using ben = new Stranger(lan.machine(1));
  await lan.passes("multicast", "off");
  const { code, stderr } = await ben.run();
  assertEquals(code, 0, stderr);
});

test("a tracker is found where broadcasts do not get through", 2, async (lan) => {
  await using tracker = await track(lan.machine(0), "lab");
  await using ben = new Stranger(lan.machine(1));
  assertEquals((await ben.run()).code, 0, "and they know each other's hardware addresses");
  await lan.passes("broadcast", "off");
  const { code, stderr } = await ben.run();
  assertEquals([code, stderr], [0, ""]);
  assert(tracker.program.lines.length > 0);
});

testOn({ family: "IPv6" }, "a tracker is found on a network without IPv4", 2, async (lan) => {
  await using tracker = await track(lan.machine(0), "lab");
  await using ben = new Stranger(lan.machine(1));
  const { code, stderr } = await ben.run();
  assertEquals(code, 0, stderr);
  assertEquals((await tracker.program.event("joined"))["address"], lan.machine(1).linkLocal);
});

test("of two trackers one has to be named, and is the usual one from then on", 3, async (lan) => {
  await using lab = await track(lan.machine(0), "lab");
  await using _office = await track(lan.machine(1), "the office");
  await using ben = new Stranger(lan.machine(2));
  const message = errorOf(await ben.ask(), 2, "ambiguous");
  assertMatch(message, /choose one with --tracker NAME/);
  for (const at of [0, 1]) assertStringIncludes(message, `at ${lan.machine(at).ipv4}:2223 (`);
  const { code, stderr } = await ben.run("--tracker", "the office");
  assertEquals(code, 0, stderr);
  assertEquals((await ben.run()).stderr, "", "the other one is not met");
  assertEquals(lab.program.lines.filter(({ event }) => event === "joined").length, 0);
  assertEquals((await ben.run("--tracker", "lab")).code, 0);
  errorOf(await ben.ask(), 2, "ambiguous");
});

test("without any tracker it is said where one was looked for, and what to do", 1, async (lan) => {
  await using ben = new Stranger(lan.machine(0));
  const start = performance.now();
  const message = errorOf(await ben.ask(), 1, "unreachable");
  assertLess(performance.now() - start, 10_000);
  const lines = message.split("\n");
  assertEquals(lines.length, 3, message);
  assertMatch(lines[0] ?? "", /^No tracker was found: .*eth0 \(10\.77\.0\.1, IPv6\)\.$/);
  assertMatch(lines[1] ?? "", /with: tracker .*--tracker HOST/);
  assertMatch(lines[2] ?? "", /firewall .* 2223 and 5353/);
  const named = errorOf(await ben.ask("--tracker", "Room 12"), 1, "unreachable");
  assertMatch(named, /^No tracker called "Room 12" was found/);
});

test(
  "what is no tracker's name is looked for as a machine's, unless it was one",
  2,
  async (lan) => {
    await using tracker = await track(lan.machine(0), "lab");
    await using ben = new Stranger(lan.machine(1));
    const neither = errorOf(await ben.ask("--tracker", "no-such-host"), 1, "unreachable");
    assertMatch(neither, /called "no-such-host" was found: .*\. .*no-such-host:2223/);
    const found = await ben.run("--tracker", "lab");
    assertMatch(found.stderr, /The tracker "lab" is met/);
    tracker.program.kill("SIGTERM");
    await tracker.program.end();
    const message = errorOf(await ben.ask("--tracker", "lab"), 1, "unreachable");
    assertMatch(message, /^No tracker called "lab" was found: nobody answered on [^:]*$/);
  },
);

test("the tracker of this machine comes first", 2, async (lan) => {
  await using near = await track(lan.machine(0), "near");
  await using far = await track(lan.machine(1), "far");
  await using ana = new Stranger(lan.machine(0));
  const { code, stderr } = await ana.run();
  assertEquals(code, 0);
  assertMatch(stderr, /This tracker is met/);
  await near.program.event("joined");
  assertEquals(far.program.lines.filter(({ event }) => event === "joined").length, 0);
});

test("a tracker with other ports is found on its own machine, too", 1, async (lan) => {
  await using _tracker = await track(lan.machine(0), "odd", "--port", "0", "--tls-port", "0");
  await using ana = new Stranger(lan.machine(0));
  const { code, stderr } = await ana.run();
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /The tracker "odd" is met/);
});

test(
  "a tracker with --no-discovery is not found, and a peer with it does not look",
  2,
  async (lan) => {
    await using hidden = await track(lan.machine(0), "lab", "--no-discovery");
    await using ben = new Stranger(lan.machine(1));
    errorOf(await ben.ask(), 1, "unreachable");
    assertEquals((await ben.run("--tracker", lan.machine(0).ipv4)).code, 0);
    await using _shown = await track(lan.machine(1), "shown", "--port", "0", "--tls-port", "0");
    const message = errorOf(await ben.ask("--no-discovery"), 1, "unreachable");
    assertMatch(message, /^Nothing listens at 127\.0\.0\.1:2223; name the tracker/);
    assert(hidden.program.lines.length > 0);
  },
);

test("a tracker that listens on one address is announced there only", 2, async (lan) => {
  await using _tracker = await track(lan.machine(0), "lab", "--host", "127.0.0.1");
  await using ben = new Stranger(lan.machine(1));
  errorOf(await ben.ask(), 1, "unreachable");
});

test("a hosted tracker is found", 2, async (lan) => {
  await using ana = new Stranger(lan.machine(0));
  await using ben = new Stranger(lan.machine(1));
  const hosting = ["--host-tracker", "--tracker-port", "0", "--name", "ana"];
  await using share = await ana.share(...hosting);
  await share.event("ready");
  const { code, lines, stderr } = await ben.ask();
  assertEquals([code, lines[0]?.["name"]], [0, "ana"], stderr);
});

test("an invite-only tracker is found, and says that it takes nobody else", 2, async (lan) => {
  await using _tracker = await track(lan.machine(0), "lab", "--invite-only", "--port", "off");
  await using ben = new Stranger(lan.machine(1));
  errorOf(await ben.ask(), 4, "not-invited");
});

test(
  "hostile 46: a tracker that comes back is known by its key, and refused with another",
  2,
  async (lan) => {
    const [machine, other] = [lan.machine(0), lan.machine(1)];
    await using ben = new Stranger(other);
    await using first = await track(machine, "lab");
    assertEquals((await ben.run()).code, 0);
    first.program.kill("SIGTERM");
    await first.program.end();
    {
      await using again = await track(machine, "lab", "--state", first.state.path);
      assertEquals(idOf(again), idOf(first));
      assertEquals((await ben.run()).stderr, "");
    }
    await using second = await track(machine, "lab");
    const message = errorOf(await ben.ask(), 4, "wrong-key");
    for (const part of [idOf(first), idOf(second), `--trust ${idOf(second)}`, '"lab"']) {
      assertStringIncludes(message, part);
    }
    assertEquals((await ben.run("--trust", idOf(second))).code, 0);
    assertEquals((await ben.run()).stderr, "", "and remembered");
  },
);

Deno.test({
  name: "at a terminal it is asked which of two trackers is meant",
  ignore: ignore ||
    !await isPossible("terminals", async () => void await run("script", "--version")),
  fn: async () => {
    await using lan = await Lan.start(3);
    await using _lab = await track(lan.machine(0), "lab");
    await using office = await track(lan.machine(1), "office");
    await using ben = new Stranger(lan.machine(2));
    await using program = await ben.sit();
    const shows = (text: string): Promise<true> =>
      eventually(() => program.stdout.includes(text) || undefined);
    await shows("Which one (1 to 2)? ");
    const [, number = ""] = /(\d) {2}office at /.exec(program.stdout) ?? [];
    for (const answer of ["3\n", "x\n", `${number}\n`]) await program.type(answer);
    assertEquals((await program.end()).code, 0, program.stdout);
    assertStringIncludes(program.stdout, 'The tracker "office" is met');
    await office.program.event("joined");
  },
});
