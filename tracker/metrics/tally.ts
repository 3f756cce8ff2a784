/** Counts for each of a few names, which are known when the program is written. */
export class Tally<K extends string> {
  readonly #counts: Map<K, number>;

  /** @param from what is told also as long as it is zero */
  constructor(from: Iterable<K> = []) {
    this.#counts = new Map([...from].map((name) => [name, 0]));
  }

  /** Adds to the count of a name. */
  add(name: K, more = 1): void {
    this.#counts.set(name, this.get(name) + more);
  }

  /** The count of a name. */
  get(name: K): number {
    return this.#counts.get(name) ?? 0;
  }

  [Symbol.iterator](): Iterator<[K, number]> {
    return this.#counts.entries();
  }
}
