import { units } from "../bench/units.ts";
import type { LatencySummary } from "./latencies.ts";
import type { LoadReport, Used } from "./run.ts";
import type { Vanishing } from "./vanishing.ts";

const { milliseconds, perSecond, megabytes } = units;

/** A report for people. */
export function asText({ announced, changed, searched }: LoadReport): string {
  const { sessions, files, seconds, filesPerSecond } = announced;
  return [
    `${count(files)} files of ${count(sessions)} peers in ${seconds.toFixed(1)} s: ` +
    `${perSecond(filesPerSecond)}${used(announced)}`,
    ...searches(searched),
    ...(changed > 0 ? [`${count(changed)} files changed meanwhile`] : []),
  ].join("\n");
}

/** What became of those who vanished, for people. */
export function vanishingAsText({ sessions, files, calm, cleaning }: Vanishing): string {
  return [
    `\n${count(sessions)} further peers with ${count(files)} files were there meanwhile:`,
    ...searches(calm),
    "\nthey vanished at once:",
    ...searches(cleaning),
  ].join("\n");
}

function searches(searched: LoadReport["searched"]): string[] {
  const { byKind, all, late, unanswered } = searched;
  const rows = Object.entries({ ...byKind, all, ...(late ? { "(sent late)": late } : {}) });
  return [
    `${perSecond(searched.perSecond)} searches${used(searched)}` +
    (unanswered > 0 ? `; ${unanswered} WITHOUT AN ANSWER` : ""),
    row("", ["count", "p50", "p90", "p99", "max"]),
    ...rows.map(([kind, latencies]) => row(kind, figures(latencies))),
  ];
}

function figures({ count: of, p50, p90, p99, max }: LatencySummary): string[] {
  return [count(of), ...[p50, p90, p99, max].map(milliseconds)];
}

function row(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(14)}${cells.map((cell) => cell.padStart(10)).join("")}`;
}

function used({ cpu, memory }: Used): string {
  return (cpu === null ? "" : `; ${cpu.toFixed(2)} processors`) +
    (memory === null ? "" : `; ${megabytes(memory)}`);
}

function count(value: number): string {
  return value.toLocaleString("en");
}
