import { assert, assertEquals, assertLess } from "@std/assert";
import { Pacer } from "./pacer.ts";

/** A clock whose time passes only by waiting, and by hand. */
class FakeClock {
  ms = 5000;

  now(): number {
    return this.ms;
  }

  wait(ms: number): Promise<void> {
    this.ms += ms;
    return Promise.resolve();
  }
}

Deno.test({
  name: "Pacer holds a stream to its rate, whatever the chunks are",
  permissions: "none",
  fn: async () => {
    for (const chunk of [100, 4096, 65_536]) {
      const clock = new FakeClock();
      const pacer = new Pacer(1_000_000, clock);
      for (let sent = 0; sent < 10_000_000; sent += chunk) await pacer.pace(chunk);
      assertLess(Math.abs(clock.ms - 5000 - 10_000), 100, `chunks of ${chunk}`);
    }
  },
});

Deno.test({
  name: "Pacer lets a pause be caught up on by a tenth of a second only",
  permissions: "none",
  fn: async () => {
    const clock = new FakeClock();
    const pacer = new Pacer(1_000_000, clock);
    clock.ms += 60_000;
    const start = clock.ms;
    for (let sent = 0; sent < 1_000_000; sent += 10_000) await pacer.pace(10_000);
    assertEquals(Math.round(clock.ms - start), 900);
  },
});

Deno.test({
  name: "Pacer shares its rate among all who use it",
  permissions: "none",
  fn: async () => {
    const clock = new FakeClock();
    const pacer = new Pacer(1_000_000, clock);
    const waits: number[] = [];
    clock.wait = (ms) => {
      waits.push(ms);
      return Promise.resolve();
    };
    await Promise.all([1, 2, 3].map(() => pacer.pace(100_000)));
    assertEquals(waits, [100, 200, 300]);
  },
});

Deno.test({
  name: "Pacer slices are small enough that nobody waits long, and large enough to be worth it",
  permissions: "none",
  fn: () => {
    for (const [rate, slice] of [[1000, 4096], [2_000_000, 20_000], [1e9, 65_536]] as const) {
      assertEquals(new Pacer(rate, new FakeClock()).slice, slice);
    }
    assert(new Pacer(1e6).slice > 0);
  },
});
