import { assertEquals } from "@std/assert";
import { arrive, planOf, setOf, take } from "../testing/plans.ts";
import type { Plan } from "./plan.ts";

Deno.test({
  name: "Plan asks an idle source for what another is two seconds away with, the last piece first",
  permissions: "none",
  fn: () => {
    const { plan } = endGame();
    assertEquals(take(plan, 2, 2), [[3], []], "with one it is not idle any more");
    arrive(plan, 2, 3);
    assertEquals(take(plan, 2, 1), [[2]]);
    arrive(plan, 2, 2);
    assertEquals(take(plan, 2, 1), [[]], "the others are expected within two seconds");
  },
});

Deno.test({
  name: "Plan asks for nothing twice while any piece is open",
  permissions: "none",
  fn: () => {
    const clock = { now: 0 };
    const plan = planOf({ pieces: 8, request: 4, now: () => clock.now });
    plan.addSource(1);
    assertEquals(take(plan, 1, 1), [[0, 1, 2, 3]]);
    plan.addSource(2, setOf(8, [0, 1, 2, 3, 4]));
    assertEquals(take(plan, 2, 1), [[4]]);
    arrive(plan, 2, 4);
    clock.now = 100;
    assertEquals(take(plan, 2, 1), [[]]);
    for (const piece of [5, 6, 7]) plan.verify(piece);
    assertEquals(take(plan, 2, 1), [[3]]);
  },
});

Deno.test({
  name: "Plan asks for nothing twice that the idle source does not have",
  permissions: "none",
  fn: () => {
    const { plan } = endGame();
    plan.addSource(2, setOf(8, [0, 1, 2]));
    assertEquals(take(plan, 2, 1), [[2]]);
  },
});

Deno.test({
  name: "Plan takes silence for slowness: what a fast source hangs with is asked of another",
  permissions: "none",
  fn: () => {
    const { plan, clock } = endGame();
    plan.setRate(1, 1000);
    clock.now = 0.5;
    assertEquals(take(plan, 2, 1), [[]], "silent for 0.5 s it may be 2 s away with four pieces");
    clock.now = 0.6;
    assertEquals(take(plan, 2, 1), [[3]]);
  },
});

Deno.test({
  name: "Plan does not ask a source for help that would take longer",
  permissions: "none",
  fn: () => {
    const { plan } = endGame();
    plan.setRate(2, 0.2);
    assertEquals(take(plan, 2, 1), [[]]);
    plan.setRate(2, 0.3);
    assertEquals(take(plan, 2, 1), [[3]]);
  },
});

Deno.test({
  name: "Plan asks a third source for a piece when the second is away with it, too",
  permissions: "none",
  fn: () => {
    const { plan, clock } = endGame();
    assertEquals(take(plan, 2, 1), [[3]]);
    plan.addSource(3);
    assertEquals(take(plan, 3, 1), [[2]]);
    for (const [source, piece] of [[1, 0], [1, 1], [3, 2]] as const) arrive(plan, source, piece);
    assertEquals(take(plan, 3, 1), [[]]);
    clock.now = 5;
    assertEquals(take(plan, 3, 1), [[3]]);
  },
});

/** Source 1 sends pieces 0 to 3, one a second; 2 has sent the other four, and has nothing to do. */
function endGame(): { plan: Plan; clock: { now: number } } {
  const clock = { now: 0 };
  const plan = planOf({ pieces: 8, request: 4, now: () => clock.now });
  plan.addSource(1);
  plan.addSource(2);
  assertEquals(take(plan, 1, 1), [[0, 1, 2, 3]]);
  assertEquals(take(plan, 2, 1), [[4, 5, 6, 7]]);
  for (const piece of [4, 5, 6, 7]) arrive(plan, 2, piece);
  plan.setRate(1, 1);
  plan.setRate(2, 100);
  return { plan, clock };
}
