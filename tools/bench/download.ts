import { basename, join } from "@std/path";
import type { Child } from "./child.ts";
import type { Lab } from "./lab.ts";
import type { Visitor } from "./lanyard.ts";
import { assertSameFile } from "./material.ts";
import { measure, type Phase } from "./phase.ts";

/** A download of ours, and what it said of itself. */
export interface Download extends Phase {
  /** Seconds from the first request to the file in place. */
  told: number;
  /** Whether every byte came encrypted. */
  encrypted: boolean;
}

/** Copies a large file from the one peer that shares it, and compares the copy with it. */
export async function download(
  lab: Lab,
  source: string,
  sender: Child,
  visitor: Visitor,
): Promise<Download> {
  const output = lab.newFolder("out");
  await lab.settle(lab.sizes.file, source);
  let told = NaN;
  let encrypted = false;
  const phase = await measure(
    () => visitor.get(basename(source), output),
    sender,
    async (child) => {
      const done = await child.event("done");
      told = Number(done["seconds"]);
      encrypted = done["encrypted"] === true;
    },
  );
  await assertSameFile(join(output, basename(source)), source);
  Deno.removeSync(output, { recursive: true }); // One large file: it does no harm to the next phases.
  return { ...phase, told, encrypted };
}

/** Seconds of processor time of both sides. */
export function cpuOfBoth({ receiver, sender }: Phase): number {
  return receiver.cpu + sender.cpu;
}

/** Most memory that either side may take, in bytes. */
export const mostMemory = 150e6;
