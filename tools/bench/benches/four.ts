import { basename, join } from "@std/path";
import type { Bench, Measured } from "../bench.ts";
import type { Lab } from "../lab.ts";
import { startShare, startTracker, Visitor } from "../lanyard.ts";
import { assertSameFile, randomFile } from "../material.ts";
import { type Budget, compared, type Result } from "../result.ts";
import { Trial } from "../trial.ts";
import { units } from "../units.ts";

/** Four sources of a file at the same time. */
export const four: Bench = {
  name: "four",
  about: "four sources of a file against one, with a limit to what each sends and without",
  run,
};

/** What is copied, and how its sources send. */
interface Case {
  what: string;
  path: string;
  bytes: number;
  /** Further arguments of each `peer share`. */
  args: string[];
  /** For the rate of four sources, against that of one. */
  budget: Budget;
}

async function run(lab: Lab): Promise<Measured> {
  const { file, limitedFile, limit } = lab.sizes;
  const limited = await againstOne(lab, {
    what: `${units.megabytesPerSecond(limit)} each`,
    path: randomFile(lab.newFolder("limited"), "limited.bin", limitedFile),
    bytes: limitedFile,
    args: ["--limit-up", String(limit)],
    budget: { atLeast: 3.7 },
  });
  const unlimited = await againstOne(lab, {
    what: "no limit",
    path: randomFile(lab.newFolder("unlimited"), "unlimited.bin", file),
    bytes: file,
    args: [],
    budget: { atLeast: 0.95 },
  });
  return { results: [limited, unlimited] };
}

async function againstOne(lab: Lab, subject: Case): Promise<Result> {
  const { what, bytes, budget } = subject;
  await using parts = new AsyncDisposableStack();
  const alone = await startSources(lab, subject, 1, parts);
  const together = await startSources(lab, subject, 4, parts);
  const theirs = new Trial(`one source, ${what}`, () => rate(lab, subject, alone));
  const ours = new Trial(`four sources, ${what}`, () => rate(lab, subject, together));
  await lab.interleave("four", theirs, ours);
  const name = `four: ${units.mebibytes(bytes)}, ${what} (÷ one source)`;
  return compared(name, units.megabytesPerSecond, ours.figures, theirs.figures, budget);
}

/** Peers that share the file through a tracker of their own, and somebody who may copy it. */
async function startSources(
  lab: Lab,
  { path, args }: Case,
  count: number,
  parts: AsyncDisposableStack,
): Promise<Visitor> {
  const tracker = parts.use(await startTracker(lab));
  for (let peer = 0; peer < count; peer++) {
    parts.use(await startShare(lab, tracker, path, { args }));
  }
  return await Visitor.arrive(lab, tracker);
}

/** Bytes a second, from the start of the program to its exit. */
async function rate(lab: Lab, { path, bytes }: Case, visitor: Visitor): Promise<number> {
  const output = lab.newFolder("out");
  await lab.settle(bytes, path);
  await using child = visitor.get(basename(path), output);
  const seconds = await child.succeed();
  await assertSameFile(join(output, basename(path)), path);
  Deno.removeSync(output, { recursive: true }); // One file does no harm to the next phases.
  return bytes / seconds;
}
