import { assert, assertEquals } from "@std/assert";
import { backoff } from "./backoff.ts";

Deno.test({
  name: "backoff doubles from a quarter of a second up to five seconds",
  permissions: "none",
  fn: () => {
    const middle = [0, 1, 2, 3, 4, 5, 6, 100, 2000].map((attempt) => backoff(attempt, 0.5));
    assertEquals(middle, [250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000]);
  },
});

Deno.test({
  name: "backoff is spread by a quarter to either side",
  permissions: "none",
  fn: () => {
    assertEquals(backoff(2, 0), 750);
    const latest = backoff(2, 0.999_999);
    assert(latest > 1249 && latest <= 1250);
  },
});
