import { assertEquals } from "@std/assert";
import { countTests } from "./junit.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="7" failures="2" errors="0" time="0.077">
  <testsuite name="./a_test.ts" tests="6" disabled="1" errors="0" failures="2">
    <testcase name="splits" classname="./a_test.ts" time="0.002" line="1" col="6">
      <failure message="1 test step failed">1 test step failed.</failure>
    </testcase>
    <testcase name="a &gt; b" classname="./a_test.ts" time="0.000" line="2" col="6">
    </testcase>
    <testcase name="later" classname="./a_test.ts" time="0.000" line="3" col="11">
      <skipped/>
    </testcase>
    <testcase name="splits &gt; early" classname="./a_test.ts" time="0.000" line="1" col="37">
    </testcase>
    <testcase name="splits &gt; late" classname="./a_test.ts" time="0.000" line="1" col="64">
      <failure message="Error: &lt;testcase ">Error</failure>
    </testcase>
  </testsuite>
  <testsuite name="./b_test.ts" tests="1" disabled="0" errors="0" failures="0">
    <testcase name="splits &gt; early" classname="./b_test.ts" time="0.000" line="1" col="6">
    </testcase>
  </testsuite>
</testsuites>`;

Deno.test("countTests counts tests, and no steps", () => {
  assertEquals(countTests(report), { passed: 2, failed: 1, skipped: 1, failures: ["splits"] });
});

Deno.test("countTests finds nothing in an empty report", () => {
  assertEquals(countTests(""), { passed: 0, failed: 0, skipped: 0, failures: [] });
});
