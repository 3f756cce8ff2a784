import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import { limits, utf8Length } from "../shared/mod.ts";
import type { Page } from "./index/mod.ts";
import { fitPage, mapPage } from "./page.ts";

const permissions = "none";

function pageOf<T>(values: T[], more = false): Page<T> {
  return { entries: values.map((value, at) => ({ value, cursor: `after ${at}` })), more };
}

Deno.test(
  "fitPage keeps a page that fits, and says no more than the index",
  { permissions },
  () => {
    assertEquals(fitPage(pageOf(["a", "b"])), { values: ["a", "b"] });
    assertEquals(fitPage(pageOf([])), { values: [] });
  },
);

Deno.test("fitPage has a place for whoever has left meanwhile", { permissions }, () => {
  const page = pageOf(["a", undefined, "b"], true);
  assertEquals(fitPage(page), { values: ["a", undefined, "b"], more: "after 2" });
});

Deno.test("fitPage continues behind the last entry when the list goes on", { permissions }, () => {
  assertEquals(fitPage(pageOf(["a", "b"], true)), { values: ["a", "b"], more: "after 1" });
});

Deno.test("hostile 40: fitPage cuts what does not fit a line", { permissions }, () => {
  const big = "x".repeat(10_000);
  const { values, more } = fitPage(pageOf([big, big, big, big, big, big, big]));
  assertEquals(values.length, 6);
  assertEquals(more, "after 5");
});

Deno.test("fitPage counts bytes as they are written, not characters", { permissions }, () => {
  const line = (values: unknown[]): number => utf8Length(JSON.stringify(values));
  const entry = fc.oneof(fc.string({ unit: "binary" }), fc.constant('"'.repeat(3000)));
  fc.assert(fc.property(fc.array(entry, { maxLength: 200, size: "max" }), (entries) => {
    const { values, more } = fitPage(pageOf(entries));
    assertLess(line(values), limits.lineBytes);
    if (more === undefined) return assertEquals(values, entries);
    assertEquals(more, `after ${values.length - 1}`);
    assertGreater(line(entries.slice(0, values.length + 1)), limits.pageBytes);
  }));
});

Deno.test("mapPage translates entries and keeps the rest", { permissions }, () => {
  const page = { ...pageOf([1, 2], true), total: 9 };
  const mapped = mapPage(page, (value) => `${value * 2}`);
  assertEquals(mapped.entries.map(({ value }) => value), ["2", "4"]);
  assertEquals(mapped.entries.map(({ cursor }) => cursor), ["after 0", "after 1"]);
  assert(mapped.more && mapped.total === 9);
});
