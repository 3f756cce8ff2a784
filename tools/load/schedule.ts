import { setImmediate, setTimeout } from "node:timers/promises";

/**
 * When requests are due that come at a fixed rate, whether or not earlier ones are answered. What is
 * measured from these times is what somebody waits who comes then: a server that stops for a second
 * makes all wait who come in that second, and not only the one whose request it was.
 */
export class Schedule {
  /** Requests in all. */
  readonly count: number;
  readonly #gap: number;
  #next = 0;

  /**
   * @param rate requests a second
   * @param seconds for how long
   */
  constructor(rate: number, seconds: number) {
    this.count = Math.floor(rate * seconds);
    this.#gap = 1000 / rate;
  }

  /** Whether all requests were taken. */
  get isOver(): boolean {
    return this.#next >= this.count;
  }

  /** Milliseconds after the start at which the next request is due. */
  get nextDue(): number {
    return this.#next * this.#gap;
  }

  /** The requests that are due by now and were not taken before: their numbers and times, in ms. */
  *take(now: number): Generator<{ number: number; due: number }> {
    while (!this.isOver && this.nextDue <= now) {
      const due = this.nextDue;
      yield { number: this.#next++, due };
    }
  }
}

/** Milliseconds by which a timer may be late: for so long before its time it is waited without one. */
const timerSlack = 2;

/** Does what a schedule says, as punctually as other work permits. */
export async function follow(
  schedule: Schedule,
  request: (number: number, due: number) => void,
): Promise<void> {
  const start = performance.now();
  while (!schedule.isOver) {
    for (const { number, due } of schedule.take(performance.now() - start)) {
      request(number, start + due);
    }
    const wait = schedule.nextDue - (performance.now() - start) - timerSlack;
    await (wait > 0 ? setTimeout(wait) : setImmediate());
  }
}
