import { assertEquals } from "@std/assert";
import { fitting, formatBytes, formatSeconds } from "./output.ts";

Deno.test({
  name: "formatBytes shows three digits, in powers of 1,000",
  permissions: "none",
  fn: () => {
    const shown = {
      0: "0 B",
      1: "1 B",
      999: "999 B",
      1000: "1.00 kB",
      1234: "1.23 kB",
      9949: "9.95 kB",
      9950: "9.95 kB",
      9994: "9.99 kB",
      9996: "10.0 kB",
      12_345: "12.3 kB",
      99_500: "99.5 kB",
      99_960: "100 kB",
      999_499: "999 kB",
      999_500: "1.00 MB",
      212_000_000: "212 MB",
      5_000_000_000: "5.00 GB",
      1_048_576_000_000: "1.05 TB",
      9_007_199_254_740_991: "9.01 PB",
    };
    for (const [bytes, text] of Object.entries(shown)) {
      assertEquals(formatBytes(Number(bytes)), text);
    }
  },
});

Deno.test({
  name: "formatSeconds goes from tenths of a second to hours",
  permissions: "none",
  fn: () => {
    const shown: [number, string][] = [
      [0, "0.0 s"],
      [0.64, "0.6 s"],
      [9.94, "9.9 s"],
      [9.96, "10 s"],
      [44.1, "45 s"],
      [59, "59 s"],
      [59.5, "1:00 min"],
      [185, "3:05 min"],
      [3599, "59:59 min"],
      [3600, "1:00 h"],
      [7620, "2:07 h"],
      [360_000, "100:00 h"],
    ];
    for (const [seconds, text] of shown) assertEquals(formatSeconds(seconds), text);
  },
});

Deno.test({
  name: "fitting cuts a line where it would leave the screen, whatever is in it",
  permissions: "none",
  fn: () => {
    assertEquals(fitting("abcdef", 4), "abcd");
    assertEquals(fitting("abc", 4), "abc");
    assertEquals(fitting("日本語", 4), "日本");
    assertEquals(fitting("a日本語", 4), "a日");
    assertEquals([fitting("abc", 0), fitting("\u{1f3b5}x", 1)], ["", ""]);
  },
});
