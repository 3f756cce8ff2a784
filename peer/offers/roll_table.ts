import { printable } from "../../shared/mod.ts";
import { distinctName } from "../records.ts";
import type { Entry, Roll } from "./roll.ts";

/** Which peers come first where not all have room: those of whom there is something to see. */
const order: readonly Entry["answer"][] = ["accepted", "failed", "declined", "offered", "done"];

/**
 * A roll as lines for a terminal: a line a peer, and one that sums it up.
 *
 * @param size bytes of the file
 * @param most lines that there is room for; those of peers that have none are counted
 */
export function rollTable(roll: Roll, size: number, most: number): string[] {
  const all = roll.entries;
  const room = Math.max(0, most - 1);
  const shown = all.length <= room ? all : byOrder(all).slice(0, Math.max(0, room - 1));
  const names = shown.map((entry) => distinctName(entry, all));
  const width = Math.max(0, ...names.map((name) => [...name].length));
  const lines = shown.map((entry, at) =>
    [
      (names[at] ?? "").padEnd(width),
      printable(entry.address).padEnd(15),
      describe(entry, size),
    ].join("  ")
  );
  const hidden = all.length - shown.length;
  return [...lines, ...(hidden > 0 ? [`... and ${hidden} more`] : []), sum(roll)];
}

/** How far a peer is. */
export function describe({ answer, verified }: Entry, size: number): string {
  if (answer !== "accepted" || verified === 0 || size === 0) return answer;
  return `${Math.floor((100 * verified) / size)} %`;
}

function byOrder(entries: readonly Entry[]): Entry[] {
  return order.flatMap((answer) => entries.filter((entry) => entry.answer === answer));
}

function sum(roll: Roll): string {
  const count = (answer: Entry["answer"]): number => roll.count(answer);
  const all = roll.entries.length;
  return `${count("done")} of ${all} ${all === 1 ? "peer has" : "peers have"} it; ` +
    `${count("accepted")} on the way, ${count("declined")} declined, ${count("failed")} failed, ` +
    `${count("offered")} undecided`;
}
