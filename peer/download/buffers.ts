/** A few large buffers that go round between the network and the writer. */
export class Buffers {
  readonly #length: number;
  readonly #free: ArrayBuffer[] = [];
  readonly #waiting: ((buffer: ArrayBuffer) => void)[] = [];
  #unmade: number;

  /**
   * @param length bytes of one buffer
   * @param total bytes of all of them; there are two at least
   */
  constructor(length: number, total: number) {
    this.#length = length;
    this.#unmade = Math.max(2, Math.floor(total / length));
  }

  /** A free buffer, as soon as there is one: this is what slows the network down to the disk. */
  take(): Promise<ArrayBuffer> | ArrayBuffer {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#unmade > 0) {
      this.#unmade--;
      return new ArrayBuffer(this.#length);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives a buffer back. */
  give(buffer: ArrayBuffer): void {
    const next = this.#waiting.shift();
    if (next !== undefined) next(buffer);
    else this.#free.push(buffer);
  }
}
