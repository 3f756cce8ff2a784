import { limits } from "../limits.ts";

/** Bytes of a leaf block of the hash tree (BEP 52: 16 KiB). */
export const blockLength = 16 * 1024;

/** Bytes of the smallest piece. */
const smallestPiece = 1024 * 1024;

/** Bytes of a piece of a file of `size` bytes: the smallest power of two ≥ 1 MiB with which the
 * file has at most 65,536 pieces. */
export function pieceLength(size: number): number {
  let length = smallestPiece;
  while (Math.ceil(size / length) > limits.pieces) length *= 2;
  return length;
}

/** Pieces of a file of `size` bytes; an empty file has none. */
export function pieceCount(size: number): number {
  return Math.ceil(size / pieceLength(size));
}

/** Where piece `index` of a file of `size` bytes lies: bytes from its start, and bytes. */
export function pieceSpan(size: number, index: number): { offset: number; length: number } {
  const full = pieceLength(size);
  const offset = index * full;
  return { offset, length: Math.min(full, size - offset) };
}
