import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { limits } from "../limits.ts";
import { pieceCount, pieceLength, pieceSpan } from "./pieces.ts";

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const size = fc.oneof(fc.nat({ max: 64 * MiB }), fc.maxSafeNat(), nearPowersOfTwo());

Deno.test({
  name: "pieceLength is 1 MiB up to 64 GiB and doubles from there",
  permissions: "none",
  fn: () => {
    for (
      const [size, length] of [
        [0, MiB],
        [1, MiB],
        [MiB, MiB],
        [64 * GiB - 1, MiB],
        [64 * GiB, MiB],
        [64 * GiB + 1, 2 * MiB],
        [128 * GiB, 2 * MiB],
        [128 * GiB + 1, 4 * MiB],
        [2 ** 52, 2 ** 36],
        [2 ** 52 + 1, 2 ** 37],
        [Number.MAX_SAFE_INTEGER, 2 ** 37],
      ] as const
    ) assertEquals(pieceLength(size), length, String(size));
  },
});

Deno.test({
  name: "hostile 24: pieceCount counts the last piece once",
  permissions: "none",
  fn: () => {
    for (
      const [size, count] of [
        [0, 0],
        [1, 1],
        [MiB - 1, 1],
        [MiB, 1],
        [MiB + 1, 2],
        [3 * MiB, 3],
        [64 * GiB, 65_536],
        [64 * GiB + 1, 32_769],
        [Number.MAX_SAFE_INTEGER, 65_536],
      ] as const
    ) assertEquals(pieceCount(size), count, String(size));
  },
});

Deno.test({
  name: "pieceLength is the smallest power of two that keeps the piece list within its limit",
  permissions: "none",
  fn: () => {
    fc.assert(fc.property(size, (size) => {
      const length = pieceLength(size);
      assert(Number.isInteger(Math.log2(length)) && length >= MiB);
      assert(pieceCount(size) <= limits.pieces);
      assert(length === MiB || Math.ceil(size / (length / 2)) > limits.pieces);
    }));
  },
});

Deno.test({
  name: "pieceSpan covers a file exactly",
  permissions: "none",
  fn: () => {
    fc.assert(
      fc.property(size, (size) => {
        let end = 0;
        for (let index = 0; index < pieceCount(size); index++) {
          const { offset, length } = pieceSpan(size, index);
          if (offset !== end || length <= 0 || length > pieceLength(size)) {
            assertEquals({ index, offset, length }, { index, offset: end, length: NaN });
          }
          end += length;
        }
        assertEquals(end, size);
      }),
      { numRuns: 50 },
    );
  },
});

function nearPowersOfTwo(): fc.Arbitrary<number> {
  return fc.tuple(fc.integer({ min: 14, max: 52 }), fc.integer({ min: -2, max: 2 }))
    .map(([power, off]) => 2 ** power + off);
}
