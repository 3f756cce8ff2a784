import { assert, assertEquals } from "@std/assert";
import { Allowance } from "./allowance.ts";

const permissions = "none";

Deno.test("hostile 47: Allowance gives each address so much a second, and all together", {
  permissions,
}, () => {
  let now = 0;
  const allowance = new Allowance({ each: 2, total: 5, now: () => now });
  const take = (address: string, times: number): number =>
    Array.from({ length: times }, () => allowance.take(address)).filter(Boolean).length;
  assertEquals([take("a", 9), take("b", 9), take("c", 9), take("d", 9)], [2, 2, 1, 0]);
  now = 999;
  assertEquals(take("a", 1), 0);
  now = 1000;
  assertEquals([take("a", 9), take("d", 9)], [2, 2]);
});

Deno.test("hostile 47: Allowance counts no end of addresses, and never gives more in total", {
  permissions,
}, () => {
  const allowance = new Allowance({ each: 1, total: 5000, now: () => 0 });
  let given = 0;
  for (let at = 0; at < 100_000; at++) if (allowance.take(`address ${at}`)) given++;
  assertEquals(given, 5000);
  assert(!allowance.take("another"));
});
