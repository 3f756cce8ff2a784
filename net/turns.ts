import { setImmediate } from "node:timers";

/** Milliseconds of work after which everybody else is heard, which takes one or two. */
const longest = 50;
/** Milliseconds of work before the next one goes on: what is made together is sent together. */
const share = 2;

/** Milliseconds of work for those who leave, after which everybody else is heard. */
const lastShare = 1;

/** What a thread can do about its future. */
export interface Thread {
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /** Does something when all that waits for nothing is done. */
  next(task: () => void): void;
  /** Does something when, after that, all that has come is heard; unless it is cancelled before. */
  later(task: () => void): () => void;
}

const thisThread: Thread = {
  now: () => performance.now(),
  next: (task) => void setImmediate(task),
  later: (task) => {
    const timer = setTimeout(task);
    return () => clearTimeout(timer);
  },
};

/**
 * Lets those who are served in one thread take turns. Deno gives what has come already at once, so
 * serving a remote that always has something to say would never end, and no other remote would even
 * be heard.
 */
export class Turns {
  readonly #thread: Thread;
  readonly #waiting: (() => void)[] = [];
  readonly #leaving: (() => void)[] = [];
  /** Milliseconds of work since everybody was heard. */
  #worked = 0;
  /** Of these, since somebody else went on. */
  #shared = 0;
  #cancel = (): void => {};
  /** Milliseconds of work for those who left, since everybody was heard. */
  #left = 0;

  constructor(thread: Thread = thisThread) {
    this.#thread = thread;
  }

  /** Does some work for a remote, and resolves when more may be done for it. */
  async take<T>(work: () => Promise<T> | T): Promise<T> {
    const start = this.#thread.now();
    try {
      return await work();
    } finally {
      const took = this.#thread.now() - start;
      this.#worked += took;
      this.#shared += took;
      const isOver = this.#waiting.length > 0 && this.#shared >= share;
      if (this.#isLong || isOver) await this.#wait();
    }
  }

  /**
   * Does the last work for a remote when it is its turn. Thousands may come to their end at the
   * same time: in between all others are heard, again and again.
   *
   * @param work returns when nothing is left to do but to wait, and throws nothing
   */
  leave(work: () => void): void {
    this.#leaving.push(work);
    if (this.#leaving.length === 1) this.#letLeave();
  }

  get #isLong(): boolean {
    return this.#worked >= longest;
  }

  #letLeave(): void {
    let done = 0;
    for (; done < this.#leaving.length && this.#left < lastShare; done++) {
      const start = this.#thread.now();
      this.#leaving[done]?.();
      this.#left += this.#thread.now() - start;
    }
    this.#leaving.splice(0, done);
    if (this.#leaving.length === 0) return;
    this.#thread.later(() => {
      this.#left = 0;
      this.#letLeave();
    });
  }

  async #wait(): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn.resolve);
    if (this.#isLong) {
      // A timer that is due already would let nobody be heard before it, so it is set anew.
      this.#cancel();
      this.#cancel = this.#thread.later(() => {
        this.#worked = 0;
        this.#goOn();
      });
    } else this.#handOver();
    await turn.promise;
  }

  #handOver(): void {
    this.#shared = 0;
    this.#waiting.shift()?.();
  }

  /** One goes on, and hands over when it has served something; if it has nothing to do, the next. */
  #goOn(): void {
    if (this.#isLong || this.#waiting.length === 0) return;
    this.#handOver();
    this.#thread.next(() => this.#goOn());
  }
}
