import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { PieceSet } from "./piece_set.ts";

/** A number of pieces, and some of them. */
const pieces = fc.nat({ max: 70 }).chain((size) =>
  fc.record({ size: fc.constant(size), some: fc.array(fc.nat({ max: Math.max(0, size - 1) })) })
).filter(({ size, some }) => size > 0 || some.length === 0);

Deno.test({
  name: "PieceSet has what was added, counts it once, and lists it in order",
  permissions: "none",
  fn: () => {
    fc.assert(fc.property(pieces, ({ size, some }) => {
      const set = new PieceSet(size);
      for (const piece of some) set.add(piece);
      const expected = [...new Set(some)].sort((a, b) => a - b);
      assertEquals([...set], expected);
      assertEquals(set.count, expected.length);
      for (let piece = 0; piece < size; piece++) {
        assertEquals(set.has(piece), expected.includes(piece));
      }
    }));
  },
});

Deno.test({
  name: "PieceSet.delete takes out one piece, once",
  permissions: "none",
  fn: () => {
    const set = PieceSet.all(10);
    set.delete(3);
    set.delete(3);
    assertEquals([...set], [0, 1, 2, 4, 5, 6, 7, 8, 9]);
    assertEquals(set.count, 9);
  },
});

Deno.test({
  name: "PieceSet makes the round trip through its bitmap",
  permissions: "none",
  fn: () => {
    fc.assert(fc.property(pieces, ({ size, some }) => {
      const set = new PieceSet(size);
      for (const piece of some) set.add(piece);
      const back = PieceSet.fromBytes(set.toBytes(), size);
      assertEquals(back?.toBytes(), set.toBytes());
      assertEquals([back?.count, back?.size], [set.count, size]);
    }));
  },
});

Deno.test({
  name: "PieceSet.toBytes has the first piece in the highest bit, and gives a copy",
  permissions: "none",
  fn: () => {
    const set = new PieceSet(9);
    for (const piece of [0, 6, 8]) set.add(piece);
    const bytes = set.toBytes();
    assertEquals(bytes, Uint8Array.of(0b1000_0010, 0b1000_0000));
    bytes.fill(0);
    assertEquals([...set], [0, 6, 8]);
  },
});

Deno.test({
  name: "hostile 24: PieceSet.fromBytes refuses another length and bits beyond the end",
  permissions: "none",
  fn: () => {
    assertNotEquals(PieceSet.fromBytes(Uint8Array.of(0xff, 0x80), 9), undefined);
    assertEquals(PieceSet.fromBytes(Uint8Array.of(0xff, 0xc0), 9), undefined);
    assertEquals(PieceSet.fromBytes(Uint8Array.of(0xff), 9), undefined);
    assertEquals(PieceSet.fromBytes(Uint8Array.of(0xff, 0x80, 0), 9), undefined);
    assertEquals(PieceSet.fromBytes(Uint8Array.of(0), 0), undefined);
    assertEquals(PieceSet.fromBytes(new Uint8Array(), 0)?.count, 0);
  },
});

Deno.test({
  name: "PieceSet.add and has know nothing beyond the end",
  permissions: "none",
  fn: () => {
    const set = PieceSet.all(9);
    for (const piece of [9, 15, 16, 1000]) {
      set.add(piece);
      assertEquals(set.has(piece), false);
    }
    assertEquals(set.count, 9);
  },
});
