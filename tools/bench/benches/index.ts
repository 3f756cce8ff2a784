import { join } from "@std/path";
import type { Bench, Measured } from "../bench.ts";
import { Child } from "../child.ts";
import type { Lab } from "../lab.ts";
import { startQuietTracker } from "../lanyard.ts";
import { openFilesLimit } from "../load/open_files.ts";
import { scriptCommand } from "../programs.ts";
import { type Budget, measured, type Result, skipped } from "../result.ts";
import { median } from "../statistics.ts";
import { Trial } from "../trial.ts";
import { type Unit, units } from "../units.ts";
import type { LoadReport } from "../../load/run.ts";
import type { Vanishing } from "../../load/vanishing.ts";
import { otherTrackers } from "./other_trackers.ts";

/** A large index. */
export const index: Bench = {
  name: "index",
  about: "a million files at a tracker: announced, searched while they change, gone at once",
  run,
};

/** Searches a second: what some thousand people do who are busy. */
const rate = 50;
/** Of 100 files, how many change every minute meanwhile. */
const churn = 1;

/** Open files beside the connections. */
const otherFiles = 1000;

/** Where the index is, and how much memory the tracker may take then, in bytes. */
const places = [
  { place: "in memory", mostMemory: 1e9 },
  { place: "in a file", mostMemory: 400e6 },
] as const;

/** What was measured in one round. */
interface Round {
  load: LoadReport;
  vanishing: Vanishing;
}

async function run(lab: Lab): Promise<Measured> {
  const { holders, vanishing } = lab.sizes;
  const needed = 2 * (holders + vanishing) + otherFiles;
  const limit = await openFilesLimit(needed);
  if (limit < needed) {
    return { results: [skipped("index", `only ${limit} open files are allowed`)] };
  }
  const trials = places.map(({ place }) => new Trial(place, () => measureRound(lab, place)));
  await lab.interleave("index", ...trials);
  const own = places.flatMap(({ place, mostMemory }, at) =>
    resultsOf(lab, place, mostMemory, trials[at]?.figures ?? [])
  );
  const { results, ...others } = await otherTrackers(lab);
  return { results: [...own, ...results], ...others };
}

function resultsOf(
  { sizes: { holders, held, vanishing } }: Lab,
  place: string,
  mostMemory: number,
  rounds: readonly Round[],
): Result[] {
  const name = `index ${place}: ${(holders * held).toLocaleString("en")} files`;
  const row = (what: string, unit: Unit, of: (round: Round) => number, budget?: Budget): Result =>
    measured(`${name}, ${what}`, unit, rounds.map(of), budget);
  const { milliseconds, perSecond, megabytes } = units;
  const kinds = Object.keys(rounds[0]?.load.searched.byKind ?? {});
  const gone = vanishing.toLocaleString("en");
  return [
    row("announced", perSecond, ({ load }) => load.announced.filesPerSecond, { atLeast: 50_000 }),
    row("memory", megabytes, ({ load }) => load.searched.memory ?? NaN, { atMost: mostMemory }),
    row("search, p50", milliseconds, ({ load }) => load.searched.all.p50, { atMost: 5 }),
    row("search, p99", milliseconds, ({ load }) => load.searched.all.p99, { atMost: 20 }),
    ...kinds.map((kind): Result => {
      const of = (share: "p50" | "p99"): string =>
        milliseconds(median(rounds.map(({ load }) => load.searched.byKind[kind]?.[share] ?? NaN)));
      return { name: `${name}, search, ${kind}, p50 and p99`, ours: `${of("p50")}, ${of("p99")}` };
    }),
    row(
      `search, slowest when ${gone} peers are gone at once`,
      milliseconds,
      ({ vanishing }) => vanishing.cleaning.all.max,
      { atMost: 100 },
    ),
  ];
}

async function measureRound(lab: Lab, place: typeof places[number]["place"]): Promise<Round> {
  const { holders, held, searched, vanishing } = lab.sizes;
  const where = place === "in memory"
    ? "memory"
    : `sqlite:${join(lab.newFolder("index"), "index")}`;
  const options = ["--idle-timeout", "3600", "--index", where];
  await using tracker = await startQuietTracker(lab, ...options);
  const settings = {
    tracker: tracker.port,
    pid: tracker.child.pid,
    sessions: holders,
    files: held,
    seconds: searched,
    vanish: vanishing,
    ...{ rate, churn },
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  await using load = new Child([...scriptCommand("tools/load/main.ts"), ...args, "--json"]);
  await load.succeed();
  const [report = "", end = ""] = load.lines.map(({ text }) => text);
  return { load: JSON.parse(report), vanishing: JSON.parse(end) };
}
