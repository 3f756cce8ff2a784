/**
 * Runs all tests, and ends with the names of those that failed and why, and one line that sums them
 * up: `N passed, N failed, N skipped`.
 *
 * Arguments are those of `deno test`; without a file or folder among them everything is run, as
 * `test_groups.ts` says. With `LANYARD_DIST` the system tests run the executables in that folder
 * instead of the sources.
 */
// deno-lint-ignore-file no-console -- it is a program of the command line
import { fromFileUrl, join, resolve } from "@std/path";
import { countTests } from "./junit.ts";
import { type Failure, noTests, sum, type Tally } from "./tally.ts";
import { findTests, groupTests, type TestGroup } from "./test_groups.ts";

const everything = ["shared", "net", "tracker", "peer", "tools", "tests"];

/** What the arguments say: which files and folders to run, and how. */
function readArguments(args: readonly string[]): { paths: string[]; flags: string[] } {
  const isPath = (arg: string, at: number): boolean =>
    !arg.startsWith("-") && args[at - 1] !== "--filter" && (exists(arg) || arg.endsWith(".ts"));
  return { paths: args.filter(isPath), flags: args.filter((arg, at) => !isPath(arg, at)) };
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Deno 2.7 sanitizes unless told otherwise, and does not know these flags. */
function sanitizers(): string[] {
  const [, minor] = Deno.version.deno.split(".");
  return Number(minor) >= 9 ? ["--sanitize-ops", "--sanitize-resources"] : [];
}

async function run({ files, jobs }: TestGroup, flags: string[], report: string): Promise<Tally> {
  const dist = Deno.env.get("LANYARD_DIST");
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--allow-all",
      ...sanitizers(),
      `--junit-path=${report}`,
      ...(jobs > 1 ? ["--parallel"] : []),
      ...flags,
      ...files,
    ],
    env: { DENO_JOBS: String(jobs), ...(dist ? { LANYARD_DIST: resolve(dist) } : {}) },
  }).spawn().status;
  const tally = countTests(await Deno.readTextFile(report).catch(() => ""));
  // An error outside of any test is in no report, nor is a file that does not compile.
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1, failures: [outside] } : tally;
}

const outside: Failure = { file: "", name: "something outside of any test", reason: "See above." };

function describe({ name, file, reason }: Failure): string {
  const indented = reason.split("\n").map((line) => `  ${line}`).join("\n");
  return `${name}${file === "" ? "" : ` (${file})`}\n${indented}`;
}

Deno.chdir(fromFileUrl(new URL("../", import.meta.url)));
const folder = await Deno.makeTempDir({ prefix: "lanyard-" });
const { paths, flags } = readArguments(Deno.args);
let tally = noTests;
try {
  for (const group of groupTests([...findTests(paths.length > 0 ? paths : everything)])) {
    tally = sum(tally, await run(group, flags, join(folder, `${group.jobs}.xml`)));
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
const { passed, failed, skipped, failures } = tally;
if (passed + failed === 0) console.error("No test ran.");
for (const one of failures) console.log(`failed: ${describe(one)}`);
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
Deno.exit(failed > 0 || passed === 0 ? 1 : 0);
