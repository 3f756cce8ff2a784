import { assertLess } from "@std/assert";
import { within } from "./waiting.ts";

/** Milliseconds in which a well-behaved client has to be served, whatever others do. */
const patience = 1000;
/** Milliseconds between two requests of it. */
const pause = 50;

/** A well-behaved client that asks again and again, and notes how long it had to wait. */
export class Witness implements AsyncDisposable {
  readonly #asking: Promise<void>;
  #stopped = false;
  #worst = 0;
  #asked = 0;

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
    await this.#asking.catch(() => {});
  }

  async #ask(ask: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      const start = performance.now();
      // So much patience only serves to know the time that it takes in the end.
      await within(ask(), 30 * patience);
      this.#worst = Math.max(this.#worst, performance.now() - start);
      this.#asked++;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
