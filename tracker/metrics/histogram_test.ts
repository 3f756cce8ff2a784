import { assertEquals } from "@std/assert";
import { Histogram } from "./histogram.ts";

const permissions = "none";

Deno.test("Histogram counts a value by the least bound that is not below it", {
  permissions,
}, () => {
  const histogram = new Histogram([1, 2]);
  for (const value of [0, 1, 1.5, 2, 2.5, 100]) histogram.observe(value);
  assertEquals([histogram.count, histogram.sum], [6, 107]);
  const { samples } = histogram.family("x", "");
  assertEquals(samples.map(({ value }) => value), [2, 4, 6, 107, 6]);
});

Deno.test("Histogram without a value says so", { permissions }, () => {
  const { samples, type } = new Histogram([1]).family("x", "");
  assertEquals([type, samples.map(({ value }) => value)], ["histogram", [0, 0, 0, 0]]);
});
