import { join } from "@std/path";
import { limits } from "../shared/mod.ts";
import { TempFolder } from "../tests/support/network.ts";
import { DirectIndex, SqliteIndex, SqliteStore } from "./index/mod.ts";
import { Simulation } from "./testing/simulation.ts";

/** A failure says which run it was; these bring it back. */
const seed = Number(
  Deno.env.get("LANYARD_SIM_SEED") || crypto.getRandomValues(new Uint32Array(1)),
);
const steps = Number(Deno.env.get("LANYARD_SIM_STEPS") || 3000);
const cast = { seed, peers: 1000 };
const start = { instance: "simulated", mostFiles: limits.filesInTotal };

Deno.test("hostile 56: a thousand peers come and go in any order", async () => {
  const open = (): Promise<DirectIndex> =>
    Promise.resolve(new DirectIndex(new SqliteStore(start.instance, start)));
  await using simulation = await Simulation.of({ ...cast, open, isLasting: false });
  await simulation.run(steps);
});

Deno.test("hostile 53 56: a thousand peers come and go in any order, and so does the tracker", async () => {
  await using folder = new TempFolder();
  const file = join(folder.path, "index");
  const open = (): Promise<SqliteIndex> => SqliteIndex.open({ ...start, file });
  await using simulation = await Simulation.of({ ...cast, open, isLasting: true });
  await simulation.run(steps);
});
