import { decodeHex } from "@std/encoding";
import { LanyardError, pieceCount } from "../../shared/mod.ts";
import type { Content } from "../upload/content.ts";
import type { LibraryFile } from "./library.ts";
import { type OpenShared, openShared } from "./open_shared.ts";
import { changedError } from "./stamp.ts";

/** Who keeps the shared files, and has to know when one of them is not what it was. */
export interface Keeper {
  /** Whether the file is still shared as it was. */
  isShared(file: LibraryFile): boolean;
  /** The piece list of a file of several pieces. */
  pieces(file: LibraryFile): Uint8Array | undefined;
  /** Reading showed that the file is not what it was. */
  recheck(file: LibraryFile): void;
  /** A receiver says that it got wrong bytes. */
  distrust(file: LibraryFile): void;
}

/** Bytes that are read without leaving the thread: what a disk reads in one go anyway. */
const smallRead = 64 * 1024;

/** A shared file, open for sending. */
export class SharedContent implements Content {
  readonly #file: LibraryFile;
  readonly #keeper: Keeper;
  #open: OpenShared | undefined;

  constructor(file: LibraryFile, keeper: Keeper) {
    this.#file = file;
    this.#keeper = keeper;
  }

  get path(): string {
    return this.#file.path;
  }

  get id(): string {
    return this.#file.id;
  }

  get size(): number {
    return this.#file.stamp.size;
  }

  get isCurrent(): boolean {
    return this.#keeper.isShared(this.#file);
  }

  hashes(): Uint8Array {
    const count = pieceCount(this.size);
    // A file of one piece is its own piece list; see BEP 52.
    if (count <= 1) return decodeHex(count === 1 ? this.id : "");
    const hashes = this.#keeper.pieces(this.#file);
    if (hashes !== undefined) return hashes;
    this.#keeper.recheck(this.#file);
    throw changedError(this.path);
  }

  /** Reads, and checks afterwards that the file is still what was announced: only then may it go. */
  async read(offset: number, into: Uint8Array): Promise<void> {
    try {
      this.#open ??= openShared(this.#file);
      // A little is read at once: handing it to another thread and back would take ten times as
      // long. More than that might keep a slow disk, and with it everybody, waiting.
      if (into.length <= smallRead) this.#open.fillSync(offset, into);
      else await this.#open.fill(offset, into);
      this.#open.check();
    } catch (cause) {
      this.close();
      this.#keeper.recheck(this.#file);
      // Where a file is on this disk is nobody's business, and the system's errors tell.
      if (cause instanceof LanyardError) throw changedError(this.path);
      throw new LanyardError("io", `Cannot read "${this.path}"`, { cause });
    }
  }

  distrust(): void {
    this.#keeper.distrust(this.#file);
  }

  close(): void {
    this.#open?.close();
    this.#open = undefined;
  }
}
