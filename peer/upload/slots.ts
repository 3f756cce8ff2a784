/** A number of places; whoever comes when all are taken waits in line. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param count places; `Infinity` never makes anybody wait. */
  constructor(count: number) {
    this.#free = count;
  }

  /** Does `work` in a place of its own. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes to the first in line, if there is a line.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
