import { within } from "../../net/mod.ts";

/** Milliseconds that an event may take, while thousands of others are being told. */
const patience = 10_000;

/**
 * Tells whether events of the file system still come. Deno opens whatever an event is about, to
 * compare it: if that is a pipe that nobody writes to, its one thread for events waits there for
 * ever, and so does everybody who asks it to watch another folder, or to watch one no more.
 */
export class Pulse {
  readonly #file: string;
  readonly #watcher: Deno.FsWatcher;
  readonly #patience: number;
  #felt = Promise.withResolvers<void>();

  /**
   * @param file of ours alone; made if it is missing
   * @throws the system's error if it can be neither made nor watched.
   */
  constructor(file: string, limit: number = patience) {
    this.#file = file;
    this.#patience = limit;
    Deno.openSync(file, { write: true, create: true, mode: 0o600 }).close();
    this.#watcher = Deno.watchFs(file);
    void this.#feel();
  }

  /** Makes an event, and waits for it: whether it came. */
  async beats(): Promise<boolean> {
    // Only Linux tells of a file that was closed unchanged; a pipe hangs nobody on Windows.
    if (Deno.build.os !== "linux") return true;
    const felt = this.#felt.promise.then(() => true);
    try {
      Deno.openSync(this.#file, { write: true }).close(); // Nothing is written to the disk.
      return await within(felt, this.#patience) ?? false;
    } catch {
      return false; // Somebody has removed the file.
    }
  }

  close(): void {
    this.#watcher.close();
  }

  async #feel(): Promise<void> {
    for await (const _event of this.#watcher) {
      this.#felt.resolve();
      this.#felt = Promise.withResolvers();
    }
  }
}
