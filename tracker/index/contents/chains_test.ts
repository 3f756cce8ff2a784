import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Chains } from "./chains.ts";

const permissions = "none";

function found(chains: Chains, key: number): number[] {
  const numbers: number[] = [];
  for (let at = chains.first(key); at !== 0; at = chains.next(at)) numbers.push(at);
  return numbers.sort((a, b) => a - b);
}

Deno.test("Chains finds the numbers of each key, whatever comes and goes", { permissions }, () => {
  // Keys that share their low bits, and some that are the same.
  const key = fc.tuple(fc.nat(5), fc.constantFrom(0, 1 << 8, 1 << 20, -(2 ** 31)))
    .map(([low, high]) => low + high);
  const step = fc.record({ key, drop: fc.boolean(), which: fc.nat() });
  fc.assert(fc.property(fc.array(step, { maxLength: 900 }), (steps) => {
    const chains = new Chains();
    const model = new Map<number, number>();
    let next = 1;
    for (const { key, drop, which } of steps) {
      const there = [...model.keys()];
      const gone = there[which % there.length];
      if (drop && gone !== undefined) {
        chains.remove(gone);
        model.delete(gone);
      } else {
        chains.add(next, key);
        model.set(next++, key);
      }
    }
    for (const wanted of new Set(steps.map(({ key }) => key))) {
      const numbers = [...model].filter(([, key]) => key === wanted).map(([number]) => number);
      assertEquals(found(chains, wanted), numbers);
    }
  }));
});

Deno.test("Chains finds each of very many numbers, and those left of them", { permissions }, () => {
  const chains = new Chains();
  const most = 100_000;
  const keyOf = (number: number): number => Math.imul(number, 0x9e37_79b1);
  for (let number = 1; number <= most; number++) chains.add(number, keyOf(number));
  for (let number = 2; number <= most; number += 2) chains.remove(number);
  for (let number = 1; number <= most; number++) {
    assertEquals(found(chains, keyOf(number)), number % 2 === 1 ? [number] : []);
  }
});
