import { limits } from "../shared/mod.ts";
import { DirectIndex, type FileIndex, SqliteIndex, SqliteStore } from "./index/mod.ts";
import { Simulation } from "./testing/simulation.ts";

/** A failure says which run it was; these bring it back. */
const seed = Number(
  Deno.env.get("LANYARD_SIM_SEED") || crypto.getRandomValues(new Uint32Array(1)),
);
const steps = Number(Deno.env.get("LANYARD_SIM_STEPS") || 3000);
const peers = 1000;

const start = { instance: "simulated", mostFiles: limits.filesInTotal };
const indexes: Record<string, () => Promise<FileIndex & AsyncDisposable>> = {
  "in this thread": () => Promise.resolve(new DirectIndex(new SqliteStore("simulated", start))),
  "in a thread of its own": () => SqliteIndex.open(start),
};

for (const [where, open] of Object.entries(indexes)) {
  Deno.test(`hostile 56: a thousand peers come and go in any order (index ${where})`, async () => {
    await using index = await open();
    await (await Simulation.of(index, { seed, peers })).run(steps);
  });
}
