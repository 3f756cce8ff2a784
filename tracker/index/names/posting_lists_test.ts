import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { mostNumbers, PostingLists } from "./posting_lists.ts";

const permissions = "none";

/** Lists, and what they should be. */
class Lists {
  readonly lists = new PostingLists();
  readonly model = new Map<number, number[]>();

  add(key: number, number: number): void {
    this.lists.add(key, number);
    const numbers = this.model.get(key) ?? [];
    if (numbers.at(-1) !== number) numbers.push(number);
    this.model.set(key, numbers);
  }

  check(): void {
    for (const [key, numbers] of this.model) {
      assertEquals(this.lists.count(key), numbers.length);
      assertEquals([...this.lists.numbers(key)], numbers);
    }
  }
}

/** Lists of which some are long enough for each of their forms. */
function filled(steps: readonly [key: number, step: number][]): Lists {
  const made = new Lists();
  for (const [key, step] of steps) {
    for (let number = step; number < mostNumbers; number += step) made.add(key, number);
  }
  return made;
}

const steps = fc.array(
  fc.tuple(fc.integer().filter((key) => key !== 0), fc.integer({ min: 5, max: 70_000 })),
  { maxLength: 20 },
).map((all) => [...new Map(all)]);

Deno.test("PostingLists keep what was added, however much it is", { permissions }, () => {
  fc.assert(fc.property(steps, (steps) => filled(steps).check()), { numRuns: 30 });
});

Deno.test("PostingLists keep many lists apart, and numbers once", { permissions }, () => {
  const made = new Lists();
  for (let number = 0; number < 3000; number++) {
    for (const key of [number + 1, number % 7 + 1, -1, 0x10000 * (number % 50 + 1)]) {
      made.add(key, number);
      made.add(key, number);
    }
  }
  made.check();
  assertEquals(made.lists.count(123_456), 0);
  assertEquals([...made.lists.numbers(123_456)], []);
});

Deno.test("PostingLists.retain finds what is in a list, too", { permissions }, () => {
  fc.assert(
    fc.property(steps, fc.uniqueArray(fc.nat(mostNumbers - 1)), (steps, numbers) => {
      const asked = numbers.sort((a, b) => a - b);
      const { lists, model } = filled(steps);
      for (const [key, has] of [...model, [77, []] as const]) {
        const both = new Set<number>(has);
        const found = lists.retain(key, Uint16Array.from(asked));
        assertEquals([...found], model.has(key) ? asked.filter((one) => both.has(one)) : []);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("PostingLists.addAll adds other lists, moved and without what is left out", {
  permissions,
}, () => {
  fc.assert(
    fc.property(steps, fc.nat(3), (steps, every) => {
      const others = filled(steps);
      const made = new Lists();
      for (const [key] of steps.slice(0, 5)) for (const number of [0, 2, 3]) made.add(key, number);
      const moved = new Int32Array(mostNumbers).fill(-1);
      let to = 4;
      for (let number = 0; number < mostNumbers; number += every + 1) moved[number] = to++;
      made.lists.addAll(others.lists, moved.map((to) => to < mostNumbers ? to : -1));
      for (const [key, numbers] of others.model) {
        const own = made.model.get(key) ?? [];
        const added = numbers.map((number) => moved[number] ?? -1)
          .filter((to) => to >= 0 && to < mostNumbers);
        made.model.set(key, [...own, ...added]);
      }
      made.check();
    }),
    { numRuns: 30 },
  );
});
