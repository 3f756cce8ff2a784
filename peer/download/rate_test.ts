import { assert, assertEquals } from "@std/assert";
import { Rate } from "./rate.ts";

Deno.test({
  name: "Rate is 0 until 50 ms have passed, and then what came in that time",
  permissions: "none",
  fn: () => {
    const rate = new Rate(1000);
    rate.add(10, 1001);
    rate.add(10, 1049);
    assertEquals(rate.value, 0);
    rate.add(10, 1050);
    assertEquals(rate.value, 600);
  },
});

Deno.test({
  name: "Rate stays what it is as long as the speed does",
  permissions: "none",
  fn: () => {
    const rate = new Rate(0);
    for (let ms = 10; ms <= 60_000; ms += 10) rate.add(3, ms);
    assertEquals(Math.round(rate.value), 300);
  },
});

Deno.test({
  name: "Rate follows another speed within a few seconds, but not at once",
  permissions: "none",
  fn: () => {
    const rate = new Rate(0);
    for (let ms = 100; ms <= 10_000; ms += 100) rate.add(10, ms); // 100 a second
    for (let ms = 10_100; ms <= 10_500; ms += 100) rate.add(50, ms); // 500 a second
    assert(rate.value > 150 && rate.value < 300, `${rate.value} after 0.5 s`);
    for (let ms = 10_600; ms <= 18_000; ms += 100) rate.add(50, ms);
    assert(rate.value > 480 && rate.value <= 500, `${rate.value} after 8 s`);
  },
});

Deno.test({
  name: "Rate falls when something comes after a long silence",
  permissions: "none",
  fn: () => {
    const rate = new Rate(0);
    rate.add(1000, 1000);
    rate.add(1000, 11_000);
    assertEquals(rate.value, 100);
  },
});
