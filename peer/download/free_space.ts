import { statfsSync } from "node:fs";
import { LanyardError } from "../../shared/mod.ts";
import { formatBytes } from "../output.ts";

/**
 * Bytes from which on a file is not begun unless it fits: nobody wants to learn after an hour that
 * it does not. Smaller ones fail soon enough, and what has come of them is kept.
 */
const largeBytes = 1024 * 1024 * 1024;

/** The free bytes of the file system that a folder is on, for somebody without privileges. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/**
 * Makes sure that a large file fits before it is begun.
 *
 * @param missing bytes that are still to be written
 * @throws {LanyardError} `full`, with both numbers.
 */
export function checkFreeSpace(
  folder: string,
  missing: number,
  free: (folder: string) => number = freeBytes,
): void {
  if (missing < largeBytes) return;
  const there = free(folder);
  if (there >= missing) return;
  throw new LanyardError(
    "full",
    `${formatBytes(missing)} are missing, but only ${formatBytes(there)} are free in ${folder}; ` +
      "free some space and run this again",
  );
}
