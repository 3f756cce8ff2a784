import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { LastMinute } from "./last_minute.ts";

const permissions = "none";

Deno.test("LastMinute forgets what is a minute old", { permissions }, () => {
  let now = 5000;
  const recent = new LastMinute(() => now);
  recent.add();
  recent.add();
  now += 59_999;
  recent.add();
  assertEquals(recent.count, 3);
  now += 1;
  assertEquals(recent.count, 1);
  now += 1e9;
  assertEquals(recent.count, 0);
});

Deno.test("LastMinute counts what a list of all times would", { permissions }, () => {
  const steps = fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 100 });
  fc.assert(fc.property(steps, (pauses) => {
    let now = 1_234_567;
    const recent = new LastMinute(() => now);
    const seconds: number[] = [];
    for (const pause of pauses) {
      now += pause;
      recent.add();
      seconds.push(Math.floor(now / 1000));
      const since = Math.floor(now / 1000) - 60;
      assertEquals(recent.count, seconds.filter((second) => second > since).length);
    }
  }));
});
