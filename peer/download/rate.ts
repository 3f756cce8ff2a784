/** Milliseconds over which a rate is averaged: long enough to be steady, short enough to follow. */
const memory = 2000;

/** A rate in units a second, weighing the last two seconds most. */
export class Rate {
  #value = 0;
  #pending = 0;
  #since: number;

  /** @param now ms of any clock that does not go back. */
  constructor(now: number) {
    this.#since = now;
  }

  /** Counts `amount` units at `now`. */
  add(amount: number, now: number): void {
    this.#pending += amount;
    const elapsed = now - this.#since;
    if (elapsed < 50) return; // Too short to say anything.
    const weight = Math.min(1, elapsed / memory);
    const current = (this.#pending * 1000) / elapsed;
    this.#value = this.#value === 0 ? current : this.#value * (1 - weight) + current * weight;
    this.#pending = 0;
    this.#since = now;
  }

  /** Units a second. */
  get value(): number {
    return this.#value;
  }
}
