/** Milliseconds of work after which everybody else is heard, which takes one or two. */
const longest = 50;

/**
 * Lets those who are served in one thread take turns. Deno gives what has come already at once, so
 * serving a remote that always has something to say would never end, and no other remote would even
 * be heard.
 */
export class Turns {
  readonly #now: () => number;
  readonly #later: (task: () => void) => () => void;
  readonly #waiting: (() => void)[] = [];
  /** Milliseconds of work in this turn. */
  #worked = 0;
  #cancel = (): void => {};

  /**
   * @param now ms of a clock that only goes forward
   * @param later does something when all that has come is heard, unless it is cancelled before
   */
  constructor(
    now: () => number = () => performance.now(),
    later: (task: () => void) => () => void = soon,
  ) {
    this.#now = now;
    this.#later = later;
  }

  /** Does some work for a remote, and resolves when more may be done for it. */
  async take<T>(work: () => Promise<T> | T): Promise<T> {
    const start = this.#now();
    try {
      return await work();
    } finally {
      this.#worked += this.#now() - start;
      if (this.#isLong || this.#waiting.length > 0) await this.#wait();
    }
  }

  get #isLong(): boolean {
    return this.#worked >= longest;
  }

  async #wait(): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn.resolve);
    if (!this.#isLong) this.#waiting.shift()?.();
    // A timer that is due already would let nobody be heard before it, so it is set anew.
    this.#cancel();
    this.#cancel = this.#later(() => this.#begin());
    await turn.promise;
  }

  /** One goes on, and hands over to the next; or else, if it has nothing to do, that one begins. */
  #begin(): void {
    this.#worked = 0;
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) this.#cancel = this.#later(() => this.#begin());
  }
}

function soon(task: () => void): () => void {
  const timer = setTimeout(task);
  return () => clearTimeout(timer);
}
