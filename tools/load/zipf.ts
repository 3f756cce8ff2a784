/**
 * Ranks as words have them in a language: the one of rank `r` (from 0) is drawn in proportion to
 * `1 / (r + shift)`.
 */
export class Zipf {
  readonly #sums: Float64Array;

  /**
   * @param count how many ranks there are
   * @param shift above 0; the greater, the less stand the first ranks out
   */
  constructor(count: number, shift = 4) {
    this.#sums = new Float64Array(count);
    let sum = 0;
    for (let rank = 0; rank < count; rank++) this.#sums[rank] = sum += 1 / (rank + shift);
  }

  /** The rank at a place from 0 to 1 (1 excluded) of all that are drawn. */
  rankAt(place: number): number {
    const wanted = place * (this.#sums.at(-1) ?? 0);
    let [low, high] = [0, this.#sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
