/** Where questions are asked and answered. */
export interface Conversation {
  /** Shows a question, without a line end. */
  show(question: string): void;
  /** What is answered, piece by piece; ends when nobody answers any more. */
  answers: AsyncIterable<Uint8Array>;
}

/** Characters of an answer that are looked at. */
const longestAnswer = 1000;

/**
 * Asks people one question after the other, a line for each answer. Nothing else waits meanwhile.
 * Reading begins with the first question.
 */
export class Questions {
  readonly #conversation: Conversation;
  readonly #lines: string[] = [];
  readonly #decoder = new TextDecoder();
  #rest = "";
  #reader: AsyncIterator<Uint8Array> | undefined;
  #isOver = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  /** Whether nobody answers any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Asks until the answer can be read.
   *
   * @param read makes something of an answer; `undefined` asks again
   * @returns nothing if nobody answers.
   */
  ask<T>(question: string, read: (answer: string) => T | undefined): Promise<T | undefined> {
    const answer = this.#turn.then(() => this.#ask(question, read));
    this.#turn = answer.catch(() => {}); // Whoever asked is told.
    return answer;
  }

  async #ask<T>(question: string, read: (answer: string) => T | undefined): Promise<T | undefined> {
    for (;;) {
      this.#conversation.show(question);
      const line = await this.#line();
      if (line === undefined) return undefined;
      const answer = read(line.trim());
      if (answer !== undefined) return answer;
    }
  }

  async #line(): Promise<string | undefined> {
    this.#reader ??= this.#conversation.answers[Symbol.asyncIterator]();
    while (this.#lines.length === 0) {
      const { value, done } = await this.#reader.next();
      if (done) {
        this.#isOver = true;
        return undefined;
      }
      const lines = (this.#rest + this.#decoder.decode(value, { stream: true })).split("\n");
      this.#rest = lines.pop()?.slice(0, longestAnswer) ?? "";
      this.#lines.push(...lines);
    }
    return this.#lines.shift();
  }
}

/** Reads an answer to a yes-or-no question. */
export function yesOrNo(answer: string): boolean | undefined {
  if (/^(?:y|yes)$/i.test(answer)) return true;
  return /^(?:n|no)$/i.test(answer) ? false : undefined;
}

/** The person at the keyboard, or whoever writes into the pipe. */
export function standardInput(show: (question: string) => void): Conversation {
  return { show, answers: Deno.stdin.readable };
}
