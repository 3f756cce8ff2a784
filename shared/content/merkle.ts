import { hash } from "node:crypto";
import { blockLength } from "./pieces.ts";

/** Bytes of a SHA-256 hash. */
export const hashLength = 32;

/** SHA-256 of `bytes`. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash("sha256", bytes, "buffer");
}

/** The leaf hashes of `bytes`, one after the other: one per 16 KiB block, the last one unpadded. */
export function hashBlocks(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const leaves = new Uint8Array(Math.ceil(bytes.length / blockLength) * hashLength);
  for (let at = 0, to = 0; at < bytes.length; at += blockLength, to += hashLength) {
    leaves.set(sha256(bytes.subarray(at, at + blockLength)), to);
  }
  return leaves;
}

/**
 * The root of a hash tree.
 *
 * @param leaves 32-byte hashes, one after the other; at least one.
 * @param width leaves of the full tree, a power of two.
 * @param padding the hash that stands for each missing leaf.
 */
export function merkleRoot(leaves: Uint8Array, width: number, padding: Uint8Array): Uint8Array {
  let row = leaves.slice();
  let pad = padding;
  for (let nodes = width; nodes > 1; nodes /= 2) {
    const count = row.length / hashLength;
    const pair = new Uint8Array(2 * hashLength);
    const above = new Uint8Array(Math.ceil(count / 2) * hashLength);
    for (let i = 0; i < count; i += 2) {
      pair.set(row.subarray(i * hashLength, (i + 2) * hashLength));
      if (i + 1 === count) pair.set(pad, hashLength);
      above.set(sha256(pair), (i / 2) * hashLength);
    }
    row = above;
    pair.set(pad);
    pair.set(pad, hashLength);
    pad = sha256(pair);
  }
  return row;
}

/** The smallest power of two that is at least `count` (and at least 1). */
export function treeWidth(count: number): number {
  let width = 1;
  while (width < count) width *= 2;
  return width;
}
