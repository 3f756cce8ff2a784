import { join } from "@std/path";
import type { Bench, Measured } from "../bench.ts";
import { Child } from "../child.ts";
import { noTrace, traceFsync } from "../fsync_time.ts";
import type { Lab } from "../lab.ts";
import { startShare, startTracker, Visitor } from "../lanyard.ts";
import { assertSameTree, randomTree } from "../material.ts";
import { measure, type Phase } from "../phase.ts";
import { compared, measured, skipped } from "../result.ts";
import { startRsync } from "../rivals/rsync.ts";
import { missing } from "../rivals/tool.ts";
import { Trial } from "../trial.ts";
import { units } from "../units.ts";

/** Many small files. */
export const tree: Bench = {
  name: "tree",
  about: "many small files, against an rsync daemon",
  run,
};

/** A download of the tree, and how fast its files were there. */
interface Download extends Phase {
  /** Milliseconds a file, of the first ones and of the last ones. */
  first: number;
  last: number;
}

/** Most files of which the pace is measured at either end. */
const paced = 1000;

async function run(lab: Lab): Promise<Measured> {
  const { treeFiles: files, treeFileBytes: bytes } = lab.sizes;
  const folder = lab.newFolder("source");
  const source = join(folder, "tree");
  lab.log(`tree: making ${files} files`);
  randomTree(source, files, () => bytes);
  await using tracker = await startTracker(lab);
  await using share = await startShare(lab, tracker, source);
  const visitor = await Visitor.arrive(lab, tracker);
  const absent = missing("rsync");
  const daemon = absent === undefined ? await startRsync(lab, folder) : undefined;
  await using _daemon = daemon?.child;

  const ours = new Trial("peer get", () => download(lab, source, share.child, visitor));
  const traced = noTrace !== undefined
    ? undefined
    : new Trial("peer get under strace", async () => {
      await lab.settle(0);
      return await traceFsync(lab, visitor.getCommand("tree/", lab.newFolder("out")));
    });
  const theirs = daemon === undefined
    ? undefined
    : new Trial("rsync", () => copyWithRsync(lab, source, daemon));
  const durable = daemon === undefined
    ? undefined
    : new Trial("rsync --fsync", () => copyWithRsync(lab, source, daemon, "--fsync"));
  await lab.interleave("tree", ours, traced, theirs, durable);

  const name = `tree: ${files.toLocaleString("en")} × ${units.kibibytes(bytes)}`;
  const { seconds, milliseconds, megabytes } = units;
  const figuresOf = (
    trial: Trial<Phase> | undefined,
    figure: (phase: Phase) => number,
  ): number[] | string => trial?.figures.map(figure) ?? absent ?? "";
  const rival = (figure: (phase: Phase) => number): number[] | string => figuresOf(theirs, figure);
  const cpu = ({ receiver, sender }: Phase): number => receiver.cpu + sender.cpu;
  const figures = (of: (download: Download) => number): number[] => ours.figures.map(of);
  return {
    results: [
      compared(
        `${name}, start to exit (÷ rsync daemon)`,
        seconds,
        figures((run) => run.seconds),
        rival((run) => run.seconds),
        { atMost: 2 },
      ),
      compared(
        `${name}, start to exit (÷ rsync daemon with --fsync)`,
        seconds,
        figures((run) => run.seconds),
        figuresOf(durable, (run) => run.seconds),
        { atMost: 2 },
      ),
      traced === undefined ? skipped(`${name}, fsync`, noTrace ?? "") : measured(
        `${name}, time with an fsync under way`,
        seconds,
        traced.figures.map(({ fsync }) => fsync),
      ),
      compared(`${name}, processor time of both sides`, seconds, figures(cpu), rival(cpu)),
      measured(`${name}, peak memory of the receiver`, megabytes, figures((p) => p.receiver.peak)),
      compared(
        `${name}, a file at the end (÷ at the start)`,
        milliseconds,
        figures(({ last }) => last),
        figures(({ first }) => first),
        { atMost: 1 },
      ),
    ],
  };
}

async function download(
  lab: Lab,
  source: string,
  sender: Child,
  visitor: Visitor,
): Promise<Download> {
  const output = lab.newFolder("out");
  await lab.settle(0);
  const child = visitor.get("tree/", output);
  const phase = await measure(() => child, sender);
  assertSameTree(join(output, "tree"), source);
  const done = child.events("done").map(({ at }) => at);
  const count = Math.min(paced, Math.floor(done.length / 4));
  return {
    ...phase,
    first: pace(done.slice(0, count)),
    last: pace(done.slice(-count)),
  };
}

/** Milliseconds from one to the next. */
function pace(times: readonly number[]): number {
  return ((times.at(-1) ?? NaN) - (times[0] ?? NaN)) / (times.length - 1);
}

async function copyWithRsync(
  lab: Lab,
  source: string,
  { child, url }: { child: Child; url: string },
  ...options: string[]
): Promise<Phase> {
  const output = lab.newFolder("out");
  await lab.settle(0);
  const command = ["rsync", "-r", "--times", ...options, `${url}/tree`, `${output}/`];
  const phase = await measure(() => new Child(command), child);
  assertSameTree(join(output, "tree"), source);
  return phase;
}
