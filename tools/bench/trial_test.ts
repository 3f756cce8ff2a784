import { assertEquals } from "@std/assert";
import { interleave, Trial } from "./trial.ts";

Deno.test("interleave lets another trial begin in each round", async () => {
  const order: string[] = [];
  const trials = ["a", "b", "c"].map((name) =>
    new Trial(name, (round) => Promise.resolve(order.push(`${name}${round}`)))
  );
  await interleave(4, trials, () => {});
  assertEquals(order.join(" "), "a0 b0 c0 b1 c1 a1 c2 a2 b2 a3 b3 c3");
  assertEquals(trials[1]?.figures, [2, 4, 9, 11]);
});
