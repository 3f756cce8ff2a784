import { assertLess } from "@std/assert";
import { within } from "./waiting.ts";

/** Milliseconds in which a well-behaved client has to be served, whatever others do. */
const patience = 1000;
/** Milliseconds between two requests of it. */
const pause = 50;
/** Milliseconds between looks at whether this machine lets us run. */
const beat = 10;

/**
 * A well-behaved client that asks again and again, and notes how long it had to wait. Time in which
 * the machine did not even let the test itself run is nobody's fault, and not counted.
 */
export class Witness implements AsyncDisposable {
  readonly #asking: Promise<void>;
  #stopped = false;
  #worst = 0;
  #asked = 0;
  #beatAt = performance.now();
  #held = 0;
  readonly #heart = setInterval(() => this.#feel(), beat);

  /** @param ask asks something, and fails if the answer is not the right one */
  constructor(ask: () => Promise<void>) {
    this.#asking = this.#ask(ask);
    this.#asking.catch(() => {}); // Told by `wasServed`.
  }

  /** Ends the asking; fails unless everything was answered rightly and in time. */
  async wasServed(): Promise<void> {
    this.#stopped = true;
    await this.#asking;
    const worst = Math.round(this.#worst);
    assertLess(worst, patience, `The slowest of ${this.#asked} answers took ${worst} ms`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#heart);
    await this.#asking.catch(() => {});
  }

  /** Adds up how much later than it should this test's own turn came. */
  #feel(): void {
    const now = performance.now();
    this.#held += Math.max(0, now - this.#beatAt - 2 * beat);
    this.#beatAt = now;
  }

  async #ask(ask: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      const start = performance.now();
      const held = this.#held;
      // So much patience only serves to know the time that it takes in the end.
      await within(ask(), 30 * patience);
      this.#feel();
      this.#worst = Math.max(this.#worst, performance.now() - start - (this.#held - held));
      this.#asked++;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
