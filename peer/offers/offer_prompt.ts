import type { Output } from "../output.ts";
import { type Conversation, Questions, yesOrNo } from "../question.ts";
import { Typed } from "./typed.ts";

/**
 * Asks whoever types, or has written into the pipe, about one offer after the other. Whatever else
 * is said meanwhile goes above the question.
 */
export class OfferPrompt {
  readonly #output: Output;
  readonly #typed: Typed;
  readonly #questions: Questions;
  readonly #isTerminal: boolean;
  #question: string | undefined;

  /** @param isTerminal whether somebody types */
  constructor(output: Output, input: AsyncIterable<Uint8Array>, isTerminal: boolean) {
    this.#output = output;
    this.#typed = new Typed(input);
    this.#isTerminal = isTerminal;
    const conversation: Conversation = {
      show: (question) => this.#show(question),
      answers: this.#typed,
    };
    this.#questions = new Questions(conversation);
    output.printInside((print) => this.#printAbove(print));
  }

  /** Resolves when nobody types any more; what was may still be an answer. */
  get ended(): Promise<void> {
    return this.#typed.ended;
  }

  /** Whether nobody will answer any more. */
  get isOver(): boolean {
    return this.#typed.isOver;
  }

  /** Whether an answer is waited for. */
  get isOpen(): boolean {
    return this.#question !== undefined;
  }

  /** Asks for yes or no. @returns nothing if nobody answers. */
  async ask(question: string): Promise<boolean | undefined> {
    const answer = await this.#questions.ask(question, (text) => {
      this.#question = undefined;
      return yesOrNo(text);
    });
    this.#question = undefined;
    return answer;
  }

  #show(question: string): void {
    // What was typed before is no answer; a script has written its answers in advance.
    if (this.#isTerminal) this.#typed.forget();
    this.#question = question;
    this.#output.ask(question);
  }

  #printAbove(print: () => void): void {
    if (this.#question === undefined || !this.#output.live) return print();
    // A long question goes on in further lines.
    const { columns } = Deno.consoleSize();
    const further = Math.ceil([...this.#question].length / columns) - 1;
    const up = further > 0 ? `\u001b[${further}A` : "";
    Deno.stderr.writeSync(new TextEncoder().encode(`\r${up}\u001b[J`));
    print();
    this.#output.ask(this.#question);
  }
}
