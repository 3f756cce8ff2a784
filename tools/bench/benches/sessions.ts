import type { Bench, Measured } from "../bench.ts";
import type { Lab } from "../lab.ts";
import { startQuietTracker } from "../lanyard.ts";
import { shareLines } from "../load/corpus.ts";
import { Doorbell } from "../load/doorbell.ts";
import { LineClient } from "../load/line_client.ts";
import { openFilesLimit } from "../load/open_files.ts";
import { hello, pipelined } from "../load/requests.ts";
import { measured, skipped } from "../result.ts";
import { Trial } from "../trial.ts";
import { units } from "../units.ts";
import { cpuOf, residentMemory } from "../usage.ts";

/** Many peers at one tracker. */
export const sessions: Bench = {
  name: "sessions",
  about: "many peers that are connected to a tracker, each with a file",
  run,
};

/** Peers that join at the same time. */
const atOnce = 64;
/** Bytes read at a time by each: its answers are short. */
const buffer = 512;
/** Milliseconds until the tracker has tried every peer's port, and has cleaned up. */
const calm = 3000;
/** Open files beside the connections. */
const otherFiles = 1000;

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
  const trial = new Trial("join", () => join(lab, count));
  await lab.interleave("sessions", trial);
  const figures = (of: (cost: Cost) => number): number[] => trial.figures.map(of);
  return {
    results: [
      measured(`${name}, memory of the tracker`, units.megabytes, figures(({ memory }) => memory), {
        atMost: 250e6,
      }),
      measured(`${name}, memory for each`, units.kibibytes, figures(({ each }) => each)),
      measured(`${name}, joined`, units.perSecond, figures(({ rate }) => rate)),
      measured(
        `${name}, processor time for each to join`,
        units.microseconds,
        figures(({ cpu }) => cpu * 1e6),
      ),
    ],
  };
}

async function join(lab: Lab, count: number): Promise<Cost> {
  await using tracker = await startQuietTracker(lab);
  const { pid } = tracker.child;
  using doorbell = new Doorbell();
  using clients = new DisposableStack();
  const before = { memory: residentMemory(pid), cpu: cpuOf(pid), at: performance.now() };
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < count) {
      const number = next++;
      const client = clients.use(await LineClient.connect(tracker.port, buffer));
      await client.send(
        pipelined([hello(`peer ${number}`, doorbell.port), ...shareLines(number, 1)]),
      );
      await client.answered(2);
    }
  }));
  const seconds = (performance.now() - before.at) / 1000;
  await new Promise((resolve) => setTimeout(resolve, calm));
  const memory = residentMemory(pid);
  return {
    memory,
    each: (memory - before.memory) / count,
    rate: count / seconds,
    cpu: (cpuOf(pid) - before.cpu) / count,
  };
}
