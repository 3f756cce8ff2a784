import type { Bench, Measured } from "../bench.ts";
import { Harness, type Row } from "../harness/harness.ts";
import { possibleTests } from "../harness/rivals.ts";
import type { Lab } from "../lab.ts";
import { compared, type Result, skipped } from "../result.ts";
import { missing } from "../rivals/tool.ts";
import { units } from "../units.ts";

/** Programs that people use for the same purpose. */
export const others: Bench = {
  name: "others",
  about: "other programs that copy files, measured by a harness beside the repository",
  run,
};

/** Programs that are to be slower than ours with encryption, and by how much. */
const slower: Record<string, number> = {
  "libtorrent BitTorrent": 0.6,
  syncthing: 0.6,
  "magic-wormhole": 0.55,
};

/** Which of our tests a test of the harness is compared with. */
function counterparts(test: string): string[] {
  if (test.startsWith("tree ")) return ["ours tree"];
  if (test.startsWith("4x ")) return ["ours x4"];
  return test in slower ? ["ours tls", "ours"] : ["ours"];
}

async function run(lab: Lab): Promise<Measured> {
  if (!Harness.exists) {
    return { results: [skipped("others", `there is no ${Harness.path} (LANYARD_BENCH_HARNESS)`)] };
  }
  const absent = missing("python3");
  if (absent !== undefined) return { results: [skipped("others", absent)] };
  const harness = new Harness(lab);
  const { tests, missing: tools } = possibleTests(harness.folder);
  const rows = await harness.run(tests);
  const broken = rows.find(({ ok, name }) => !ok && name.startsWith("ours"));
  if (broken !== undefined) throw new Error(`${broken.name}: ${broken.err ?? broken.skip}`);
  const left = tools.length === 0
    ? []
    : [skipped("others: what needs other tools", `no ${tools.join(", ")} here`)];
  return {
    results: [
      ...tests.flatMap((test) => counterparts(test).map((ours) => against(test, ours, rows))),
      ...left,
    ],
    appendix: await harness.report(),
  };
}

function against(test: string, ours: string, rows: readonly Row[]): Result {
  const name = `others: ${ours} (÷ ${test})`;
  const failed = rows.find((row) => row.name === test && !row.ok);
  if (failed !== undefined) return skipped(name, failed.skip ?? failed.err ?? "it failed");
  const walls = (of: string): number[] =>
    rows.filter((row) => row.name === of).toSorted((a, b) => a.round - b.round)
      .map(({ res }) => res?.get?.wall ?? NaN);
  const most = ours === "ours tls" ? slower[test] : undefined;
  const budget = most === undefined ? undefined : { atMost: most };
  return compared(name, units.seconds, walls(ours), walls(test), budget);
}
