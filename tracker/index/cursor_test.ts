import { assertEquals, assertLessOrEqual, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LanyardError, limits } from "../../shared/mod.ts";
import { compareKeys, Cursors } from "./cursor.ts";

const permissions = "none";

function refuses(cursors: Cursors, cursor: string, length: number): void {
  const error = assertThrows(() => cursors.read(cursor, length), LanyardError);
  assertEquals([error.code, error.fatal], ["bad-cursor", false]);
}

const anyKey = fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 4 });

Deno.test("Cursors reads what it wrote, within the limit on length", { permissions }, () => {
  const cursors = new Cursors("index", { text: "a" });
  fc.assert(fc.property(anyKey, (key) => {
    const cursor = cursors.write(key);
    assertLessOrEqual(cursor.length, limits.cursorBytes);
    assertEquals(cursors.read(cursor, key.length), key.map((value) => value + 0));
  }));
});

Deno.test("Cursors refuses cursors of another list, index or shape", { permissions }, () => {
  const cursors = new Cursors("index", { text: "a" });
  const cursor = cursors.write([1, 2]);
  refuses(new Cursors("index", { text: "b" }), cursor, 2);
  refuses(new Cursors("index", { text: "a", type: "txt" }), cursor, 2);
  refuses(new Cursors("another index", { text: "a" }), cursor, 2);
  refuses(cursors, cursor, 1);
  refuses(cursors, cursor, 3);
  assertEquals(new Cursors("index", { text: "a" }).read(cursor, 2), [1, 2]);
});

Deno.test("Cursors refuses what nobody wrote", { permissions }, () => {
  const cursors = new Cursors("index", "list");
  const good = cursors.write([7]);
  for (
    const cursor of ["", ".", `${good}.`, `${good}.x`, `${good}!`, good.replace(".", ""), "x.y"]
  ) {
    refuses(cursors, cursor, 1);
  }
  const [stamp] = good.split(".");
  refuses(cursors, `${stamp}.`, 1);
  for (const body of ["1.5", "1e9", "0x1", " 1", "NaN", "x", "9007199254740993", "1,2"].map(btoa)) {
    refuses(cursors, `${stamp}.${body.replaceAll("=", "")}`, 1);
  }
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => refuses(cursors, text, 1)));
});

Deno.test("Cursors stamps do not show the query", { permissions }, () => {
  const stamps = ["a", "b"].map((text) => new Cursors("index", { text }).write([1]).split(".")[0]);
  assertNotEquals(stamps[0], stamps[1]);
  assertEquals(stamps.map((stamp) => stamp?.length), [12, 12]);
});

Deno.test("compareKeys orders keys number by number", { permissions }, () => {
  const keys = [[1, -5], [0, 9], [1, 2], [0, -9]];
  assertEquals(keys.toSorted(compareKeys), [[0, -9], [0, 9], [1, -5], [1, 2]]);
  assertEquals(compareKeys([3, 4], [3, 4]), 0);
});
