/**
 * A text that is looked for in others, however these repeat themselves: by the algorithm of Knuth,
 * Morris and Pratt (SIAM J. Comput. 6, 1977).
 */
export class Pattern {
  readonly #units: Uint16Array;
  /** Of each beginning of the text, how much of its end is a shorter beginning. */
  readonly #borders: Uint16Array;

  /** @param text of at least one and fewer than 65,536 characters (UTF-16) */
  constructor(text: string) {
    const { length } = text;
    this.#units = Uint16Array.from({ length }, (_, at) => text.charCodeAt(at));
    this.#borders = new Uint16Array(length);
    for (let at = 1, same = 0; at < length; at++) {
      same = this.#next(same, this.#units[at] ?? 0);
      this.#borders[at] = same;
    }
  }

  /** Whether it is in a part of some characters. */
  isIn(units: Uint8Array | Uint16Array, start: number, end: number): boolean {
    const { length } = this.#units;
    for (let at = start, same = 0; at < end; at++) {
      same = this.#next(same, units[at] ?? 0);
      if (same === length) return true;
    }
    return false;
  }

  /** How much of the beginning ends with a character, if so much of it ends before that. */
  #next(before: number, unit: number): number {
    let same = before;
    while (same > 0 && this.#units[same] !== unit) same = this.#borders[same - 1] ?? 0;
    return this.#units[same] === unit ? same + 1 : same;
  }
}
