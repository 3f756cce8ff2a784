import { assert, assertEquals, assertLess, assertMatch, assertNotEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { canMakeLans, Lan, type LanMachine } from "./support/lan.ts";
import { memory } from "./support/process.ts";
import { Program } from "./support/program.ts";
import { eventually } from "./support/waiting.ts";
import { errorOf, idOf, Stranger, track } from "./support/strangers.ts";

const ignore = !await canMakeLans();
const forger = fromFileUrl(new URL("./support/forger.ts", import.meta.url));
const config = fromFileUrl(new URL("../deno.json", import.meta.url));

/** Starts somebody on a machine who means no good; see there. */
async function forge({ prefix }: LanMachine, ...args: string[]): Promise<Program> {
  const run = [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", "--config", config];
  const program = new Program([...run, forger], args, { prefix });
  await program.event("ready");
  return program;
}

/** A test on a network of some machines, of which the first one has a tracker. */
function test(name: string, machines: number, run: (lan: Lan) => Promise<void>): void {
  Deno.test({
    name,
    ignore,
    fn: async () => {
      await using lan = await Lan.start(machines);
      await run(lan);
    },
  });
}

test("hostile 47: a thousand made-up trackers hide none that is known or named", 3, async (lan) => {
  const [machine, other, third] = [lan.machine(0), lan.machine(1), lan.machine(2)];
  await using _tracker = await track(machine, "lab");
  await using ben = new Stranger(other);
  assertEquals((await ben.run()).code, 0);
  await using _forger = await forge(third, "crowd");
  const known = await ben.run();
  assertEquals([known.code, known.stderr], [0, ""]);
  await using cleo = new Stranger(other);
  const message = errorOf(await cleo.ask(), 2, "ambiguous");
  assertLess(message.split("\n").length, 20);
  assertMatch(message, /\n {2}tracker \d+ at /);
  const named = await cleo.run("--tracker", "lab");
  assertEquals(named.code, 0, named.stderr);
});

test("hostile 47: whoever says to be a tracker, and is not, is left alone", 3, async (lan) => {
  const [machine, other, third] = [lan.machine(0), lan.machine(1), lan.machine(2)];
  await using tracker = await track(machine, "lab");
  await using _forger = await forge(third, "double", "lab", idOf(tracker));
  // There it is a tracker, but another one.
  await using _another = await track(third, "another", "--no-discovery");
  await using ben = new Stranger(other);
  for (let times = 0; times < 3; times++) {
    const { code, stderr } = await ben.run();
    assertEquals(code, 0, stderr);
  }
  tracker.program.kill("SIGTERM");
  await tracker.program.end();
  const message = errorOf(await ben.ask(), 4, "wrong-key");
  assertMatch(message, /is not the one called "lab"/);
});

test("hostile 47: noise on every port of discovery stops nobody", 3, async (lan) => {
  const [machine, other, third] = [lan.machine(0), lan.machine(1), lan.machine(2)];
  await using tracker = await track(machine, "lab");
  await using _forger = await forge(third, "noise");
  await using ben = new Stranger(other);
  for (let times = 0; times < 3; times++) {
    const { code, stderr } = await ben.run("--tracker", "lab");
    assertEquals(code, 0, stderr);
  }
  assertLess(memory(tracker.program.pid), 250e6);
  tracker.program.kill("SIGTERM");
  const { code, stderr } = await tracker.program.end();
  assertEquals([code, stderr], [143, ""]);
});

test(
  "hostile 47: a tracker answers no more than it is asked, and nobody too often",
  2,
  async (lan) => {
    await using _tracker = await track(lan.machine(0), "lab");
    await using forger = await forge(lan.machine(1), "ask", lan.machine(0).ipv4);
    const { short, privileged, often } = await forger.event("answers");
    assertEquals([short, privileged], [0, 0]);
    // Ten a second, of five hundred that it is asked for.
    assert(Number(often) > 0 && Number(often) <= 100, `${often} answers`);
  },
);

test("hostile 47: where machines are kept apart, it is said that this happens", 2, async (lan) => {
  await using _tracker = await track(lan.machine(0), "lab");
  await using ben = new Stranger(lan.machine(1));
  await lan.isolate("on");
  assertMatch(errorOf(await ben.ask(), 1, "unreachable"), /keep their machines apart/);
  await lan.isolate("off");
  assertEquals((await ben.run()).code, 0);
});

test("hostile 47: a tracker with two network cards is found on both sides", 2, async (lan) => {
  await using beside = await Lan.start(1, { subnet: 1 });
  await using tracker = await track(lan.machine(0), "lab");
  await beside.plug(lan.machine(0)); // While it runs, as with a cable.
  await using near = new Stranger(lan.machine(1));
  await using far = new Stranger(beside.machine(0));
  assertEquals((await near.run()).code, 0);
  await using share = await far.share();
  await share.event("ready");
  const addresses = tracker.program.lines.filter(({ event }) => event === "joined")
    .map(({ address }) => address);
  assertEquals(addresses, [lan.machine(1).ipv4, beside.machine(0).ipv4]);
});

test("hostile 52: a tracker that has moved is found again by those who share", 2, async (lan) => {
  const machine = lan.machine(0);
  await using tracker = await track(machine, "lab");
  await using ben = new Stranger(lan.machine(1));
  await using share = await ben.share("--name", "ben");
  await share.event("ready");
  tracker.program.kill("SIGTERM");
  await tracker.program.end();
  assertNotEquals((await lan.renumber(machine, 77)).ipv4, machine.ipv4);
  await using moved = await track(machine, "lab", "--state", tracker.state.path);
  assertEquals((await moved.program.event("accepted"))["name"], "ben");
});

test("hostile 52: a tracker whose network comes later is found then", 2, async (lan) => {
  const machine = lan.machine(0);
  await lan.cable(machine, "down");
  await using _tracker = await track(machine, "lab");
  await using ben = new Stranger(lan.machine(1));
  await using share = await ben.share();
  const isTold = (): true | undefined => share.stderr.includes("No tracker was found") || undefined;
  await eventually(isTold);
  await lan.cable(machine, "up");
  await share.event("ready");
});
