import { assertEquals } from "@std/assert";
import { Pattern } from "./pattern.ts";

const permissions = "none";

function unitsOf(text: string): Uint16Array {
  return Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}

Deno.test("Pattern is looked for between two places only", { permissions }, () => {
  const pattern = new Pattern("aab");
  const units = unitsOf("aaab");
  const between = [[0, 4], [1, 4], [2, 4], [0, 3], [4, 4]] as const;
  assertEquals(
    between.map(([start, end]) => pattern.isIn(units, start, end)),
    [true, true, false, false, false],
  );
});

Deno.test("hostile 39: Pattern takes no longer in what repeats itself", { permissions }, () => {
  // Where each place was compared anew, this would take half a minute.
  const units = unitsOf("a".repeat(1_000_000));
  const pattern = new Pattern(`${"a".repeat(60_000)}b`);
  assertEquals(pattern.isIn(units, 0, units.length), false);
  assertEquals(pattern.isIn(unitsOf(`${"a".repeat(100_000)}b`), 0, 100_001), true);
});
