import { printable } from "../../shared/mod.ts";

/** The terminal that a table is drawn on. */
export interface Screen {
  writeSync(bytes: Uint8Array): number;
  /** Characters. */
  size(): { columns: number; rows: number };
}

const encoder = new TextEncoder();

/** Milliseconds between two drawings: often enough to look alive. */
const drawEvery = 200;
/** Lines at most, on however high a terminal: more of them nobody looks at. */
const mostLines = 60;

/** Lines that stay at the bottom of a terminal while they change; what else is said goes above. */
export class LiveTable {
  readonly #screen: Screen;
  readonly #lines: (most: number) => string[];
  #drawn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  /** @param lines the table as it is now, in at most so many lines */
  constructor(screen: Screen, lines: (most: number) => string[]) {
    this.#screen = screen;
    this.#lines = lines;
  }

  /** Draws the table again soon. */
  refresh(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => this.#draw(), drawEvery);
  }

  /** Takes the table away while something is printed where it is. */
  around(print: () => void): void {
    this.#erase();
    print();
    if (!this.#isClosed) this.#draw();
  }

  /** Draws the table for the last time, and leaves it. */
  close(): void {
    if (this.#isClosed) return;
    this.#draw();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    if (this.#drawn > 0) this.#write("\r\n");
    this.#drawn = 0;
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { columns, rows } = this.#screen.size();
    const most = Math.min(mostLines, rows - 1);
    const lines = this.#lines(most).slice(0, Math.max(1, most))
      .map((line) => [...printable(line)].slice(0, columns).join(""));
    // Wide characters may still need more columns than there are: such lines must not go on below.
    const text = `\u001b[?7l${lines.join("\r\n")}\u001b[?7h`;
    this.#write(this.#erasing() + text);
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#write(this.#erasing());
    this.#drawn = 0;
  }

  #erasing(): string {
    if (this.#drawn === 0) return "";
    const up = this.#drawn > 1 ? `\u001b[${this.#drawn - 1}A` : "";
    return `\r${up}\u001b[J`;
  }

  #write(text: string): void {
    let rest = encoder.encode(text);
    while (rest.length > 0) rest = rest.subarray(this.#screen.writeSync(rest));
  }
}

/** Standard error, as a screen. */
export const errorScreen: Screen = {
  writeSync: (bytes) => Deno.stderr.writeSync(bytes),
  size: () => Deno.consoleSize(),
};
