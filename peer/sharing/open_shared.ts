import { changedError, sameStamp, type Stamp, stampOf } from "./stamp.ts";

/** A file of a share on disk. */
export interface OnDisk {
  /** Real path of the shared folder or file it belongs to. */
  root: string;
  /** Its own path: below `root`, no component of it a link. */
  disk: string;
  stamp: Stamp;
}

/**
 * Opens a shared file for reading, after checking that the path leads to the very file that was
 * announced: a regular file, below its root without any link on the way, unchanged.
 *
 * @throws {LanyardError} `changed` if it is anything else or gone.
 */
export function openShared({ root, disk, stamp }: OnDisk): Deno.FsFile {
  let file: Deno.FsFile | undefined;
  try {
    // Looked at before it is opened: opening a FIFO would wait for a writer.
    if (!Deno.lstatSync(disk).isFile) throw changedError(disk);
    file = Deno.openSync(disk, { read: true });
    const opened = file.statSync();
    const outside = Deno.realPathSync(disk) !== disk ||
      (disk !== root && !disk.startsWith(root.endsWith("/") ? root : `${root}${separator}`));
    if (outside || !opened.isFile || !sameStamp(stampOf(opened), stamp)) throw changedError(disk);
    return file;
  } catch (error) {
    file?.close();
    const isGone = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    throw isGone ? changedError(disk) : error;
  }
}

/** @throws {LanyardError} `changed` if an open file is no longer in the state it was announced in. */
export function checkUnchanged(file: Deno.FsFile, { disk, stamp }: OnDisk): void {
  const now = file.statSync();
  // A file that was removed or replaced lives on while it is open, but it is not shared any more.
  if (now.nlink === 0 || !sameStamp(stampOf(now), stamp)) throw changedError(disk);
}

const separator = Deno.build.os === "windows" ? "\\" : "/";
