import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { encodeHex } from "@std/encoding";
import {
  emptyId,
  hashPiece,
  hashPieces,
  idFromPieces,
  isPieceList,
  pieceHashFromBlocks,
} from "./content_id.ts";
import { hashBlocks, hashLength, sha256 } from "./merkle.ts";
import { blockLength, pieceCount } from "./pieces.ts";

const MiB = 2 ** 20;

/** Ids of `pattern(size)`, computed with libtorrent 2.0.8 (v2 only, pieces of 1 MiB). */
const vectors: [size: number, id: string][] = [
  [1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
  [16_383, "095da957d179a83905896a0e30dc0ef31ecb8c3e796d899ab647fe6eb42bc5ea"],
  [16_384, "127c52d4afc9d4e335b94d914f75fbf75b5dc62e6dbd31c6d71c868fc23e5fe5"],
  [16_385, "ed50aa6f263172ac5097e54684d484dd9036bae3d7c729b4ede1bd2a125514fe"],
  [3 * 16_384, "4908d995d9e4bcb9ccd830b858b9bdb26d7e884d39e22da8a958c7a23fb0d2bb"],
  [MiB - 1, "88cb89d52525fcd821a50d09320e3233f7b86974c33e9a3aa16bdcdd141cf645"],
  [MiB, "67dc226d12ad9ba03e557f756e7a0e75aaab6394b11341b82034a87d2cf64031"],
  [MiB + 1, "81a4989c1989d0b591e62142ff4ab299b4955cc458893129c440977e8e9d7c4c"],
  [3 * MiB + 5, "7462aa3b8096443e8c2cf2bf92313d55198e405957ca091b26763cb5eafa8031"],
  [5 * MiB, "9851aa118044ac7019b9ff68a1840bec1351e22814039db2b208d24133a7600d"],
];

Deno.test({
  name: "idFromPieces agrees with libtorrent at the boundaries of blocks and pieces",
  permissions: "none",
  fn: () => {
    for (const [size, id] of vectors) {
      assertEquals(idFromPieces(hashPieces(pattern(size)), size), id, String(size));
    }
  },
});

Deno.test({
  name: "emptyId is SHA-256 of nothing, from no pieces",
  permissions: "none",
  fn: () => {
    assertEquals(emptyId, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertEquals(idFromPieces(hashPieces(new Uint8Array()), 0), emptyId);
    assert(isPieceList(new Uint8Array(), emptyId, 0));
    assert(!isPieceList(new Uint8Array(), "0".repeat(64), 0));
    assert(!isPieceList(new Uint8Array(hashLength), emptyId, 0));
  },
});

Deno.test({
  name: "hashPiece of a file of one piece is the id of the file",
  permissions: "none",
  fn: () => {
    for (const [size, id] of vectors.filter(([size]) => pieceCount(size) === 1)) {
      assertEquals(encodeHex(hashPiece(pattern(size), size)), id, String(size));
    }
  },
});

Deno.test({
  name: "pieceHashFromBlocks agrees with hashPiece",
  permissions: "none",
  fn: () => {
    const last = pattern(3 * MiB + 5).subarray(3 * MiB);
    for (const size of [last.length, 3 * MiB + 5]) {
      assertEquals(pieceHashFromBlocks(hashBlocks(last), size), hashPiece(last, size));
    }
    // The short last piece of a longer file is padded to a full one, a short file is not.
    assertNotEquals(hashPiece(last, last.length), hashPiece(last, 3 * MiB + 5));
  },
});

Deno.test({
  name: "content has its id together with its size only: a root has a 64-byte twin",
  permissions: "none",
  fn: () => {
    const bytes = pattern(2 * blockLength);
    const twin = hashBlocks(bytes);
    assertEquals(twin.length, 64);
    const id = idFromPieces(hashPieces(bytes), bytes.length);
    assertEquals(idFromPieces(hashPieces(twin), twin.length), id);
    assertEquals(encodeHex(sha256(twin)), id);
  },
});

Deno.test({
  name: "isPieceList refuses a list with one wrong bit",
  permissions: "none",
  fn: () => {
    const size = 3 * MiB + 5;
    const hashes = hashPieces(pattern(size));
    const id = idFromPieces(hashes, size);
    assert(isPieceList(hashes, id, size));
    for (let at = 0; at < hashes.length; at++) {
      const wrong = hashes.slice();
      wrong[at] = (wrong[at] ?? 0) ^ 1 << at % 8;
      assert(!isPieceList(wrong, id, size));
    }
  },
});

Deno.test({
  name: "hostile 24: isPieceList refuses a list that does not fit the size",
  permissions: "none",
  fn: () => {
    const size = 3 * MiB + 5;
    const hashes = hashPieces(pattern(size));
    const id = idFromPieces(hashes, size);
    const longer = new Uint8Array(hashes.length + hashLength);
    longer.set(hashes);
    for (
      const list of [longer, hashes.subarray(hashLength), hashes.subarray(1), new Uint8Array()]
    ) assert(!isPieceList(list, id, size));
    for (const other of [0, 1, 3 * MiB, 4 * MiB + 1, Number.MAX_SAFE_INTEGER]) {
      assert(!isPieceList(hashes, id, other));
    }
  },
});

Deno.test({
  name: "idFromPieces throws RangeError on a list that does not fit the size",
  permissions: "none",
  fn: () => {
    assertThrows(() => idFromPieces(new Uint8Array(hashLength), 0), RangeError);
    assertThrows(() => idFromPieces(new Uint8Array(hashLength - 1), 1), RangeError);
    assertThrows(() => idFromPieces(new Uint8Array(hashLength), MiB + 1), RangeError);
  },
});

/** The bytes of the vectors: they repeat late, so that no two blocks of a piece are alike. */
function pattern(size: number): Uint8Array {
  return new Uint8Array(size).map((_, index) => (index * 7 + (index >> 8) * 13) & 255);
}
