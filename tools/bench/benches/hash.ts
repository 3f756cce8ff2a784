import { join } from "@std/path";
import type { Bench, Measured } from "../bench.ts";
import { Child } from "../child.ts";
import type { Lab } from "../lab.ts";
import { type StartedTracker, startShare, startTracker } from "../lanyard.ts";
import { randomFile, randomTree } from "../material.ts";
import { compared, measured, type Result } from "../result.ts";
import { missing } from "../rivals/tool.ts";
import { Trial } from "../trial.ts";
import { units } from "../units.ts";

/** Longest of the small files, in bytes. */
const mostSmallBytes = 100;

/** How long it takes until something is shared. */
export const hash: Bench = {
  name: "hash",
  about: "sharing a large file for the first time, and many small ones again",
  run,
};

async function run(lab: Lab): Promise<Measured> {
  await using tracker = await startTracker(lab);
  return { results: [...await largeFile(lab, tracker), ...await smallFiles(lab, tracker)] };
}

async function largeFile(lab: Lab, tracker: StartedTracker): Promise<Result[]> {
  const { file: bytes } = lab.sizes;
  const material = lab.newFolder("large");
  const large = randomFile(material, "large.bin", bytes);
  const empty = randomFile(material, "empty.bin", 0);
  const share = async (path: string): Promise<number> => {
    await lab.settle(0, large);
    await using sharing = await startShare(lab, tracker, path);
    return sharing.seconds;
  };
  const ours = new Trial("share", () => share(large));
  const start = new Trial("share of an empty file", () => share(empty));
  const absent = missing("openssl");
  const theirs = absent !== undefined ? undefined : new Trial("openssl", async () => {
    await lab.settle(0, large);
    await using child = new Child(["openssl", "dgst", "-sha256", large]);
    return await child.succeed();
  });
  await lab.interleave("hash", ours, start, theirs);
  const rate = (seconds: number): number => bytes / seconds;
  const alone = ours.figures.map((seconds, round) => rate(seconds - (start.figures[round] ?? 0)));
  const openssl = theirs?.figures.map(rate) ?? absent ?? "";
  const name = `hash: ${units.mebibytes(bytes)}`;
  const { megabytesPerSecond, seconds } = units;
  return [
    compared(
      `${name}, start to ready (÷ openssl dgst -sha256)`,
      megabytesPerSecond,
      ours.figures.map(rate),
      openssl,
    ),
    compared(`${name}, less the start of an empty share`, megabytesPerSecond, alone, openssl, {
      atLeast: 1.3,
    }),
    measured("hash: empty file, start to ready", seconds, start.figures),
  ];
}

async function smallFiles(lab: Lab, tracker: StartedTracker): Promise<Result[]> {
  const { smallFiles: files } = lab.sizes;
  lab.log(`hash: making ${files} small files`);
  const tree = join(lab.newFolder("small"), "tree");
  randomTree(tree, files, (file) => file % (mostSmallBytes + 1));
  const state = lab.newFolder("share");
  const share = async (): Promise<number> => {
    await using sharing = await startShare(lab, tracker, tree, { state });
    if (sharing.files !== files) throw new Error(`${sharing.files} files are shared, not ${files}`);
    return sharing.seconds;
  };
  lab.log("hash: small files, first time");
  const first = await share();
  const again = new Trial("small files, again", share);
  await lab.interleave("hash", again);
  const name = `hash: ${files.toLocaleString("en")} small files`;
  return [
    measured(`${name}, first time`, units.seconds, [first]),
    measured(`${name}, unchanged`, units.seconds, again.figures, { atMost: 5 }),
  ];
}
