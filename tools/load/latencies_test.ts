import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Latencies, summary } from "./latencies.ts";

Deno.test("summary says what so many were not slower than", () => {
  const figures = Array.from({ length: 1000 }, (_, at) => 1000 - at);
  assertEquals(summary(figures), { count: 1000, p50: 500, p90: 900, p99: 990, max: 1000 });
  assertEquals(summary([3]), { count: 1, p50: 3, p90: 3, p99: 3, max: 3 });
  assertEquals(summary([]), { count: 0, p50: NaN, p90: NaN, p99: NaN, max: NaN });
});

Deno.test("summary names latencies that there were, in order", () => {
  const anyFigures = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(anyFigures, (figures) => {
    const { p50, p90, p99, max } = summary(figures);
    for (const [figure, share] of [[p50, 0.5], [p90, 0.9], [p99, 0.99], [max, 1]] as const) {
      assert(figures.includes(figure));
      assert(figures.filter((one) => one <= figure).length >= share * figures.length);
      assert(figures.filter((one) => one < figure).length < share * figures.length);
    }
  }));
});

Deno.test("Latencies keeps kinds apart, and knows all together", () => {
  const latencies = new Latencies();
  for (const [kind, ms] of [["b", 4], ["a", 1], ["b", 2]] as const) latencies.add(kind, ms);
  assertEquals(Object.keys(latencies.byKind), ["a", "b"]);
  assertEquals(latencies.byKind["b"], { count: 2, p50: 2, p90: 4, p99: 4, max: 4 });
  assertEquals(latencies.all.count, 3);
});
