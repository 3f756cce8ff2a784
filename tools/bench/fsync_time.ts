import { join } from "@std/path";
import { Child } from "./child.ts";
import type { Lab } from "./lab.ts";
import { missing } from "./rivals/tool.ts";

/** A command's time, and how much of it went by while something was being forced to the disk. */
export interface Traced {
  seconds: number;
  /** Seconds in which at least one `fsync` was under way. */
  fsync: number;
  /** How often `fsync` was called. */
  calls: number;
}

/** Why `fsync` cannot be measured here; nothing if it can. */
export const noTrace = missing("strace");

/** Runs a command under `strace`, which stops it only for the calls that are looked for. */
export async function traceFsync(lab: Lab, command: readonly string[]): Promise<Traced> {
  const output = join(lab.newFolder("trace"), "calls");
  const options = ["--seccomp-bpf", "-f", "-qq", "-ttt", "-T", "-o", output];
  await using child = new Child([
    "strace",
    ...options,
    "-e",
    "trace=fsync,fdatasync",
    ...command,
  ]);
  const seconds = await child.succeed();
  const spans = fsyncSpans(await Deno.readTextFile(output));
  return { seconds, fsync: covered(spans), calls: spans.length };
}

/** When a call began and ended, in seconds. */
export type Span = readonly [start: number, end: number];

/**
 * The calls in what `strace -f -ttt -T` wrote. A call that others came between is on two lines, and
 * says how long it took on the second.
 */
export function fsyncSpans(trace: string): Span[] {
  const started = new Map<string, number>();
  return trace.split("\n").flatMap((line): Span[] => {
    const [, thread = "", time, rest = ""] = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line) ?? [];
    if (rest.endsWith("<unfinished ...>")) {
      started.set(thread, Number(time));
      return [];
    }
    const [, took] = /<(\d+\.\d+)>$/.exec(rest) ?? [];
    if (took === undefined) return [];
    const start = rest.startsWith("<...") ? started.get(thread) : Number(time);
    return start === undefined ? [] : [[start, start + Number(took)]];
  });
}

/** Seconds that lie in at least one of some spans. */
export function covered(spans: readonly Span[]): number {
  let total = 0;
  let reached = -Infinity;
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    total += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return total;
}
