import type { Bench, Measured } from "../bench.ts";
import { cpuOfBoth, type Download, download, mostMemory } from "../download.ts";
import type { Lab } from "../lab.ts";
import { startShare, startTracker, Visitor, type Way } from "../lanyard.ts";
import { randomFile } from "../material.ts";
import { compared, measured, type Result } from "../result.ts";
import { Trial } from "../trial.ts";
import { units } from "../units.ts";

/** What encryption costs. */
export const encrypted: Bench = {
  name: "encrypted",
  about: "a large file from one source over TLS, against the same without",
  run,
};

async function run(lab: Lab): Promise<Measured> {
  const source = randomFile(lab.newFolder("encrypted"), "encrypted.bin", lab.sizes.file);
  await using parts = new AsyncDisposableStack();
  const ours = await trialOf(lab, source, "encrypted", parts);
  const plain = await trialOf(lab, source, "plain", parts);
  await lab.interleave("encrypted", ours, plain);
  return { results: results(lab, ours.figures, plain.figures) };
}

/** Each way has a tracker of its own: through one, who encrypts would copy from both shares. */
async function trialOf(
  lab: Lab,
  source: string,
  way: Way,
  parts: AsyncDisposableStack,
): Promise<Trial<Download>> {
  const tracker = parts.use(await startTracker(lab));
  const share = parts.use(await startShare(lab, tracker, source, { way }));
  const visitor = await Visitor.arrive(lab, tracker, way);
  return new Trial(`peer get, ${way}`, async () => {
    const copied = await download(lab, source, share.child, visitor);
    if (copied.encrypted !== (way === "encrypted")) throw new Error(`It did not go ${way}`);
    return copied;
  });
}

function results(lab: Lab, ours: readonly Download[], plain: readonly Download[]): Result[] {
  const name = `encrypted: ${units.mebibytes(lab.sizes.file)}`;
  const { seconds, megabytes } = units;
  const against = (
    what: string,
    of: (download: Download) => number,
    budget?: { atMost: number },
  ): Result => compared(`${name}, ${what}`, seconds, ours.map(of), plain.map(of), budget);
  return [
    against("start to exit (÷ plain)", (one) => one.seconds, { atMost: 1.3 }),
    against("first request to file in place (÷ plain)", (one) => one.told),
    against("processor time of both sides (÷ plain)", cpuOfBoth),
    against("processor time of the receiver (÷ plain)", ({ receiver }) => receiver.cpu),
    against("processor time of the sender (÷ plain)", ({ sender }) => sender.cpu),
    ...(["receiver", "sender"] as const).map((side) =>
      measured(
        `${name}, peak memory of the ${side}`,
        megabytes,
        ours.map((one) => one[side].peak),
        {
          atMost: mostMemory,
        },
      )
    ),
  ];
}
