import { assertEquals } from "@std/assert";
import { covered, fsyncSpans } from "./fsync_time.ts";

Deno.test("fsyncSpans reads calls of one line and calls of two", () => {
  const trace = `10    100.500000 fsync(12)                      = 0 <0.250000>
11    101.000000 fdatasync(7 <unfinished ...>
10    101.100000 fsync(12)                      = 0 <0.100000>
11    102.500000 <... fdatasync resumed>)       = 0 <1.500000>
`;
  assertEquals(fsyncSpans(trace), [[100.5, 100.75], [101.1, 101.1 + 0.1], [101, 102.5]]);
});

Deno.test("fsyncSpans passes over what is no call", () => {
  assertEquals(fsyncSpans("10  100.500000 +++ exited with 0 +++\n\n"), []);
});

Deno.test("covered counts time in which calls overlap once", () => {
  assertEquals(covered([[5, 6], [1, 3], [2, 4], [2.5, 3.5]]), 4);
  assertEquals(covered([]), 0);
});
