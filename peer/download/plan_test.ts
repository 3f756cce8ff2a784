import { assertEquals } from "@std/assert";
import { arrive, planOf, setOf, take } from "../testing/plans.ts";

Deno.test({
  name: "Plan.assign gives a source neighbouring pieces, as many as a request has",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 10, request: 4 });
    plan.addSource(1);
    assertEquals(take(plan, 1, 4), [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9], []]);
  },
});

Deno.test({
  name: "Plan.assign asks a piece of one source only",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 8, request: 4 });
    plan.addSource(1);
    plan.addSource(2);
    assertEquals(take(plan, 1, 2), [[0, 1, 2, 3], []]);
    assertEquals(take(plan, 2, 2), [[4, 5, 6, 7], []]);
  },
});

Deno.test({
  name: "Plan.assign has nothing for a source that is not in the plan",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 2 });
    assertEquals(plan.assign(7), undefined);
    plan.addSource(7);
    plan.dropSource(7);
    assertEquals(plan.assign(7), undefined);
  },
});

Deno.test({
  name: "Plan.assign leaves out what an earlier run left",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 6, request: 4 }, setOf(6, [0, 3]));
    plan.addSource(1);
    assertEquals(take(plan, 1, 3), [[1, 2], [4, 5], []]);
  },
});

Deno.test({
  name: "Plan.assign turns to the stretches that nobody works on first",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 12, stretch: 4, request: 2 });
    for (const source of [1, 2, 3]) plan.addSource(source);
    assertEquals(take(plan, 1, 1), [[0, 1]]);
    assertEquals(take(plan, 2, 1), [[4, 5]]);
    assertEquals(take(plan, 3, 1), [[8, 9]]);
  },
});

Deno.test({
  name: "Plan.assign goes on with the stretch a source is in, and then with another one",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 16, stretch: 4, request: 2 });
    plan.addSource(1);
    plan.addSource(2);
    assertEquals(take(plan, 1, 1), [[0, 1]]);
    assertEquals(take(plan, 2, 1), [[4, 5]]);
    assertEquals(take(plan, 1, 2), [[2, 3], [8, 9]]);
    assertEquals(take(plan, 2, 2), [[6, 7], [12, 13]]);
  },
});

Deno.test({
  name: "Plan.assign takes the piece that the fewest partial sources have, and others as rare",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 12, stretch: 4, request: 4 });
    plan.addSource(1);
    plan.addSource(2, setOf(12, [0, 1, 2, 3, 4, 5, 8, 9]));
    plan.addSource(3, setOf(12, [0, 1, 2, 3, 8, 9, 10, 11]));
    assertEquals(take(plan, 1, 1), [[6, 7]], "nobody has these but the one that has everything");
    arrive(plan, 1, 6);
    arrive(plan, 1, 7);
    assertEquals(take(plan, 1, 1), [[4, 5]]);
    arrive(plan, 1, 4);
    arrive(plan, 1, 5);
    assertEquals(take(plan, 1, 1), [[10, 11]]);
  },
});

Deno.test({
  name: "Plan.assign counts anew what a partial source has gained, lost or taken with it",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 3, request: 1 });
    plan.addSource(1);
    plan.addSource(2, setOf(3, [1, 2]));
    plan.addSource(3, setOf(3, [0, 1]));
    plan.addSource(2, setOf(3, [0, 1]));
    assertEquals(plan.assign(1)?.first, 2);
    arrive(plan, 1, 2);
    plan.addSource(2, setOf(3, [0]));
    assertEquals(plan.assign(1)?.first, 1);
    plan.arrived(1, 1);
    plan.dropSource(2);
    plan.dropSource(3);
    plan.addSource(4, setOf(3, [1]));
    assertEquals(plan.assign(1)?.first, 0);
  },
});

Deno.test({
  name: "Plan.assign breaks ties at random, each stretch with the same likelihood",
  permissions: "none",
  fn: () => {
    const firsts = [[0.1, 0.6, 0.9], [0.1, 0.4, 0.9], [0.1, 0.4, 0.3]].map((numbers) => {
      const plan = planOf({ pieces: 12, stretch: 4, random: () => numbers.shift() ?? 0 });
      plan.addSource(1);
      return plan.assign(1)?.first;
    });
    // The second is taken instead of the first at 1/2, the third instead of either at 1/3.
    assertEquals(firsts, [0, 4, 8]);
  },
});

Deno.test({
  name: "Plan.assign asks a partial source only for what it has",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 8, request: 4 });
    plan.addSource(1, setOf(8, [1, 2, 5]));
    assertEquals(take(plan, 1, 3), [[1, 2], [5], []]);
    plan.addSource(1, setOf(8, [1, 2, 5, 6]));
    assertEquals(take(plan, 1, 2), [[6], []]);
    plan.addSource(1);
    assertEquals(take(plan, 1, 4), [[7], [0], [3, 4], []]);
  },
});

Deno.test({
  name: "Plan.assign asks for the first open piece when pieces are wanted in order",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 12, stretch: 2, request: 2, inOrder: true });
    plan.addSource(1);
    plan.addSource(2, setOf(12, [4, 5, 6, 7]));
    assertEquals(take(plan, 1, 1), [[0, 1]]);
    assertEquals(take(plan, 2, 1), [[4, 5]]);
    assertEquals(take(plan, 1, 1), [[2, 3]]);
    plan.dropSource(2);
    assertEquals(take(plan, 1, 1), [[4, 5]]);
  },
});

Deno.test({
  name: "Plan.assign gives no source more than a fair share of what is missing",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 9, request: 8 });
    for (const source of [1, 2, 3]) plan.addSource(source);
    for (const source of [1, 2, 3]) plan.setRate(source, 100);
    assertEquals(take(plan, 1, 2), [[0, 1, 2], []]);
    plan.arrived(1, 0);
    plan.verify(0);
    assertEquals(take(plan, 1, 2), [[3], []], "eight are missing, three of them a share");
  },
});

Deno.test({
  name: "Plan.assign asks a slow source for no more than it sends in a second",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 100, request: 4 });
    plan.addSource(1);
    for (const [rate, count] of [[0.1, 1], [2.5, 3], [50, 4], [0, 4]] as const) {
      plan.setRate(1, rate);
      assertEquals(plan.assign(1)?.count, count);
    }
  },
});

Deno.test({
  name: "Plan.dropSource has what a lost source was asked for asked of others",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 8, request: 4 });
    plan.addSource(1);
    plan.addSource(2);
    assertEquals(take(plan, 1, 1), [[0, 1, 2, 3]]);
    assertEquals(take(plan, 2, 1), [[4, 5, 6, 7]]);
    plan.arrived(1, 0);
    plan.verify(0);
    plan.dropSource(1);
    assertEquals(plan.sources, 1);
    assertEquals(take(plan, 2, 2), [[1, 2, 3], []]);
  },
});

Deno.test({
  name: "hostile 22: Plan.arrived without verify has the piece asked again",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 2, request: 2 });
    plan.addSource(1);
    assertEquals(take(plan, 1, 2), [[0, 1], []]);
    plan.arrived(1, 1);
    plan.dropSource(1);
    plan.addSource(2);
    assertEquals(take(plan, 2, 2), [[0, 1], []]);
  },
});

Deno.test({
  name: "Plan.arrived ignores a piece that was not asked of that source",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 4, request: 2 });
    plan.addSource(1);
    plan.addSource(2);
    take(plan, 1, 1);
    plan.arrived(2, 0);
    plan.arrived(9, 0);
    assertEquals(take(plan, 2, 2), [[2, 3], []]);
  },
});

Deno.test({
  name: "Plan.complete is true once every piece is verified, and at once for an empty file",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 2 });
    plan.verify(1);
    plan.verify(1);
    assertEquals([plan.complete, plan.verified.count], [false, 1]);
    plan.verify(0);
    assertEquals([plan.complete, plan.stuck], [true, false]);
    assertEquals(planOf({ pieces: 0 }).complete, true);
  },
});

Deno.test({
  name: "Plan.stuck tells that no source has a missing piece",
  permissions: "none",
  fn: () => {
    const plan = planOf({ pieces: 3 }, setOf(3, [0]));
    assertEquals(plan.stuck, true, "without sources");
    plan.addSource(1, setOf(3, [0, 1]));
    assertEquals(plan.stuck, true, "nobody has 2");
    plan.addSource(2, setOf(3, [2]));
    assertEquals(plan.stuck, false);
    plan.dropSource(1);
    assertEquals(plan.stuck, true, "nobody has 1");
    plan.addSource(2);
    assertEquals(plan.stuck, false, "2 has everything");
    plan.addSource(2, setOf(3, [2]));
    assertEquals(plan.stuck, true, "2 has less than it said");
    plan.verify(1);
    assertEquals(plan.stuck, false, "what is missing can be had");
  },
});
