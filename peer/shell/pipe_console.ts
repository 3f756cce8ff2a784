import { LanyardError } from "../../shared/mod.ts";
import type { Console } from "./console.ts";

/** Characters of a line: more than any path or text needs. */
const longestLine = 64 * 1024;

/** What a pipe console depends on. */
export interface PipeOptions {
  /** What is typed, piece by piece. */
  input: AsyncIterable<Uint8Array>;
  /** Shows a question or, to a person at a terminal without line editing, the prompt. */
  show(text: string): void;
  isTerminal: boolean;
}

/** Lines from a pipe or a terminal that cannot do more; nothing is drawn. */
export class PipeConsole implements Console {
  readonly isTerminal: boolean;
  readonly #lines: AsyncIterator<string>;
  readonly #show: (text: string) => void;

  constructor({ input, show, isTerminal }: PipeOptions) {
    this.#lines = linesOf(input);
    this.#show = show;
    this.isTerminal = isTerminal;
  }

  async readOrder(prompt: string): Promise<string | undefined> {
    if (this.isTerminal) this.#show(prompt);
    return await this.#next();
  }

  async ask(question: string): Promise<string | undefined> {
    this.#show(question);
    return await this.#next();
  }

  changePrompt(): void {}

  /** Ctrl-C ends the program here. */
  interrupted(): Promise<void> {
    return new Promise(() => {});
  }

  close(): void {}

  async #next(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : value;
  }
}

/** @throws {LanyardError} `usage` if a line is too long to be one. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of input) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
    if (rest.length > longestLine) {
      throw new LanyardError("usage", `A line has more than ${longestLine} characters`);
    }
  }
  if (rest !== "") yield rest;
}
