import type { Bench, Measured } from "../bench.ts";
import type { Lab } from "../lab.ts";
import { startQuietTracker } from "../lanyard.ts";
import { type Crowd, encryptedCrowd, plainCrowd } from "../load/crowd.ts";
import { openFilesLimit } from "../load/open_files.ts";
import { measured, type Result, skipped } from "../result.ts";
import { Trial } from "../trial.ts";
import { units } from "../units.ts";
import { cpuOf, residentMemory } from "../usage.ts";
import { eventually } from "../../../tests/support/waiting.ts";

/** Many peers at one tracker. */
export const sessions: Bench = {
  name: "sessions",
  about: "many peers that are connected to a tracker, each with a file, without and with TLS",
  run,
};

/** Peers that join at the same time. */
const atOnce = 64;
/** Milliseconds that the tracker has to try every peer's port. */
const patience = 120_000;
/** Milliseconds after which it has cleaned up. */
const calm = 3000;
/** Open files beside the connections. */
const otherFiles = 1000;

/** Most memory of the tracker, in bytes. */
const mostMemory = { plain: 250e6, encrypted: 600e6 } as const;

/** What the peers cost the tracker. */
interface Cost {
  /** Bytes. */
  memory: number;
  /** Bytes of each peer. */
  each: number;
  /** Peers a second. */
  rate: number;
  /** Seconds of processor time for each peer to join. */
  cpu: number;
}

async function run(lab: Lab): Promise<Measured> {
  const { sessions: count } = lab.sizes;
  const name = `sessions: ${count.toLocaleString("en")}`;
  const limit = await openFilesLimit(4 * count + otherFiles);
  if (limit < count + otherFiles) {
    return { results: [skipped(name, `only ${limit} open files are allowed`)] };
  }
  lab.log(`sessions: making ${count} keys`);
  const crowds = [plainCrowd, await encryptedCrowd(count)];
  const trials = crowds.map((crowd) =>
    new Trial(`${crowd.way} peers join`, () => gather(lab, crowd, count))
  );
  await lab.interleave("sessions", ...trials);
  return {
    results: crowds.flatMap(({ way }, at) =>
      results(`${name} ${way}`, mostMemory[way], trials[at]?.figures ?? [])
    ),
  };
}

function results(name: string, budget: number, costs: readonly Cost[]): Result[] {
  const figures = (of: (cost: Cost) => number): number[] => costs.map(of);
  return [
    measured(`${name}, memory of the tracker`, units.megabytes, figures(({ memory }) => memory), {
      atMost: budget,
    }),
    measured(`${name}, memory for each`, units.kibibytes, figures(({ each }) => each)),
    measured(`${name}, joined`, units.perSecond, figures(({ rate }) => rate)),
    measured(
      `${name}, processor time for each to join`,
      units.microseconds,
      figures(({ cpu }) => cpu * 1e6),
    ),
  ];
}

async function gather(lab: Lab, crowd: Crowd, count: number): Promise<Cost> {
  await using tracker = await startQuietTracker(lab, "--idle-timeout", "3600");
  const { pid } = tracker.child;
  using doorbell = crowd.openDoorbell();
  using clients = new DisposableStack();
  const before = { memory: residentMemory(pid), cpu: cpuOf(pid), at: performance.now() };
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < count) clients.use(await crowd.join(tracker, next++, doorbell.port));
  }));
  const seconds = (performance.now() - before.at) / 1000;
  await eventually(() => doorbell.rings >= count || undefined, patience, "all to be tried");
  await new Promise((resolve) => setTimeout(resolve, calm));
  const memory = residentMemory(pid);
  return {
    memory,
    each: (memory - before.memory) / count,
    rate: count / seconds,
    cpu: (cpuOf(pid) - before.cpu) / count,
  };
}
