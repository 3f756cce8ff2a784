import { isPiece, LanyardError, pieceCount, pieceSpan } from "../../shared/mod.ts";
import { countHashed } from "../hash_garbage.ts";
import { PlainFile } from "../sharing/plain_file.ts";
import { checkFolder } from "./destination.ts";
import { PieceSet } from "./piece_set.ts";
import {
  checkSame,
  failing,
  isPart,
  isSame,
  openPart,
  type PartOptions,
  type PartPaths,
  partPaths,
  putInPlace,
  removeIfThere,
  setMode,
  syncFolder,
  type Taken,
  toLanyardError,
} from "./placing.ts";

/** What the finished file is to look like. */
export interface Finish {
  /** Unix time in ms. */
  modified: number;
  /** POSIX permissions. */
  mode: number;
  /** What happens if another file has its name. */
  taken: Taken;
}

/** Verified bytes between two writings of the record. */
const recordEvery = 8 * 1024 * 1024;
/** First line of the record; another number is another format, which is not read. */
const recordHeader = "lanyard-part 1\n";

const encoder = new TextEncoder();

/**
 * An unfinished download beside its destination: `.lanyard-….part` holds the bytes at their places,
 * `.lanyard-….have` records which pieces are there. The record may lie, because it is never synced;
 * so each piece it claims is hashed again before it counts. All calls are synchronous: concurrent
 * asynchronous writes land in wrong places on some versions of Deno.
 */
export class PartFile {
  readonly #options: PartOptions;
  readonly #path: string;
  readonly #recordPath: string;
  readonly #file: Deno.FsFile;
  readonly #have: PieceSet;
  #unrecorded = 0;
  /** Whether what an earlier run left was looked at. */
  #examined = false;
  #closed = false;

  private constructor(options: PartOptions, paths: PartPaths, file: Deno.FsFile) {
    this.#options = options;
    this.#path = paths.part;
    this.#recordPath = paths.record;
    this.#file = file;
    this.#have = new PieceSet(pieceCount(options.size));
  }

  /**
   * Opens the part, new or left by an earlier run, for this process alone. Waits while another
   * process has it, after calling `onWait`.
   *
   * @throws {LanyardError} `io` or `full`.
   */
  static async open(options: PartOptions, onWait: () => void): Promise<PartFile> {
    const paths = partPaths(options);
    for (;;) {
      checkFolder(options.destination);
      const file = failing(() => openPart(paths.part));
      try {
        if (!await file.tryLock(true)) {
          onWait();
          await file.lock(true);
        }
        // Whoever had it may have finished it: then this is another file, or one without a name.
        if (isPart(file, paths.part)) {
          setMode(file, paths.part, 0o600); // It may have been about to be finished.
          return new PartFile(options, paths, file);
        }
      } catch (error) {
        file.close();
        throw toLanyardError(error);
      }
      file.close();
    }
  }

  /** Makes the file as long as it will be. What it had is only kept up to that length. */
  prepare(): void {
    failing(() => this.#file.truncateSync(this.#options.size));
  }

  /**
   * Hashes what an earlier run left and keeps what is right.
   *
   * @param hashes the verified piece list
   * @returns the pieces that are there.
   */
  resume(hashes: Uint8Array): PieceSet {
    const { size } = this.#options;
    this.#examined = true;
    const there = this.#file.statSync().size;
    const claimed = there === 0 ? new PieceSet(pieceCount(size)) : this.#readRecord();
    let buffer = new Uint8Array(0);
    for (const piece of claimed) {
      const { offset, length } = pieceSpan(size, piece);
      if (offset + length > there) continue;
      if (buffer.length < length) buffer = new Uint8Array(length);
      const bytes = buffer.subarray(0, length);
      failing(() => readAt(this.#file, offset, bytes));
      countHashed(bytes.length);
      if (isPiece(bytes, size, piece, hashes)) this.#have.add(piece);
    }
    return this.#have;
  }

  /**
   * Copies the missing pieces from another file, each if it is right. A file that cannot be read or
   * has changed simply contributes less.
   */
  adopt(from: string, hashes: Uint8Array): PieceSet {
    const { size } = this.#options;
    let source: PlainFile | undefined;
    try {
      source = Deno.lstatSync(from).isFile ? PlainFile.open(from) : undefined;
      for (let piece = 0; piece < this.#have.size; piece++) {
        if (this.#have.has(piece)) continue;
        const { offset, length } = pieceSpan(size, piece);
        const bytes = new Uint8Array(length);
        if (source?.fillSync(offset, bytes) !== true) break;
        this.write(piece, bytes, hashes);
      }
    } catch (error) {
      if (error instanceof LanyardError) throw error; // Our own disk, not that file.
    } finally {
      source?.close();
    }
    return this.#have;
  }

  /** Writes a piece if it is the right one; says whether it was. */
  write(piece: number, bytes: Uint8Array, hashes: Uint8Array): boolean {
    const { size } = this.#options;
    countHashed(bytes.length);
    if (!isPiece(bytes, size, piece, hashes)) return false;
    this.put(piece, bytes);
    return true;
  }

  /** Writes a piece that was verified already. */
  put(piece: number, bytes: Uint8Array): void {
    failing(() => this.#writeAt(pieceSpan(this.#options.size, piece).offset, bytes));
    this.#have.add(piece);
    this.#unrecorded += bytes.length;
    if (this.#unrecorded >= recordEvery) this.#writeRecord();
  }

  /** Reads a verified piece back. */
  read(piece: number): Uint8Array<ArrayBuffer> {
    const { offset, length } = pieceSpan(this.#options.size, piece);
    const bytes = new Uint8Array(length);
    const isWhole = failing(() => readAt(this.#file, offset, bytes));
    if (!isWhole) throw new LanyardError("io", `${this.#path} became shorter`);
    return bytes;
  }

  /**
   * Gives the complete file its name, without replacing another file unless asked to. Its content
   * is on the disk before it has the name.
   *
   * @returns its path.
   */
  async finish({ modified, mode, taken }: Finish): Promise<string> {
    if (this.#have.count !== this.#have.size) {
      throw new RangeError("A file that is not complete cannot be finished");
    }
    try {
      this.#checkPlace();
      this.#file.utimeSync(Date.now() / 1000, modified / 1000);
      setMode(this.#file, this.#path, mode);
      await this.#file.sync();
      this.#checkPlace();
      if (this.#file.statSync().size !== this.#options.size) {
        throw new LanyardError("io", `${this.#path} was changed by somebody else`);
      }
      const final = putInPlace(this.#file, this.#path, this.#options.destination, taken);
      this.#close();
      this.#removeRecord();
      await syncFolder(this.#options.destination.folder);
      return final;
    } catch (error) {
      throw toLanyardError(error);
    }
  }

  /** Closes the part. It stays for a later run if it holds anything, unless told otherwise. */
  close(discard = false): void {
    if (this.#closed) return;
    // What an earlier run left may be worth something as long as nobody has looked.
    const isEmpty = this.#have.count === 0 && (this.#examined || this.#file.statSync().size === 0);
    if (!discard && !isEmpty) this.#writeRecord();
    else if (isSame(this.#file, this.#path)) {
      removeIfThere(this.#path);
      this.#removeRecord();
    }
    this.#close();
  }

  /** @throws {LanyardError} `io` if the part is not where it was made. */
  #checkPlace(): void {
    checkFolder(this.#options.destination);
    checkSame(this.#file, this.#path);
  }

  #close(): void {
    this.#closed = true;
    this.#file.close();
  }

  #writeAt(offset: number, bytes: Uint8Array): void {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    for (let written = 0; written < bytes.length;) {
      written += this.#file.writeSync(bytes.subarray(written));
    }
  }

  /** The pieces the record claims; without a record that fits, every piece may be there. */
  #readRecord(): PieceSet {
    const { size } = this.#have;
    try {
      const header = encoder.encode(recordHeader);
      const { isFile, size: length } = Deno.lstatSync(this.#recordPath);
      if (!isFile || length > header.length + size) return PieceSet.all(size); // Not ours.
      const record = Deno.readFileSync(this.#recordPath);
      const isOurs = header.every((byte, at) => record[at] === byte);
      const set = isOurs ? PieceSet.fromBytes(record.subarray(header.length), size) : undefined;
      return set ?? PieceSet.all(size);
    } catch {
      return PieceSet.all(size); // It is only a hint, and a missing one costs time alone.
    }
  }

  /** Whatever else may lie there is not ours, and no reason to fail. */
  #removeRecord(): void {
    try {
      removeIfThere(this.#recordPath);
    } catch {
      // A record without its part is read by nobody.
    }
  }

  #writeRecord(): void {
    this.#unrecorded = 0;
    if (!this.#examined) return; // There may be more than we know.
    const beside = `${this.#recordPath}.new`;
    try {
      this.#checkPlace(); // The folder may be a link to another one by now.
      const record = new Uint8Array([...encoder.encode(recordHeader), ...this.#have.toBytes()]);
      removeIfThere(beside);
      Deno.writeFileSync(beside, record, { createNew: true, mode: 0o600 });
      Deno.renameSync(beside, this.#recordPath);
    } catch {
      // A full disk, say: the next run hashes more than it would have had to.
    }
  }
}

/** Fills `into` from a position; says whether the file was long enough. */
function readAt(file: Deno.FsFile, offset: number, into: Uint8Array): boolean {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let filled = 0; filled < into.length;) {
    const length = file.readSync(into.subarray(filled));
    if (length === null) return false;
    filled += length;
  }
  return true;
}
