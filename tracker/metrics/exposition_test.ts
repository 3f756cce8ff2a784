import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseExposition } from "../../tests/support/exposition.ts";
import { exposition } from "./exposition.ts";
import { counter, type Family, gauge, labelled } from "./family.ts";
import { Histogram } from "./histogram.ts";

const permissions = "none";

Deno.test("exposition writes families as Prometheus reads them", { permissions }, () => {
  const times = new Histogram([0.5, 1]);
  for (const time of [0.25, 0.5, 0.75, 3]) times.observe(time);
  const families = [
    gauge("members", "Who shares.", 3),
    labelled(
      { name: "errors_total", help: "Refusals,\nby code.", type: "counter", label: "code" },
      [["syntax", 1], ['odd "\\\n', 2]],
    ),
    labelled({ name: "none_total", help: "Nothing yet.", type: "counter", label: "x" }, []),
    times.family("took_seconds", "How long it took."),
  ];
  assertEquals(
    exposition(families),
    `# HELP members Who shares.
# TYPE members gauge
members 3
# HELP errors_total Refusals,\\nby code.
# TYPE errors_total counter
errors_total{code="syntax"} 1
errors_total{code="odd \\"\\\\\\n"} 2
# HELP none_total Nothing yet.
# TYPE none_total counter
# HELP took_seconds How long it took.
# TYPE took_seconds histogram
took_seconds_bucket{le="0.5"} 2
took_seconds_bucket{le="1"} 3
took_seconds_bucket{le="+Inf"} 4
took_seconds_sum 4.5
took_seconds_count 4
`,
  );
});

Deno.test("exposition of any observations is well formed, and its buckets hold each other", {
  permissions,
}, () => {
  const bounds = [0.0005, 0.01, 1, 5];
  const times = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 50 });
  fc.assert(fc.property(times, fc.nat(), fc.string(), (observed, total, text) => {
    const histogram = new Histogram(bounds);
    for (const time of observed) histogram.observe(time);
    const families: Family[] = [
      histogram.family("h", text),
      counter("c_total", text, total),
      labelled({ name: "l", help: text, type: "gauge", label: "x" }, [[text, total / 7]]),
    ];
    const { types, values } = parseExposition(exposition(families));
    assertEquals([...types], [["h", "histogram"], ["c_total", "counter"], ["l", "gauge"]]);
    for (const bound of bounds) {
      const below = observed.filter((time) => time <= bound).length;
      assertEquals(values.get(`h_bucket{le="${bound}"}`), below);
    }
    assertEquals(values.get('h_bucket{le="+Inf"}'), observed.length);
    assertEquals(values.get("h_count"), observed.length);
    assertEquals(values.get("h_sum"), observed.reduce((sum, time) => sum + time, 0));
    assertEquals(values.get("c_total"), total);
    assertEquals(values.size, bounds.length + 5);
  }));
});

Deno.test("exposition refuses a name that is none", { permissions }, () => {
  for (const name of ["", "1a", "a b", "a-b", "ä"]) {
    assertThrows(() => exposition([gauge(name, "", 1)]), RangeError);
  }
});
