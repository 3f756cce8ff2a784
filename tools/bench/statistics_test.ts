import { assertEquals } from "@std/assert";
import { median, quantile } from "./statistics.ts";

Deno.test("median is the figure in the middle, or between the two there", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 2, 3]), 2.5);
  assertEquals(median([10, 9]), 9.5);
});

Deno.test("median leaves out what is no number", () => {
  assertEquals(median([NaN, 1, 3, NaN]), 2);
  assertEquals(median([Infinity]), Infinity);
});

Deno.test("median of nothing is not a number", () => {
  assertEquals(median([]), NaN);
});

Deno.test("quantile reaches from the smallest to the largest figure", () => {
  const figures = Array.from({ length: 101 }, (_, at) => 100 - at);
  assertEquals([0, 0.5, 0.99, 1].map((share) => quantile(figures, share)), [0, 50, 99, 100]);
});
