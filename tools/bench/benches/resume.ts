import { basename, join } from "@std/path";
import type { Bench, Measured } from "../bench.ts";
import type { Lab } from "../lab.ts";
import { startShare, startTracker, Visitor } from "../lanyard.ts";
import { assertSameFile, randomFile } from "../material.ts";
import { measured } from "../result.ts";
import { Trial } from "../trial.ts";
import { units } from "../units.ts";

/** A download that is killed and taken up again. */
export const resume: Bench = {
  name: "resume",
  about: "what is copied again after a download was killed half-way",
  run,
};

async function run(lab: Lab): Promise<Measured> {
  const { file: bytes, resumeRate } = lab.sizes;
  const source = randomFile(lab.newFolder("resume"), "resume.bin", bytes);
  await using tracker = await startTracker(lab);
  // Slow enough for a kill to meet the half, since progress is told a few times a second.
  await using _share = await startShare(lab, tracker, source, {
    args: ["--limit-up", String(resumeRate)],
  });
  const visitor = await Visitor.arrive(lab, tracker);
  const trial = new Trial("kill and resume", () => movedAgain(lab, source, bytes, visitor));
  await lab.interleave("resume", trial);
  const name = `resume: ${units.mebibytes(bytes)}, share of the bytes moved after a kill at 50 %`;
  return { results: [measured(name, units.percent, trial.figures, { atMost: 0.52 })] };
}

/** The share of the bytes that the second run moves, as if the first one had got exactly half. */
async function movedAgain(
  lab: Lab,
  source: string,
  bytes: number,
  visitor: Visitor,
): Promise<number> {
  const output = lab.newFolder("out");
  await lab.settle(bytes, source);
  const name = basename(source);
  await using first = visitor.get(name, output);
  const { done } = await first.event("progress", ({ done }) => Number(done) >= bytes / 2);
  first.kill("SIGKILL");
  await first.stop();
  await using second = visitor.get(name, output);
  await second.succeed();
  const [{ received } = { received: NaN }] = second.events("done");
  await assertSameFile(join(output, name), source);
  Deno.removeSync(output, { recursive: true }); // One file does no harm to the next phases.
  return (Number(received) + Number(done)) / bytes - 0.5;
}
