import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Schedule } from "./schedule.ts";

Deno.test("Schedule gives what is due, and once", () => {
  const schedule = new Schedule(100, 0.05);
  assertEquals([...schedule.take(0)], [{ number: 0, due: 0 }]);
  assertEquals([...schedule.take(9)], []);
  assertEquals([...schedule.take(20)], [{ number: 1, due: 10 }, { number: 2, due: 20 }]);
  assertEquals([schedule.nextDue, schedule.isOver], [30, false]);
  // Whoever looks late finds all who have come meanwhile, each with the time at which it came.
  assertEquals([...schedule.take(1000)], [{ number: 3, due: 30 }, { number: 4, due: 40 }]);
  assertEquals([schedule.isOver, [...schedule.take(2000)]], [true, []]);
});

Deno.test("Schedule comes out the same however often it is looked at", () => {
  const anyRate = fc.integer({ min: 1, max: 5000 });
  const anyLooks = fc.array(fc.double({ min: 0, max: 3000, noNaN: true }));
  fc.assert(fc.property(anyRate, anyLooks, (rate, looks) => {
    const [often, once] = [new Schedule(rate, 2), new Schedule(rate, 2)];
    const taken = [...looks.toSorted((a, b) => a - b), Infinity].flatMap((now) => {
      const due = [...often.take(now)];
      assert(due.every((request) => request.due <= now));
      return due;
    });
    assertEquals(taken, [...once.take(Infinity)]);
    assertEquals(taken.length, rate * 2);
  }));
});
