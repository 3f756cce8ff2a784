import { type LanyardError, pieceLength, type Source } from "../../shared/mod.ts";
import { Rate } from "./rate.ts";

/** A source in a swarm, and how it has done so far. */
export interface Member {
  readonly number: number;
  readonly source: Source;
  readonly rate: Rate;
  /** Counts connections, so that what belongs to an earlier one can be told. */
  attempt: number;
  /** Failed connections in a row. */
  failures: number;
  /** Whether it was given up. */
  given: boolean;
  /** Whether anything came from it. */
  contributed: boolean;
  /** What it sent was wrong: that is why it fails, whatever it or the connection says next. */
  lied?: LanyardError;
}

/** A source that was not tried yet. */
export function newMember(number: number, source: Source): Member {
  const rate = new Rate(performance.now());
  return { number, source, rate, attempt: 0, failures: 0, given: false, contributed: false };
}

/** How fast a source is, in pieces of a file of that size. */
export function piecesASecond({ rate }: Member, size: number): number {
  return rate.value / pieceLength(size);
}
