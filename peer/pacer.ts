import { pause } from "./pause.ts";

/** Seconds of the rate that may be caught up on after a pause: short, so that bursts stay small. */
const burstSeconds = 0.1;
/** Milliseconds below which waiting is not worth a timer, which takes two at least. */
const shortestWait = 2;

/** What a pacer needs of the machine, so that tests can move time. */
export interface PacerClock {
  /** Milliseconds of a clock that does not go back. */
  now(): number;
  wait(ms: number): Promise<void>;
}

const systemClock: PacerClock = {
  now: () => performance.now(),
  wait: pause,
};

/**
 * Holds a stream of bytes to a rate. It keeps to a schedule rather than sleeping for each chunk, so
 * that coarse timers do not add up; everybody who shares a pacer shares its rate in turns.
 */
export class Pacer {
  /** Bytes that are worth pacing at once: a few milliseconds' worth, so that nobody waits long. */
  readonly slice: number;
  readonly #rate: number;
  readonly #clock: PacerClock;
  /** When the bytes so far are due, in ms. */
  #due: number;

  /** @param rate bytes a second. */
  constructor(rate: number, clock: PacerClock = systemClock) {
    this.#rate = rate;
    this.#clock = clock;
    this.#due = clock.now();
    this.slice = Math.max(4 * 1024, Math.min(64 * 1024, Math.round(rate / 100)));
  }

  /** Waits until `bytes` more may pass. */
  async pace(bytes: number): Promise<void> {
    const now = this.#clock.now();
    this.#due = Math.max(this.#due, now - burstSeconds * 1000) + (bytes * 1000) / this.#rate;
    if (this.#due - now >= shortestWait) await this.#clock.wait(this.#due - now);
  }
}
