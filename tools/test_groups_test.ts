import { assertEquals } from "@std/assert";
import { findTests, groupTests } from "./test_groups.ts";

Deno.test("groupTests runs whole programs side by side, and what measures or shares a process alone", () => {
  const groups = groupTests(["peer/a_test.ts", "tests/b_test.ts", "tests/fuzz_test.ts"]);
  assertEquals(groups.map(({ files }) => files), [
    ["tests/b_test.ts"],
    ["peer/a_test.ts", "tests/fuzz_test.ts"],
  ]);
  assertEquals(groups.map(({ jobs }) => jobs > 1), [true, false]);
  assertEquals(groupTests(["peer/a_test.ts"]).length, 1);
  assertEquals(groupTests([]), []);
});

Deno.test("findTests finds the tests of folders, and leaves everything else out", () => {
  const found = [...findTests(["tools", "tests/get_test.ts"])];
  assertEquals(found.includes("tools/test_groups_test.ts"), true);
  assertEquals(found.includes("tools/bench/statistics_test.ts"), true);
  assertEquals(found.at(-1), "tests/get_test.ts");
  assertEquals(found.every((file) => file.endsWith("_test.ts")), true);
});
