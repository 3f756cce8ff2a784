import { LanyardError } from "../../shared/mod.ts";

/**
 * What tells one state of a file on disk from another. Times are as coarse as the runtime gives
 * them (ms, and whole seconds for ctime), so equal stamps are strong evidence and no proof.
 */
export interface Stamp {
  dev: number;
  ino: number;
  /** Bytes. */
  size: number;
  /** Unix time in ms. */
  modified: number;
  /** Unix time in ms of the last change of content or metadata; 0 where the system has none. */
  changed: number;
}

/** The stamp of what `stat` told, of whichever interface. */
export function stampOf(
  info: Pick<Deno.FileInfo, "dev" | "ino" | "size" | "mtime" | "ctime">,
): Stamp {
  return {
    dev: info.dev,
    ino: info.ino ?? 0,
    size: info.size,
    modified: Math.max(0, Math.floor(info.mtime?.getTime() ?? 0)),
    changed: Math.max(0, info.ctime?.getTime() ?? 0),
  };
}

/** Tells whether two stamps are of the same state of the same file. */
export function sameStamp(a: Stamp, b: Stamp): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.modified === b.modified &&
    a.changed === b.changed;
}

/** The error for a file that is not what it was. */
export function changedError(path: string): LanyardError {
  return new LanyardError("changed", `"${path}" has changed since it was announced`);
}
