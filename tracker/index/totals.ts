import type { Holder } from "./file_index.ts";

/** What a session holds. */
export interface Totals {
  files: number;
  /** Their bytes, which can be more than a number counts exactly. */
  bytes: bigint;
}

/** Bytes as they are told: at most the largest number that is exact. */
export function toldBytes(bytes: bigint): number {
  return Math.min(Number(bytes), Number.MAX_SAFE_INTEGER);
}

/** What each session holds, as a store has said last. */
export class SessionTotals {
  readonly #totals = new Map<Holder, Totals>();

  set(holder: Holder, totals: Totals): void {
    this.#totals.set(holder, totals);
  }

  delete(holder: Holder): void {
    this.#totals.delete(holder);
  }

  clear(): void {
    this.#totals.clear();
  }

  /** What a session holds, as it is told. */
  of(holder: Holder): { files: number; bytes: number } {
    const { files, bytes } = this.#totals.get(holder) ?? { files: 0, bytes: 0n };
    return { files, bytes: toldBytes(bytes) };
  }
}
