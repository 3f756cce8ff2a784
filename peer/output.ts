import {
  asciiPunctuation,
  exitCodes,
  printable,
  printableJson,
  printableLines,
  showsUtf8,
} from "../shared/mod.ts";

const encoder = new TextEncoder();

/**
 * Everything a program says. With `--json` standard output carries one JSON object per line and
 * nothing else; otherwise results go there as text, and progress and warnings to standard error.
 * Whatever is said may have come from a remote, so nothing gets out that cannot be seen.
 */
export class Output {
  readonly json: boolean;
  /** Whether a person sees the progress as it is drawn. */
  readonly live: boolean;
  /**
   * How somebody is asked whose standard input is read by others already, such as the lines of a
   * shell; resolves with nothing if this is no time for a question.
   */
  asker: ((question: string) => Promise<string | undefined>) | undefined;
  readonly #utf8 = showsUtf8(Deno.build.os, (name) => Deno.env.get(name));
  #drawn = false;
  #around: (print: () => void) => void = (print) => print();

  constructor(json: boolean) {
    this.json = json;
    this.live = !json && Deno.stderr.isTerminal();
  }

  /** Has lines printed inside of `around`, as between taking a prompt away and showing it again. */
  printInside(around: (print: () => void) => void): void {
    this.#around = around;
  }

  /** A result: as an object for programs, as lines for people. */
  result(object: unknown, text: () => string): void {
    this.#print(
      Deno.stdout,
      this.json ? printableJson(object) : this.#marks(printableLines(text())),
    );
  }

  /** Something that happened: for programs an event, for people a line beside the results. */
  event(object: { event: string; [key: string]: unknown }, text?: () => string): void {
    if (this.json) this.#print(Deno.stdout, printableJson(object));
    else if (text !== undefined) this.note(text());
  }

  /** A line for people only. */
  note(text: string): void {
    if (!this.json) this.warn(text);
  }

  /** A line on standard error, whoever reads it. */
  warn(text: string): void {
    this.#print(Deno.stderr, this.#marks(printableLines(text)));
  }

  /** A question, whose answer is typed behind it. */
  ask(question: string): void {
    if (this.json) return write(Deno.stdout, printableJson({ event: "question", question }));
    this.erase();
    Deno.stderr.writeSync(encoder.encode(this.#marks(printable(question))));
  }

  /** How wide the terminal is that is drawn on; one that does not know has the usual width. */
  get columns(): number {
    return this.live ? Deno.consoleSize().columns || usualColumns : Infinity;
  }

  /** Draws over the last drawn line, on a terminal. */
  draw(line: string): void {
    if (!this.live) return;
    const shown = fitting(this.#marks(printable(line)), this.columns - 1);
    Deno.stderr.writeSync(encoder.encode(`\r\u001b[K${shown}`));
    this.#drawn = true;
  }

  /** Removes the drawn line. */
  erase(): void {
    if (this.#drawn) Deno.stderr.writeSync(encoder.encode("\r\u001b[K"));
    this.#drawn = false;
  }

  /** A text for people, with marks that their terminal shows. */
  #marks(text: string): string {
    return this.#utf8 ? text : asciiPunctuation(text);
  }

  #print(stream: Stream, line: string): void {
    this.erase();
    this.#around(() => write(stream, line));
  }
}

const usualColumns = 80;
/** From here on characters may be as wide as two letters. */
const firstWide = 0x1100;

/** As much of a line as certainly fits into so many columns: one too long would go on below. */
export function fitting(line: string, columns: number): string {
  let width = 0;
  let shown = "";
  for (const character of line) {
    width += (character.codePointAt(0) ?? 0) < firstWide ? 1 : 2;
    if (width > columns) break;
    shown += character;
  }
  return shown;
}

interface Stream {
  writeSync(bytes: Uint8Array): number;
}

function write(stream: Stream, line: string): void {
  let rest = encoder.encode(`${line}\n`);
  try {
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    // Whoever read this has seen enough, as `head` has after ten lines.
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(exitCodes.closed);
    throw error;
  }
}

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Bytes for people: `212 MB` (powers of 1,000). */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** Seconds for people: `0.6 s`, `45 s`, `3:05 min`, `2:07 h`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)} min`;
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)} h`;
}

/** A remote's text, fit to be shown. */
export { printable };
