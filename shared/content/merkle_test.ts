import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { encodeHex } from "@std/encoding";
import fc from "fast-check";
import { hashBlocks, hashLength, merkleRoot, sha256, treeWidth } from "./merkle.ts";
import { blockLength } from "./pieces.ts";

Deno.test({
  name: "sha256 agrees with FIPS 180-4",
  permissions: "none",
  fn: () => {
    assertEquals(
      encodeHex(sha256(new TextEncoder().encode("abc"))),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  },
});

Deno.test({
  name: "hashBlocks hashes the last block as long as it is",
  permissions: "none",
  fn: () => {
    const bytes = new Uint8Array(2 * blockLength + 1).fill(7);
    const expected = [
      sha256(bytes.subarray(0, blockLength)),
      sha256(bytes.subarray(blockLength, 2 * blockLength)),
      sha256(Uint8Array.of(7)),
    ];
    assertEquals(hashBlocks(bytes), concat(expected));
    assertEquals(hashBlocks(new Uint8Array()).length, 0);
  },
});

Deno.test({
  name: "treeWidth is the next power of two",
  permissions: "none",
  fn: () => {
    const counts = [0, 1, 2, 3, 4, 5, 8, 9, 65_535, 65_536];
    assertEquals(counts.map(treeWidth), [1, 1, 2, 4, 4, 8, 8, 16, 65_536, 65_536]);
  },
});

Deno.test({
  name: "merkleRoot is the root of the tree with its missing leaves written out",
  permissions: "none",
  fn: () => {
    const leaf = fc.uint8Array({ minLength: hashLength, maxLength: hashLength });
    const leaves = fc.array(leaf, { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(leaves, fc.nat({ max: 2 }), leaf, (leaves, doublings, padding) => {
      const width = treeWidth(leaves.length) * 2 ** doublings;
      const full = [...leaves, ...Array(width - leaves.length).fill(padding)];
      const given = concat(leaves);
      assertEquals(encodeHex(merkleRoot(given, width, padding)), encodeHex(fullTreeRoot(full)));
      // What is hashed must stay as it was: piece lists are kept and sent on.
      assertEquals(given, concat(leaves));
    }));
  },
});

/** The definition, by halves instead of row by row. */
function fullTreeRoot(leaves: Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first !== undefined && leaves.length === 1) return first;
  const half = leaves.length / 2;
  return sha256(
    concat([fullTreeRoot(leaves.slice(0, half)), fullTreeRoot(leaves.slice(half))]),
  );
}
