import { assertEquals } from "@std/assert";
import { findTests, groupTests } from "./test_groups.ts";

Deno.test("groupTests runs tests side by side, but for those that change or take what all have", () => {
  const groups = groupTests(["peer/a_test.ts", "tracker/cli_test.ts", "tests/fuzz_test.ts"]);
  assertEquals(groups.map(({ files }) => files), [
    ["peer/a_test.ts"],
    ["tracker/cli_test.ts", "tests/fuzz_test.ts"],
  ]);
  assertEquals(groups.map(({ jobs }) => jobs > 1), [true, false]);
  assertEquals(groupTests(["peer/a_test.ts"]).length, 1);
  assertEquals(groupTests([]), []);
});

Deno.test("groupTests knows every test by its name", () => {
  const [, alone] = groupTests([...findTests(["tracker", "peer", "tests"])]);
  assertEquals(alone?.files.length, 10, "one was given another name");
});

/** What a whole process has, so that tests of other files in it would see the change. */
const ofProcess = /Deno\.(?:chdir|umask|env\.(?:set|delete))\(|process\.chdir\(/;

Deno.test("groupTests keeps those alone that change what a process has", () => {
  const [together] = groupTests([...findTests(["shared", "net", "tracker", "peer", "tests"])]);
  const changing = (file: string): boolean => ofProcess.test(Deno.readTextFileSync(file));
  assertEquals(together?.files.filter(changing), []);
});

Deno.test("findTests finds the tests of folders, and leaves everything else out", () => {
  const found = [...findTests(["tools", "tests/get_test.ts"])];
  assertEquals(found.includes("tools/test_groups_test.ts"), true);
  assertEquals(found.includes("tools/bench/statistics_test.ts"), true);
  assertEquals(found.at(-1), "tests/get_test.ts");
  assertEquals(found.every((file) => file.endsWith("_test.ts")), true);
});
