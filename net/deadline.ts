/**
 * A signal that is given after some time, unless it is disposed of before. One of
 * `AbortSignal.timeout` stays in memory until then, however soon what it was for is over.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;

  /** @param ms milliseconds until then */
  constructor(ms: number) {
    this.#timer = setTimeout(() => this.#controller.abort(late()), ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** What `AbortSignal.timeout` says. */
function late(): DOMException {
  return new DOMException("It took too long", "TimeoutError");
}
