import { assertLess } from "@std/assert";
import { within } from "./waiting.ts";

/** Milliseconds in which a well-behaved client is usually served, whatever others do. */
const usual = 1000;
/** Milliseconds in which it is served in any case: as long as a remote that is silent is waited for. */
const longest = 10_000;
/** Milliseconds between two requests of it. */
const pause = 50;
/** Milliseconds between looks at whether this machine lets us run. */
const beat = 10;

/**
 * A well-behaved client that asks again and again, and notes how long it had to wait. Time in which
 * the machine did not even let the test itself run is nobody's fault, and not counted. As it may
 * keep the program from running as well, only every other answer has to come soon, but none may take
 * so long that others had to be given up for it.
 */
export class Witness implements AsyncDisposable {
  readonly #asking: Promise<void>;
  #stopped = false;
  readonly #waits: number[] = [];
  #beatAt = performance.now();
  #held = 0;
  readonly #heart = setInterval(() => this.#feel(), beat);

  /** @param ask asks something, and fails if the answer is not the right one */
  constructor(ask: () => Promise<void>) {
    this.#asking = this.#ask(ask);
    this.#asking.catch(() => {}); // Told by `wasServed`.
  }

  /** Ends the asking; fails unless everything was answered rightly, and usually in time. */
  async wasServed(): Promise<void> {
    this.#stopped = true;
    await this.#asking;
    const waits = this.#waits.toSorted((a, b) => a - b).map(Math.round);
    const median = waits[Math.floor(waits.length / 2)] ?? 0;
    const slowest = waits.at(-1) ?? 0;
    const told = `${waits.length} answers: usually ${median} ms, at most ${slowest} ms`;
    assertLess(median, usual, told);
    assertLess(slowest, longest, told);
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
      await within(ask());
      this.#feel();
      this.#waits.push(performance.now() - start - (this.#held - held));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
