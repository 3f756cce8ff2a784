/** Moves `performance.now` forward, so that a test need not wait for time to pass. */
export class MovedClock implements Disposable {
  readonly #real = performance.now;
  #ahead = 0;

  constructor() {
    performance.now = () => this.#real.call(performance) + this.#ahead;
  }

  /** Lets so many milliseconds pass at once. */
  forward(ms: number): void {
    this.#ahead += ms;
  }

  [Symbol.dispose](): void {
    performance.now = this.#real;
  }
}
