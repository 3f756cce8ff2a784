import { formatBytes, formatSeconds, printable } from "../output.ts";
import type { Outcome } from "./transfer.ts";

/** Bytes from which on a rate says something about the network. */
const rateWorthSaying = 1e6;

/** What came of a download, for people: where the file is, and how it came. */
export function describeDone(
  { path, received, sources }: Pick<Outcome, "path" | "received" | "sources">,
  size: number,
  seconds: number,
): string {
  const what = `${printable(path)}  ${formatBytes(size)}`;
  if (size === 0) return what;
  if (received === 0) return `${what}, already here`;
  const from = `${what} from ${sources === 1 ? "1 peer" : `${sources} peers`}`;
  if (received < rateWorthSaying) return from;
  const rate = formatBytes(received / Math.max(seconds, 0.001));
  return `${from} in ${formatSeconds(seconds)} (${rate}/s)`;
}
