/** Seconds that are looked back. */
const window = 60;

/** How often something happened in the last minute. It takes as little memory as nothing. */
export class LastMinute {
  readonly #now: () => number;
  /** How often in each of the last seconds; a second is found at its remainder by `window`. */
  readonly #seconds = new Array<number>(window).fill(0);
  #latest: number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number) {
    this.#now = now;
    this.#latest = this.#second();
  }

  /** It has happened once more. */
  add(): void {
    this.#forget();
    const at = this.#latest % window;
    this.#seconds[at] = (this.#seconds[at] ?? 0) + 1;
  }

  /** How often it happened. */
  get count(): number {
    this.#forget();
    return this.#seconds.reduce((sum, count) => sum + count, 0);
  }

  #second(): number {
    return Math.floor(this.#now() / 1000);
  }

  /** The places of the seconds since the latest one held what is a minute old now. */
  #forget(): void {
    const now = this.#second();
    for (let second = Math.max(this.#latest + 1, now - window + 1); second <= now; second++) {
      this.#seconds[second % window] = 0;
    }
    this.#latest = now;
  }
}
