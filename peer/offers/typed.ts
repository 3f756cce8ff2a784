/** Lines kept that nobody has asked for yet: a script may write its answers in advance. */
const mostLines = 1000;
/** Characters of a line that are looked at. */
const longestLine = 1000;

const encoder = new TextEncoder();

/**
 * What is typed, or written into a pipe, line by line. It is read at once, so that its end is known
 * when it comes, and not when somebody is asked in vain.
 */
export class Typed implements AsyncIterable<Uint8Array> {
  readonly #lines: string[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #isOver = false;
  #changed = Promise.withResolvers<void>();

  constructor(input: AsyncIterable<Uint8Array>) {
    // A terminal that is gone has nothing more to say, like one that was closed.
    this.#read(input).catch(() => {});
  }

  /** Resolves when nothing more will be typed; what was may not be asked for yet. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Whether nobody will be answered any more. */
  get isOver(): boolean {
    return this.#isOver && this.#lines.length === 0;
  }

  /** Drops what was typed before there was a question: it is no answer. */
  forget(): void {
    this.#lines.length = 0;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) {
        this.#signal();
        yield encoder.encode(`${line}\n`);
      } else if (this.#isOver) return;
      else await this.#changed.promise;
    }
  }

  async #read(input: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for await (const bytes of input) {
        const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
        rest = lines.pop()?.slice(0, longestLine) ?? "";
        for (const line of lines) this.#lines.push(line.slice(0, longestLine));
        this.#signal();
        while (this.#lines.length >= mostLines) await this.#changed.promise;
      }
      if (rest !== "") this.#lines.push(rest); // The last line may have no end.
    } finally {
      this.#isOver = true;
      this.#ended.resolve();
      this.#signal();
    }
  }

  #signal(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
