import { assertEquals, assertLess } from "@std/assert";
import { join } from "@std/path";
import {
  assertAnswers,
  receiveAgain,
  type RunningReceiver,
  startOffer,
  startReceive,
} from "./support/classroom.ts";
import { canMakeLans, canShield, Lan, type LanMachine } from "./support/lan.ts";
import { noise, startTracker, TempFolder } from "./support/network.ts";
import { assertContent, verified } from "./support/served.ts";

const MiB = 1024 * 1024;
const ignore = !await canMakeLans();
const ignoreFirewalls = ignore || !await canShield();

Deno.test({
  name:
    "hostile 58: a file is offered to a class: one declines, one dies, one is slow, one is late",
  ignore,
  fn: async () => {
    const content = noise(12 * MiB);
    await using lan = await Lan.start(9);
    const [teacher, ...students] = Array.from({ length: 9 }, (_, at) => lan.machine(at));
    const at = { prefix: teacher?.prefix ?? [] };
    await using tracker = await startTracker([], at);
    const link = tracker.link.replace("127.0.0.1", teacher?.ipv4 ?? "");
    await using folder = new TempFolder();
    const path = await folder.write("lecture.mp4", content);
    await using offer = await startOffer(link, path, ["--name", "ana"], at);
    await using stack = new AsyncDisposableStack();
    const enter = async (
      number: number,
      name: string,
      args: readonly string[],
      typed = false,
    ): Promise<RunningReceiver> => {
      const prefix = students[number]?.prefix ?? [];
      return stack.use(await startReceive(link, ["--name", name, ...args], { prefix, typed }));
    };

    const [bo, cy, dan, eve, no, dead, slow] = await Promise.all([
      enter(0, "bo", ["--yes"]),
      enter(1, "cy", ["--yes"]),
      enter(2, "dan", ["--yes"]),
      enter(3, "eve", [], true),
      enter(4, "no", [], true),
      enter(5, "dead", ["--yes", "--limit-down", "700kB"]),
      enter(6, "slow", ["--yes", "--limit-down", "2MB"]),
    ]);
    await eve.program.event("question");
    await eve.program.type("yes\n");
    await no.program.event("question");
    await no.program.type("n\n");
    await verified(dead.program, 2 * MiB);
    dead.program.kill("SIGKILL");
    await dead.program.end();
    for (const { program } of [bo, cy, dan, eve]) await program.event("done");
    const late = await enter(7, "late", ["--yes"]);
    for (const { program } of [late, slow]) await program.event("done");
    for (const { home } of [bo, cy, dan, eve, late, slow]) {
      await assertContent(join(home.path, "files", "lecture.mp4"), content);
    }

    const soFar = {
      bo: "accepted done",
      cy: "accepted done",
      dan: "accepted done",
      dead: "accepted failed",
      eve: "accepted done",
      late: "accepted done",
      no: "declined",
      slow: "accepted done",
    };
    await assertAnswers(offer.ledger, soFar);

    // Whoever was cut off goes on with what it has, and with whoever has the file by now.
    await using again = await receiveAgain(dead.home, link, ["--name", "dead", "--yes"], {
      prefix: students[5]?.prefix ?? [],
    });
    const done = await again.program.event("done");
    assertLess(Number(done["received"]), content.length - MiB);
    await assertAnswers(offer.ledger, { ...soFar, dead: "accepted failed accepted done" });
    const addresses = new Set(
      offer.program.lines.filter(({ event }) => event === "answered").map((line) =>
        line["address"]
      ),
    );
    assertEquals(addresses, new Set(students.map(({ ipv4 }) => ipv4)));
  },
});

Deno.test({
  name: "a file is offered from behind a firewall, and given on to whoever is behind another",
  ignore: ignoreFirewalls,
  fn: async () => {
    const content = noise(4 * MiB);
    await using lan = await Lan.start(4);
    const [office, teacher, open, shut] = [0, 1, 2, 3].map((at) => lan.machine(at)) as [
      LanMachine,
      LanMachine,
      LanMachine,
      LanMachine,
    ];
    for (const machine of [teacher, shut]) await lan.shield(machine);
    await using tracker = await startTracker([], { prefix: office.prefix });
    const link = tracker.link.replace("127.0.0.1", office.ipv4);
    await using folder = new TempFolder();
    const path = await folder.write("lecture.mp4", content);
    await using offer = await startOffer(link, path, [], { prefix: teacher.prefix });
    await using stack = new AsyncDisposableStack();
    const all = await Promise.all(
      Object.entries({ open, shut }).map(async ([name, { prefix }]) =>
        stack.use(await startReceive(link, ["--name", name, "--yes"], { prefix }))
      ),
    );
    for (const { program, home } of all) {
      await program.event("done");
      await assertContent(join(home.path, "files", "lecture.mp4"), content);
    }
    await assertAnswers(offer.ledger, { open: "accepted done", shut: "accepted done" });
  },
});
