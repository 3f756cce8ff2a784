import { assertEquals } from "@std/assert";
import { countTests } from "./junit.ts";
import { noTests } from "./tally.ts";

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
      <failure message="Error: &lt;testcase ">Error: &lt;b&gt;

[31m- a[0m
    at one.ts:1
    at two.ts:2
    at three.ts:3
    at four.ts:4
    at five.ts:5</failure>
    </testcase>
  </testsuite>
  <testsuite name="./b_test.ts" tests="1" disabled="0" errors="0" failures="0">
    <testcase name="splits &gt; early" classname="./b_test.ts" time="0.000" line="1" col="6">
    </testcase>
  </testsuite>
</testsuites>`;

Deno.test("countTests counts tests, and no steps", () => {
  const { passed, failed, skipped } = countTests(report);
  assertEquals([passed, failed, skipped], [2, 1, 1]);
});

Deno.test("countTests says what failed, and why in a few lines", () => {
  const places = ["one.ts:1", "two.ts:2", "three.ts:3", "four.ts:4"].map((at) => `    at ${at}`);
  assertEquals(countTests(report).failures, [
    { file: "a_test.ts", name: "splits", reason: "1 test step failed." },
    {
      file: "a_test.ts",
      name: "splits > late",
      reason: ["Error: <b>", "- a", ...places].join("\n"),
    },
  ]);
});

Deno.test("countTests finds nothing in an empty report", () => {
  assertEquals(countTests(""), noTests);
});
