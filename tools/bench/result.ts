import { median } from "./statistics.ts";
import type { Unit } from "./units.ts";

/** What a figure should be at most or at least. */
export type Budget = { atMost: number } | { atLeast: number };

/** A row of the table, written out. */
export interface Result {
  name: string;
  ours: string;
  theirs?: string;
  ratio?: string;
  budget?: string;
  verdict?: "ok" | "over";
}

/** Figures of ours alone, one a round; the budget is for their median. */
export function measured(
  name: string,
  unit: Unit,
  figures: readonly number[],
  budget?: Budget,
): Result {
  const ours = median(figures);
  return { name, ours: unit(ours), ...judged(ours, unit, budget) };
}

/**
 * Figures of ours and of another way, round by round; the budget is for the median ratio.
 *
 * @param theirs the figures, or why there are none
 */
export function compared(
  name: string,
  unit: Unit,
  ours: readonly number[],
  theirs: readonly number[] | string,
  budget?: Budget,
): Result {
  if (typeof theirs === "string") return { ...measured(name, unit, ours), theirs };
  const ratio = median(ours.map((figure, round) => figure / (theirs[round] ?? NaN)));
  return {
    name,
    ours: unit(median(ours)),
    theirs: unit(median(theirs)),
    ratio: ratio.toFixed(2),
    ...judged(Number(ratio.toFixed(2)), (limit) => `${limit.toFixed(2)} ×`, budget),
  };
}

/** Something that could not be measured here. */
export function skipped(name: string, reason: string): Result {
  return { name, ours: `skipped: ${reason}` };
}

/** The same without the budget. */
export function unjudged({ budget: _budget, verdict: _verdict, ...figures }: Result): Result {
  return figures;
}

function judged(
  value: number,
  unit: Unit,
  budget: Budget | undefined,
): Pick<Result, "budget" | "verdict"> {
  if (budget === undefined) return {};
  if ("atMost" in budget) {
    const { atMost } = budget;
    return { budget: `≤ ${unit(atMost)}`, verdict: value <= atMost ? "ok" : "over" };
  }
  const { atLeast } = budget;
  return { budget: `≥ ${unit(atLeast)}`, verdict: value >= atLeast ? "ok" : "over" };
}
