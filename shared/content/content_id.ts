import { encodeHex } from "@std/encoding";
import { hashBlocks, hashLength, merkleRoot, sha256, treeWidth } from "./merkle.ts";
import { blockLength, pieceCount, pieceLength, pieceSpan } from "./pieces.ts";

/**
 * What a file holds: the BitTorrent v2 "pieces root" (BEP 52) in hex, 64 lower-case digits. Only
 * together with the size does it identify content: a hash tree's root alone has a 64-byte twin.
 */
export type ContentId = string;

const zeroHash = new Uint8Array(hashLength);

/** The id of an empty file. BEP 52 gives it none; SHA-256 of nothing is our convention. */
export const emptyId: ContentId = encodeHex(sha256(new Uint8Array()));

/**
 * The hash of one piece: the root over its blocks. A piece of a longer file is padded with zero
 * leaves to the full piece; a file of one piece is padded only to the next power of two of its own
 * blocks, so that its piece hash is its id (BEP 52).
 *
 * @param bytes the whole piece
 * @param size bytes of the whole file
 */
export function hashPiece(bytes: Uint8Array, size: number): Uint8Array {
  return pieceHashFromBlocks(hashBlocks(bytes), size);
}

/** The hash of one piece from the hashes of its blocks, for pieces that are read bit by bit. */
export function pieceHashFromBlocks(leaves: Uint8Array, size: number): Uint8Array {
  const width = pieceCount(size) > 1
    ? pieceLength(size) / blockLength
    : treeWidth(leaves.length / hashLength);
  return merkleRoot(leaves, width, zeroHash);
}

/**
 * The id of a file from the hashes of its pieces.
 *
 * @param hashes the piece layer: 32 bytes a piece, one after the other
 * @param size bytes of the whole file
 * @throws {RangeError} if the number of hashes does not fit the size.
 */
export function idFromPieces(hashes: Uint8Array, size: number): ContentId {
  const count = pieceCount(size);
  if (hashes.length !== count * hashLength) {
    throw new RangeError(
      `Cannot derive an id: ${hashes.length} bytes of hashes for ${count} pieces`,
    );
  }
  if (count === 0) return emptyId;
  return encodeHex(merkleRoot(hashes, treeWidth(count), emptyPieceHash(size)));
}

/** The hash that stands for a missing piece: the root of a piece of zero leaves. */
function emptyPieceHash(size: number): Uint8Array {
  return merkleRoot(zeroHash, pieceLength(size) / blockLength, zeroHash);
}

/** The hashes of all pieces of a file that is in memory, one after the other. */
export function hashPieces(bytes: Uint8Array): Uint8Array {
  const size = bytes.length;
  const hashes = new Uint8Array(pieceCount(size) * hashLength);
  for (let index = 0; index < pieceCount(size); index++) {
    const { offset, length } = pieceSpan(size, index);
    hashes.set(hashPiece(bytes.subarray(offset, offset + length), size), index * hashLength);
  }
  return hashes;
}

/**
 * Tells whether bytes are the piece of that number.
 *
 * @param size bytes of the whole file
 * @param hashes its piece list, one hash after the other
 */
export function isPiece(
  bytes: Uint8Array,
  size: number,
  piece: number,
  hashes: Uint8Array,
): boolean {
  const expected = hashes.subarray(piece * hashLength, (piece + 1) * hashLength);
  const found = hashPiece(bytes, size);
  return expected.length === hashLength && found.every((byte, at) => byte === expected[at]);
}

/** Tells whether a piece list that somebody sent belongs to the content (`id`, `size`). */
export function isPieceList(hashes: Uint8Array, id: ContentId, size: number): boolean {
  return hashes.length === pieceCount(size) * hashLength && idFromPieces(hashes, size) === id;
}
