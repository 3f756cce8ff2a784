import process from "node:process";
import * as readline from "node:readline";
import type { Output } from "../output.ts";
import type { Completer } from "./completer.ts";
import type { Console } from "./console.ts";
import { type History, historySize } from "./history.ts";

/** What a terminal console depends on. */
export interface TerminalOptions {
  output: Output;
  history: History;
  completer: Completer;
}

/** What of readline is not in its types, and the same in all its versions. */
interface Drawn {
  line: string;
  cursor: number;
  /** Rows between the first one of what is drawn and the cursor. */
  prevRows: number;
}

/**
 * A terminal whose lines can be edited, with history and completion. Whatever is printed meanwhile
 * appears above what is being typed.
 */
export class TerminalConsole implements Console {
  readonly isTerminal = true;
  readonly #output: Output;
  readonly #history: History;
  readonly #readline: readline.Interface & Drawn;
  /** Typed ahead, while nobody was reading. */
  readonly #lines: string[] = [];
  #reading: { isOrder: boolean; resolve(line: string | undefined): void } | undefined;
  #interrupt = Promise.withResolvers<void>();
  /** Whether the last key was a Ctrl-C that did nothing. */
  #hasWarned = false;
  #isClosed = false;

  constructor({ output, history, completer }: TerminalOptions) {
    this.#output = output;
    this.#history = history;
    this.#readline = readline.createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: true,
      prompt: "",
      history: [...history.lines],
      historySize,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, found: [string[], string]) => void) =>
        void completer.complete(line).then((found) => done(null, found)),
    }) as readline.Interface & Drawn;
    output.printInside((print) => this.#printAbove(print));
    this.#readline.on("line", (line: string) => this.#take(line));
    this.#readline.on("history", (lines: string[]) => this.#remember(lines));
    this.#readline.on("SIGINT", () => this.#onInterrupt());
    // Stopping ourselves takes a permission that we do not have.
    this.#readline.on("SIGTSTP", () => {});
    this.#readline.on("close", () => this.#onClose());
  }

  readOrder(prompt: string): Promise<string | undefined> {
    return this.#read(prompt, true);
  }

  ask(question: string): Promise<string | undefined> {
    return this.#read(question, false);
  }

  changePrompt(prompt: string): void {
    if (this.#reading?.isOrder !== true || this.#readline.getPrompt() === prompt) return;
    this.#readline.setPrompt(prompt);
    this.#readline.prompt(true);
  }

  interrupted(): Promise<void> {
    this.#interrupt = Promise.withResolvers();
    return this.#interrupt.promise;
  }

  close(): void {
    this.#output.printInside((print) => print());
    if (!this.#isClosed) this.#readline.close();
  }

  async #read(prompt: string, isOrder: boolean): Promise<string | undefined> {
    const typed = this.#lines.shift();
    if (typed !== undefined) return typed;
    if (this.#isClosed) return undefined;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#reading = { isOrder, resolve };
    this.#readline.setPrompt(prompt);
    this.#readline.prompt(true);
    return await promise;
  }

  #take(line: string): void {
    this.#hasWarned = false;
    if (this.#reading === undefined) this.#lines.push(line);
    else this.#answer(line);
  }

  #answer(line: string | undefined): void {
    this.#readline.setPrompt("");
    this.#readline.prevRows = 0;
    const reading = this.#reading;
    this.#reading = undefined;
    reading?.resolve(line);
  }

  /** Answers are nobody's business later. */
  #remember(lines: string[]): void {
    if (this.#reading?.isOrder === false) lines.shift();
    else if (lines[0] !== undefined) this.#history.add(lines[0]);
  }

  /** Ctrl-C stops what is going on, or empties the line, or leaves if it is pressed again. */
  #onInterrupt(): void {
    if (this.#reading === undefined) return this.#interrupt.resolve();
    if (this.#readline.line !== "") {
      this.#readline.write(null, { ctrl: true, name: "e" });
      this.#readline.write(null, { ctrl: true, name: "u" });
    } else if (!this.#reading.isOrder) {
      this.#newLine();
      this.#answer("");
    } else if (this.#hasWarned) {
      this.#newLine();
      this.#readline.close();
    } else {
      this.#output.note("To leave, press Ctrl-C again, or type: exit");
      this.#hasWarned = true;
    }
  }

  /** The end of the input, as Ctrl-D makes it. */
  #onClose(): void {
    this.#isClosed = true;
    if (this.#reading !== undefined && !this.#hasWarned) this.#newLine();
    this.#answer(undefined);
  }

  #newLine(): void {
    process.stdout.write("\r\n");
  }

  #printAbove(print: () => void): void {
    const { line } = this.#readline;
    if (this.#isClosed || (this.#readline.getPrompt() === "" && line === "")) return print();
    const { rows } = this.#readline.getCursorPos();
    readline.moveCursor(process.stdout, 0, -rows);
    readline.cursorTo(process.stdout, 0);
    readline.clearScreenDown(process.stdout);
    print();
    this.#readline.prevRows = 0;
    this.#readline.prompt(true);
  }
}
