import { assertEquals } from "@std/assert";
import { noTests, sum } from "./tally.ts";

Deno.test("sum adds up everything", () => {
  const [one, two] = ["one", "two"].map((name) => ({ file: "a_test.ts", name, reason: "no" }));
  const first = { passed: 5, failed: 1, skipped: 0, failures: one === undefined ? [] : [one] };
  const second = { passed: 1, failed: 1, skipped: 2, failures: two === undefined ? [] : [two] };
  assertEquals(sum(first, second), { passed: 6, failed: 2, skipped: 2, failures: [one, two] });
  assertEquals(sum(first, noTests), first);
});
