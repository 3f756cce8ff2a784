/** Milliseconds of work without a pause after which everybody else gets a turn. */
const longest = 20;
/** Milliseconds without work that are a pause. */
const pause = 1;

/**
 * Lets those who are served in one thread take turns. Deno gives what has come already at once, so
 * whoever serves a remote that always has something to say never waits, and no other remote is even
 * heard. So whoever has served something asks here whether to go on.
 */
export class Turns {
  readonly #now: () => number;
  readonly #later: (task: () => void) => void;
  readonly #waiting: (() => void)[] = [];
  /** When the work under way began, and when some of it ended last. */
  #since = -Infinity;
  #end = -Infinity;

  /**
   * @param now ms of a clock that only goes forward
   * @param later does something when all that has come meanwhile is heard
   */
  constructor(
    now: () => number = () => performance.now(),
    later: (task: () => void) => void = (task) => void setTimeout(task),
  ) {
    this.#now = now;
    this.#later = later;
  }

  /** Says that something is served now. */
  begin(): void {
    const now = this.#now();
    if (now - this.#end > pause) this.#since = now;
  }

  /** Says that it is done. Resolves when it is somebody's turn again. */
  async end(): Promise<void> {
    this.#end = this.#now();
    if (this.#end - this.#since < longest) return;
    await new Promise<void>((resolve) => {
      if (this.#waiting.push(resolve) === 1) this.#later(() => this.#next());
    });
  }

  #next(): void {
    this.#since = this.#now();
    this.#end = this.#since;
    for (const goOn of this.#waiting.splice(0)) goOn();
  }
}
