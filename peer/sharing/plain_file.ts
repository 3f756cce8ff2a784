import { closeSync, constants, fstatSync, openSync, read, readSync, type Stats } from "node:fs";
import { promisify } from "node:util";

const readAt = promisify(read);

/** Codes of a path that leads to nothing, to a socket, or in a circle, and of a folder on Windows. */
const notPlain = new Set(["ENOENT", "ENOTDIR", "ENXIO", "ELOOP", "EISDIR"]);

/**
 * A plain file that is open for reading. Opening it never waits, whatever somebody puts in its
 * place at that moment: `Deno.open` waits at a pipe until there is a writer, and a thread that
 * waits there can neither go on nor be ended.
 */
export class PlainFile {
  readonly #number: number;
  /** Reads under way in other threads. */
  #reading = 0;
  #closed = false;

  private constructor(number: number) {
    this.#number = number;
  }

  /**
   * Opens a file, following links.
   *
   * @returns nothing if there is none, or something that is no plain file.
   * @throws the system's error, such as one for missing rights.
   */
  static open(path: string): PlainFile | undefined {
    let number: number;
    try {
      number = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // Not on Windows.
    } catch (error) {
      if (notPlain.has((error as { code?: string }).code ?? "")) return undefined;
      throw error;
    }
    if (fstatSync(number).isFile()) return new PlainFile(number);
    closeSync(number);
    return undefined;
  }

  /** How the file looks now, wherever it has gone since it was opened. */
  stat(): Stats {
    return fstatSync(this.#number);
  }

  /** Fills `into` from an offset, in this thread; says whether the file was long enough. */
  fillSync(offset: number, into: Uint8Array): boolean {
    for (let filled = 0; filled < into.length;) {
      const rest = into.length - filled;
      const length = readSync(this.#number, into, filled, rest, offset + filled);
      if (length === 0) return false;
      filled += length;
    }
    return true;
  }

  /** Fills `into` from an offset, in another thread; says whether the file was long enough. */
  async fill(offset: number, into: Uint8Array): Promise<boolean> {
    this.#reading++;
    try {
      for (let filled = 0; filled < into.length;) {
        const rest = into.length - filled;
        const { bytesRead } = await readAt(this.#number, into, filled, rest, offset + filled);
        if (bytesRead === 0) return false;
        filled += bytesRead;
      }
      return true;
    } finally {
      if (--this.#reading === 0 && this.#closed) closeSync(this.#number);
    }
  }

  /** Closes it, once what is under way is over: its number may be another file's right afterwards. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#reading === 0) closeSync(this.#number);
  }
}
