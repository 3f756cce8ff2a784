import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { type Ended, PlanSimulation, type SimulatedSource } from "../testing/plan_simulation.ts";
import { randomFrom, randomScenario } from "../testing/plan_scenarios.ts";
import { PieceSet } from "./piece_set.ts";

/** The seeds of the random downloads. A failure names its seed: put that one here to see it alone. */
const seeds = Array(1000).keys();

Deno.test({
  name: "Plan keeps its rules and comes to an end in 1,000 random downloads",
  permissions: "none",
  fn: () => {
    const ends = { complete: 0, stuck: 0, resumed: 0, wasteful: 0 };
    for (const seed of seeds) {
      try {
        const scenario = randomScenario(seed);
        const { complete, stuck, wasted } = new PlanSimulation(scenario).run();
        assertEquals(stuck, !complete, "A download that is not complete is stuck");
        assertLessOrEqual(wasted, 0.05 * scenario.pieces + scenario.sources.length);
        ends[complete ? "complete" : "stuck"]++;
        if (scenario.verified.count > 0) ends.resumed++;
        if (wasted > 0) ends.wasteful++;
      } catch (error) {
        throw new Error(`The download with seed ${seed} went wrong`, { cause: error });
      }
    }
    // The scenarios are worth something only if they lead everywhere.
    for (const count of Object.values(ends)) assertGreater(count, 50);
  },
});

Deno.test({
  name: "Plan makes four equal sources four times as fast as one",
  permissions: "none",
  fn: () => {
    for (const speed of [1, 3, 20, 100]) {
      for (const pieces of [64, 101, 128, 255, 1024]) {
        const { seconds, wasted } = download(pieces, Array(4).fill({ speed }));
        const ideal = Math.ceil(pieces / 4) / speed;
        assertLessOrEqual(seconds, 1.1 * ideal, `${pieces} pieces at ${speed}/s`);
        assertEquals(wasted, 0);
      }
    }
  },
});

Deno.test({
  name: "Plan uses sources in proportion to their speed",
  permissions: "none",
  fn: () => {
    const speeds = [40, 20, 10, 5];
    const { seconds, delivered } = download(1024, speeds.map((speed) => ({ speed })));
    assertLessOrEqual(seconds, 1.1 * 1024 / 75);
    for (const [number, speed] of speeds.entries()) {
      assertLessOrEqual(Math.abs((delivered[number] ?? 0) - 1024 * speed / 75), 16);
    }
  },
});

Deno.test({
  name: "Plan is not held up by very slow sources beside a fast one",
  permissions: "none",
  fn: () => {
    for (const slow of [0.001, 0.05, 0.3]) {
      for (const [pieces, fast] of [[1000, 100], [100, 10], [300, 5]] as const) {
        for (const speeds of [[fast, slow], [slow, fast], [slow, slow, fast, slow]]) {
          const { seconds } = download(pieces, speeds.map((speed) => ({ speed })));
          assertLessOrEqual(seconds, 1.05 * pieces / fast, `${pieces} pieces at ${speeds}/s`);
        }
      }
    }
  },
});

Deno.test({
  name: "Plan asks a fast source after two seconds for what a slow one holds of a small file",
  permissions: "none",
  fn: () => {
    const { seconds, delivered } = download(8, [{ speed: 0.001 }, { speed: 100 }]);
    assertLessOrEqual(seconds, 2.6);
    assertEquals(delivered, [0, 8]);
  },
});

Deno.test({
  name: "hostile 26: Plan finishes from others what a source that hangs was asked for",
  permissions: "none",
  fn: () => {
    const hanging = { speed: 50, stalls: 0.7, dies: 30 };
    const ended = download(200, [hanging, { speed: 50 }]);
    assertEquals(ended.complete, true);
    assertLessOrEqual(ended.seconds, 200 / 50 + 1);
  },
});

Deno.test({
  name: "hostile 26: Plan is stuck, and says so, when all sources die at 99 %",
  permissions: "none",
  fn: () => {
    const ended = download(100, [{ speed: 10, dies: 9.95 }]);
    assertEquals([ended.complete, ended.stuck, ended.delivered], [false, true, [99]]);
  },
});

/** Downloads a new file from these sources. */
function download(pieces: number, sources: Partial<SimulatedSource>[]): Ended {
  return new PlanSimulation({
    pieces,
    stretch: 16,
    request: 4,
    inOrder: false,
    verified: new PieceSet(pieces),
    sources: sources.map((source) => ({ speed: 1, latency: 0.0005, joins: 0, ...source })),
    random: randomFrom(pieces),
  }).run();
}
