import type { Measured } from "./bench.ts";
import { asMarkdown } from "./table.ts";

/** What the document says of a run. */
export interface Run {
  machine: readonly [name: string, value: string][];
  rounds: number;
  /** Whether the executables were measured. */
  executables: boolean;
  measured: readonly Measured[];
}

/** `docs/BENCHMARKS.md`. */
export function asDocument({ machine, rounds, executables, measured }: Run): string {
  const what = executables ? "the executables in `dist/`" : "the programs as `deno run` runs them";
  const appendices = measured.map(({ appendix }) => appendix)
    .filter((appendix) => appendix !== undefined);
  return `# Benchmarks

Written by \`deno task bench --markdown\`, which measures ${what}. Ours and
theirs take turns on the same machine over loopback, round after round.
A figure is the median of ${rounds}, a ratio the median of the ratios of each round. Ratios travel from machine to machine, seconds do not.

Before each phase the files are in the page cache, nothing waits to be written to the disk, and
memory for what will be written was touched and freed. Every copy is compared with its original.
Memory is the kernel's high-water mark of resident memory in the phase. Time under fsync is seen by
\`strace\` in runs of their own; other tools than ours do not wait for the disk.

| machine | |
| --- | --- |
${machine.map(([name, value]) => `| ${name} | ${value} |`).join("\n")}

## Results

${asMarkdown(measured.flatMap(({ results }) => results))}
${appendices.length === 0 ? "" : "\n## Other programs\n"}${
    appendices.map((appendix) => `\n${appendix}\n`).join("")
  }`;
}
