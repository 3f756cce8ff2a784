import { compareKeys } from "./cursor.ts";
import type { Ranked } from "./cut_page.ts";
import { totalCountedTo } from "./file_index.ts";
import type { Tier } from "./search_terms.ts";

/** Results looked at per tier: nobody pages through more, and a common word stays cheap. */
export const candidatesPerTier = 1000;

/** Numbers in the key of a result: tier, sources, age, serial number. */
export const rankLength = 4;

/** The results of a search, tier after tier, as far as a page and its total need them. */
export class RankedNames {
  /** By their serial numbers; the best first when a step is over. */
  readonly found: Ranked<number>[] = [];
  readonly #inTier: Record<Tier, number> = { 0: 0, 1: 0, 2: 0, 3: 0 };

  /** Adds an entry, unless its tier is full. @param newest when the latest copy was modified */
  add(tier: Tier, serial: number, sources: number, newest: number): void {
    if (this.isFull(tier)) return;
    this.#inTier[tier]++;
    this.found.push({ key: [tier, -sources, -newest, serial], at: serial });
  }

  isFull(tier: Tier): boolean {
    return this.#inTier[tier] === candidatesPerTier;
  }

  /**
   * Sorts what one step has found. What the next would find is worse.
   *
   * @param after the key behind which the page begins
   * @returns whether nothing more is needed.
   */
  endStep(limit: number, after: readonly number[] | undefined): boolean {
    this.found.sort((a, b) => compareKeys(a.key, b.key));
    if (this.found.length < totalCountedTo) return false;
    const behind = after === undefined
      ? this.found.length
      : this.found.filter(({ key }) => compareKeys(key, after) > 0).length;
    return behind > limit;
  }
}
