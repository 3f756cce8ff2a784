import { SEPARATOR } from "@std/path";
import { isInPlace } from "./in_place.ts";
import { PlainFile } from "./plain_file.ts";
import { changedError, sameStamp, type Stamp, stampOf } from "./stamp.ts";

/** A file of a share on disk. */
export interface OnDisk {
  /** Real path of the shared folder or file it belongs to. */
  root: string;
  /** Its own path: below `root`, no component of it a link. */
  disk: string;
  stamp: Stamp;
}

/** A shared file, open for reading. What was read is not to be given away before `check`. */
export class OpenShared implements Disposable {
  readonly #file: OnDisk;
  readonly #open: PlainFile;

  constructor(file: OnDisk, open: PlainFile) {
    this.#file = file;
    this.#open = open;
  }

  /** Fills `into` from an offset, in this thread. @throws {LanyardError} `changed` if it is shorter. */
  fillSync(offset: number, into: Uint8Array): void {
    if (!this.#open.fillSync(offset, into)) throw changedError(this.#file.disk);
  }

  /** Fills `into` from an offset, in another thread. @throws {LanyardError} as `fillSync`. */
  async fill(offset: number, into: Uint8Array): Promise<void> {
    if (!await this.#open.fill(offset, into)) throw changedError(this.#file.disk);
  }

  /**
   * Checks that this is the very file that was announced: below its root without any link on the
   * way, and unchanged. What was read before is what was announced, then.
   *
   * @throws {LanyardError} `changed` if it is anything else or gone.
   */
  check(): void {
    const { disk, stamp } = this.#file;
    const now = this.#open.stat();
    // A file that was removed or moved lives on while it is open, but it is not shared any more.
    if (!sameStamp(stampOf(now), stamp) || !isInPlace(disk, now)) throw changedError(disk);
  }

  close(): void {
    this.#open.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Opens a shared file for reading. Never waits, even if a pipe has taken the file's place.
 *
 * @throws {LanyardError} `changed` if it is gone or is not below its root.
 */
export function openShared(file: OnDisk): OpenShared {
  const { root, disk } = file;
  const isBelow = disk === root ||
    disk.startsWith(root.endsWith(SEPARATOR) ? root : root + SEPARATOR);
  const open = isBelow ? PlainFile.open(disk) : undefined;
  if (open === undefined) throw changedError(disk);
  return new OpenShared(file, open);
}
