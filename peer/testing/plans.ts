/** Plans and piece sets for tests. */
import { PieceSet } from "../download/piece_set.ts";
import { Plan, type PlanOptions, type Run } from "../download/plan.ts";

/** A piece comes from a source and is right. */
export function arrive(plan: Plan, source: number, piece: number): void {
  plan.arrived(source, piece);
  plan.verify(piece);
}

/** What a source is asked for, request by request. */
export function take(plan: Plan, source: number, times: number): number[][] {
  return Array.from({ length: times }, () => piecesOf(plan.assign(source)));
}

function piecesOf(run: Run | undefined): number[] {
  return run === undefined ? [] : Array.from({ length: run.count }, (_, at) => run.first + at);
}

/** Those pieces of a file of `size`. */
export function setOf(size: number, pieces: readonly number[]): PieceSet {
  const set = new PieceSet(size);
  for (const piece of pieces) set.add(piece);
  return set;
}

/** A plan with plain options where a test has none. */
export function planOf(
  options: Partial<PlanOptions> & { pieces: number },
  verified?: PieceSet,
): Plan {
  return new Plan({
    stretch: 16,
    request: 1,
    inOrder: false,
    random: () => 0.99,
    now: () => 0,
    ...options,
  }, verified);
}
