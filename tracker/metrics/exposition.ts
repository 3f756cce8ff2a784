import type { Family, Sample } from "./family.ts";

/** The media type of what `exposition` returns. */
export const expositionType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Families in the text format of Prometheus, version 0.0.4.
 *
 * @throws {RangeError} if a name is none: a bug of ours.
 */
export function exposition(families: Iterable<Family>): string {
  return [...families].map(describe).join("");
}

function describe({ name, help, type, samples }: Family): string {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) throw new RangeError(`"${name}" is no name`);
  const text = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  const lines = samples.map((sample) => `${line(name, sample)}\n`);
  return `# HELP ${name} ${text}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function line(name: string, { labels = {}, value, suffix }: Sample): string {
  const pairs = Object.entries(labels).map(([key, of]) => `${key}="${escaped(of)}"`);
  const set = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
  return `${name}${suffix ?? ""}${set} ${written(value)}`;
}

function escaped(label: string): string {
  return label.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function written(value: number): string {
  return value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value);
}
