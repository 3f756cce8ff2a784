/** Counts for each of a few names, which are known when the program is written. */
export class Tally<K extends string> {
  readonly #counts: Map<K, number>;

  /** @param names all of them: what is zero is told, too, or its first one would not be seen */
  constructor(names: Iterable<K>) {
    this.#counts = new Map([...names].map((name) => [name, 0]));
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
