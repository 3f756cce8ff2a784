declare const gc: (() => void) | undefined;

/** Bytes hashed between two collections: they take a twentieth of the time of hashing so much. */
const collectEvery = 256 * 1024 * 1024;

let hashed = 0;

/**
 * Counts bytes that were hashed in this thread, and has garbage collected now and then. Each block
 * leaves native objects behind of whose weight V8 does not know: left alone it lets 45 MB of them
 * gather in each thread. Does nothing where the flag `--expose-gc` is missing.
 */
export function countHashed(bytes: number): void {
  hashed += bytes;
  if (hashed < collectEvery) return;
  hashed = 0;
  if (typeof gc === "function") gc();
}
