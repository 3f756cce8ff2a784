/** Wrong keys of one source within the window after which it is locked out. */
const mostWrong = 5;
/** Milliseconds in which they count together, and for which it is locked out then. */
const window = 60 * 1000;

/** What is known of a source that showed a wrong key. */
interface Guesser {
  /** When it showed the wrong keys that count. */
  wrong: number[];
  lockedUntil: number;
}

/**
 * Counts wrong keys by source, so that nobody can try key after key. A machine with several people
 * at it is locked out for no longer than a coffee takes. Times are in ms of one clock.
 */
export class Guesses {
  /** In the order of their latest wrong keys. */
  readonly #guessers = new Map<string, Guesser>();

  /** Sources that are remembered. */
  get size(): number {
    return this.#guessers.size;
  }

  /** Whether every key from a source is refused now. */
  isLockedOut(source: string, now: number): boolean {
    return (this.#guessers.get(source)?.lockedUntil ?? -Infinity) > now;
  }

  /** Counts a wrong key; those of a source that is locked out make it no longer. */
  countWrong(source: string, now: number): void {
    if (this.isLockedOut(source, now)) return;
    this.#forget(now);
    const earlier = this.#guessers.get(source)?.wrong ?? [];
    const wrong = [...earlier.filter((at) => now - at < window), now];
    this.#guessers.delete(source);
    this.#guessers.set(
      source,
      wrong.length < mostWrong
        ? { wrong, lockedUntil: -Infinity }
        : { wrong: [], lockedUntil: now + window },
    );
  }

  /** Drops the sources whose last wrong key counts no more. */
  #forget(now: number): void {
    for (const [source, { wrong, lockedUntil }] of this.#guessers) {
      if (now < lockedUntil || now - (wrong.at(-1) ?? -Infinity) < window) return;
      this.#guessers.delete(source);
    }
  }
}
