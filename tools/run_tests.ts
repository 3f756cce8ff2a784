/**
 * Runs all tests, and ends with the names of those that failed, and one line that sums them up:
 * `N passed, N failed, N skipped`.
 *
 * Arguments are those of `deno test`; without a file or folder among them everything is run. With
 * `LANYARD_DIST` the system tests run the executables in that folder instead of the sources.
 */
// deno-lint-ignore-file no-console -- it is a program of the command line
import { fromFileUrl, join, resolve } from "@std/path";
import { countTests, type Tally } from "./junit.ts";

const everything = ["shared", "net", "tracker", "peer", "tools", "tests"];

/** Whether one of the arguments says what to run. */
function namesPath(args: readonly string[]): boolean {
  return args.some((arg, at) => {
    if (arg.startsWith("-") || args[at - 1] === "--filter") return false;
    try {
      Deno.statSync(arg);
      return true;
    } catch {
      return arg.endsWith(".ts");
    }
  });
}

/** Deno 2.7 sanitizes unless told otherwise, and does not know these flags. */
function sanitizers(): string[] {
  const [, minor] = Deno.version.deno.split(".");
  return Number(minor) >= 9 ? ["--sanitize-ops", "--sanitize-resources"] : [];
}

async function run(report: string): Promise<Tally> {
  const dist = Deno.env.get("LANYARD_DIST");
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--allow-all",
      ...sanitizers(),
      `--junit-path=${report}`,
      ...Deno.args,
      ...namesPath(Deno.args) ? [] : everything,
    ],
    env: dist ? { LANYARD_DIST: resolve(dist) } : {},
  }).spawn().status;
  const tally = countTests(await Deno.readTextFile(report).catch(() => ""));
  // An error outside of any test is in no report, nor is a file that does not compile.
  return code !== 0 && tally.failed === 0
    ? { ...tally, failed: 1, failures: ["something outside of any test"] }
    : tally;
}

Deno.chdir(fromFileUrl(new URL("../", import.meta.url)));
const folder = await Deno.makeTempDir({ prefix: "lanyard-" });
const { passed, failed, skipped, failures } = await run(join(folder, "report.xml"))
  .finally(() => Deno.remove(folder, { recursive: true }));
if (passed + failed === 0) console.error("No test ran.");
for (const name of failures) console.log(`failed: ${name}`);
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
Deno.exit(failed > 0 || passed === 0 ? 1 : 0);
