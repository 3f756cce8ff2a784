import { LanyardError } from "../../shared/mod.ts";
import type { LibraryFile } from "../sharing/library.ts";
import { checkUnchanged, openShared } from "../sharing/open_shared.ts";

/** Bytes that are read without leaving the thread: what a disk reads in one go anyway. */
const smallRead = 64 * 1024;

/**
 * Reads a shared file for sending. It stays open from one request to the next, because a download
 * asks for one range after the other.
 */
export class ContentReader {
  #open: { file: LibraryFile; handle: Deno.FsFile; position: number } | undefined;

  /**
   * Fills `into` from `offset`, and checks afterwards that the file is still what was announced:
   * only then may the bytes be sent.
   *
   * @throws {LanyardError} `changed` if it is not, `io` if it cannot be read.
   */
  async read(file: LibraryFile, offset: number, into: Uint8Array): Promise<void> {
    try {
      const open = this.#opened(file);
      if (open.position !== offset) await open.handle.seek(offset, Deno.SeekMode.Start);
      open.position = -1; // Unknown, should reading fail.
      for (let filled = 0; filled < into.length;) {
        // A little is read at once: handing it to another thread and back would take ten times as
        // long. More than that might keep a slow disk, and with it everybody, waiting.
        const rest = into.subarray(filled);
        const length = into.length <= smallRead
          ? open.handle.readSync(rest)
          : await open.handle.read(rest);
        if (length === null) throw new LanyardError("changed", `"${file.path}" became shorter`);
        filled += length;
      }
      open.position = offset + into.length;
      checkUnchanged(open.handle, file);
    } catch (error) {
      this.close();
      if (error instanceof LanyardError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new LanyardError("io", `Cannot read "${file.path}": ${reason}`, { cause: error });
    }
  }

  /** Closes the file that is open. */
  close(): void {
    this.#open?.handle.close();
    this.#open = undefined;
  }

  #opened(file: LibraryFile): { file: LibraryFile; handle: Deno.FsFile; position: number } {
    if (this.#open?.file === file) return this.#open;
    this.close();
    return this.#open = { file, handle: openShared(file), position: 0 };
  }
}
