import { hash } from "node:crypto";
import { concat } from "@std/bytes";
import { blockLength } from "./pieces.ts";

/** Bytes of a SHA-256 hash. */
export const hashLength = 32;

/** SHA-256 of `bytes`. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash("sha256", bytes, "buffer");
}

/**
 * The leaf hashes of `bytes`, one after the other: one per 16 KiB block, the last one unpadded.
 * They are collected as hex, which the runtime returns a tenth faster than a buffer for each.
 */
export function hashBlocks(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let leaves = "";
  for (let at = 0; at < bytes.length; at += blockLength) {
    leaves += hash("sha256", bytes.subarray(at, at + blockLength), "hex");
  }
  return Uint8Array.fromHex(leaves);
}

/**
 * The root of a hash tree.
 *
 * @param leaves 32-byte hashes, one after the other; at least one.
 * @param width leaves of the full tree, a power of two.
 * @param padding the hash that stands for each missing leaf.
 */
export function merkleRoot(leaves: Uint8Array, width: number, padding: Uint8Array): Uint8Array {
  let row = leaves;
  let pad = padding;
  for (let nodes = width; nodes > 1; nodes /= 2) {
    const isPadded = row.length < nodes * hashLength;
    if (row.length % (2 * hashLength) !== 0) row = concat([row, pad]);
    row = hashPairs(row);
    if (isPadded) pad = sha256(concat([pad, pad]));
  }
  return row;
}

/** The next row of a tree: the hash of each two neighbours of an even number of hashes. */
function hashPairs(row: Uint8Array): Uint8Array<ArrayBuffer> {
  let above = "";
  for (let at = 0; at < row.length; at += 2 * hashLength) {
    above += hash("sha256", row.subarray(at, at + 2 * hashLength), "hex");
  }
  return Uint8Array.fromHex(above);
}

/** The smallest power of two that is at least `count` (and at least 1). */
export function treeWidth(count: number): number {
  let width = 1;
  while (width < count) width *= 2;
  return width;
}
