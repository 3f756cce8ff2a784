import { LanyardError } from "../../shared/mod.ts";

/** The list that was shown last, so that its numbers can be typed. Numbers begin with 1. */
export class Numbered<T> {
  readonly #what: string;
  readonly #how: string;
  #items: readonly T[] = [];

  /**
   * @param what what is in it: `file`
   * @param how what makes a list: `search TEXT`
   */
  constructor(what: string, how: string) {
    this.#what = what;
    this.#how = how;
  }

  /** What was shown last. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** Says that these are shown now. */
  show(items: readonly T[]): void {
    this.#items = items;
  }

  /**
   * What a number stands for; nothing if the text is none.
   *
   * @throws {LanyardError} `not-found` if no list has that number.
   */
  take(text: string): T | undefined {
    if (!isNumber(text)) return undefined;
    const item = this.#items[Number(text) - 1];
    if (item !== undefined) return item;
    const { length } = this.#items;
    throw new LanyardError(
      "not-found",
      length === 0
        ? `No ${this.#what} has a number yet; to see some, type: ${this.#how}`
        : `No ${this.#what} has the number ${text}; the last list goes from 1 to ${length}`,
    );
  }
}

/** Whether a text is a number of a list. */
export function isNumber(text: string): boolean {
  return /^\d{1,7}$/.test(text);
}
