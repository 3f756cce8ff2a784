import { assertEquals } from "@std/assert";
import { type Failure, noTests, sum, type Tally, withSecondRun } from "./tally.ts";

function failure(file: string, name: string): Failure {
  return { file, name, reason: "no" };
}

const once = failure("a_test.ts", "fails once");
const step = failure("a_test.ts", "fails once > in a step");
const always = failure("b_test.ts", "fails always");
const files = ["a_test.ts", "b_test.ts"];
const first: Tally = { ...noTests, passed: 5, failed: 2, failures: [once, step, always] };

Deno.test("withSecondRun counts what passed then, and says that it did not at first", () => {
  const second = { ...noTests, passed: 3, failed: 1, failures: [always] };
  assertEquals(withSecondRun(first, second, files), {
    passed: 6,
    failed: 1,
    skipped: 0,
    failures: [always],
    unsteady: [once, step],
  });
});

Deno.test("withSecondRun believes no run that broke off", () => {
  assertEquals(withSecondRun(first, noTests, files), first);
  const outside = failure("", "something outside of any test");
  const broken = { ...noTests, passed: 3, failed: 1, failures: [outside] };
  assertEquals(withSecondRun(first, broken, files), first);
});

Deno.test("withSecondRun changes nothing about files that were not run again", () => {
  const second = { ...noTests, passed: 3 };
  assertEquals(withSecondRun(first, second, ["b_test.ts"]).failures, [once, step]);
  const outside = { ...noTests, passed: 3, failed: 1, failures: [failure("", "outside")] };
  assertEquals(withSecondRun(outside, second, files), outside);
});

Deno.test("sum adds up everything", () => {
  const other = { ...noTests, passed: 1, skipped: 2, unsteady: [always] };
  assertEquals(sum(first, other), { ...first, passed: 6, skipped: 2, unsteady: [always] });
});
