import { LanyardError } from "../../shared/mod.ts";
import { isSame, toLanyardError } from "../download/placing.ts";
import { type LedgerEntry, type LedgerFormat } from "./ledger_row.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes that a line of a ledger never exceeds, so that its beginning is found without a search. */
const longestLine = 64 * 1024;

/**
 * A file that answers are added to and nothing is taken from. Each is safe on the disk before it
 * counts as kept; several programs may add to one file at the same time.
 */
export class Ledger {
  /** The real path. */
  readonly path: string;
  readonly #format: LedgerFormat;
  #file: Deno.FsFile;

  private constructor(path: string, format: LedgerFormat, file: Deno.FsFile) {
    this.path = path;
    this.#format = format;
    this.#file = file;
  }

  /**
   * Opens a ledger, and makes it if there is none. Only its owner can read a new one: it says who
   * has taken what.
   *
   * @throws {LanyardError} `io` or `full` if nothing can be written there, `usage` if the file is
   * something else than such a ledger.
   */
  static async open(path: string, format: LedgerFormat): Promise<Ledger> {
    const file = await openFile(path);
    try {
      const ledger = new Ledger(await Deno.realPath(path), format, file);
      await ledger.write([]); // What keeps it from being written is to be known now.
      return ledger;
    } catch (error) {
      file.close();
      throw cannotWrite(path, error);
    }
  }

  /**
   * Adds entries, all of them or none.
   *
   * @throws {LanyardError} `full` or `io`; the ledger is what it was.
   */
  async write(entries: readonly LedgerEntry[]): Promise<void> {
    try {
      if (!isSame(this.#file, this.path)) await this.#reopen();
      await this.#file.lock(true);
      try {
        await this.#append(entries);
      } finally {
        await this.#file.unlock();
      }
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  /** Somebody has moved the file or removed it: what was in it stays there. */
  async #reopen(): Promise<void> {
    const file = await openFile(this.path);
    this.#file.close();
    this.#file = file;
  }

  /** Writes in one go, and takes back what was written if that does not succeed. */
  async #append(entries: readonly LedgerEntry[]): Promise<void> {
    const { lineEnd, header } = this.#format;
    const { size } = await this.#file.stat();
    if (size > 0) this.#checkKind();
    const lines = entries.map((entry) => this.#format.line(entry)).filter((one) =>
      one !== undefined
    );
    if (size === 0 && header !== undefined) lines.unshift(header);
    if (lines.length === 0) return;
    const text = this.#mended(size) + lines.map((line) => line + lineEnd).join("");
    try {
      let rest = encoder.encode(text);
      while (rest.length > 0) rest = rest.subarray(this.#file.writeSync(rest));
      await this.#file.sync();
    } catch (error) {
      this.#file.truncateSync(size);
      throw error;
    }
  }

  /** What has to stand before a new line: the end of one that a crash has left unfinished. */
  #mended(size: number): string {
    if (size === 0) return "";
    const tail = this.#read(Math.max(0, size - longestLine));
    const unfinished = tail.slice(tail.lastIndexOf("\n") + 1);
    return unfinished === "" ? "" : this.#format.mend(unfinished) + this.#format.lineEnd;
  }

  #checkKind(): void {
    const [first = ""] = this.#read(0).split(/\r?\n/, 1);
    if (this.#format.isLedger(first)) return;
    throw new LanyardError(
      "usage",
      `${this.path} is not a ledger of that format; name another file with --ledger`,
    );
  }

  #read(offset: number): string {
    const bytes = new Uint8Array(longestLine);
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < bytes.length) {
      const length = this.#file.readSync(bytes.subarray(filled));
      if (length === null) break;
      filled += length;
    }
    return decoder.decode(bytes.subarray(0, filled));
  }
}

async function openFile(path: string): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path, { read: true, append: true, create: true, mode: 0o600 });
    const { isFile } = await file.stat();
    if (isFile) return file;
    file.close();
    throw new LanyardError("usage", `${path} is no plain file; name another one with --ledger`);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): LanyardError {
  if (error instanceof LanyardError && error.code === "usage") return error;
  const { code, message } = toLanyardError(error);
  const because = message.startsWith("Cannot record")
    ? message
    : `Cannot record in ${path}: ${message}`;
  return new LanyardError(code, because, { cause: error });
}
