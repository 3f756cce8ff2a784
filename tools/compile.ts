/**
 * Builds the executables `dist/tracker` and `dist/peer`.
 *
 * `--target TRIPLE` builds for another system, into `dist/TRIPLE/`. The runtime that Deno glues the
 * programs onto is downloaded, unless `DENORT_BIN` names a file that holds it.
 */
// deno-lint-ignore-file no-console -- it is a program of the command line
import { fromFileUrl, join } from "@std/path";
import { v8Flags } from "./v8_flags.ts";

/** What each program starts as a worker: nothing imports these files, so they must be named. */
const workers = {
  tracker: ["tracker/index/sqlite/store_worker.ts"],
  peer: [
    "tracker/index/sqlite/store_worker.ts",
    "peer/sharing/scan_worker.ts",
    "peer/sharing/hash_worker.ts",
    "peer/download/writer_worker.ts",
  ],
} as const;

type Program = keyof typeof workers;

/** @param target the system to build for; this one if not given */
async function compile(program: Program, target: string | undefined): Promise<void> {
  const output = join("dist", ...target === undefined ? [] : [target], program);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "compile",
      "--quiet",
      // What is not granted is refused, without a question that a user could only guess at.
      "--no-prompt",
      `-P=${program}`,
      // The cache would be a file of a predictable name in a folder that everybody can write to.
      "--no-code-cache",
      `--v8-flags=${v8Flags[program]}`,
      ...workers[program].map((worker) => `--include=${worker}`),
      ...target === undefined ? [] : [`--target=${target}`],
      `--output=${output}`,
      `${program}/main.ts`,
    ],
  }).spawn().status;
  if (!success) {
    console.error(`Cannot build ${output}.`);
    Deno.exit(1);
  }
  const file = target?.includes("windows") ? `${output}.exe` : output;
  const { size } = await Deno.stat(file);
  console.log(`${file}  ${(size / 1e6).toFixed(1)} MB`);
}

/** The triple after `--target`, if it is there. */
function targetOf(args: readonly string[]): string | undefined {
  const [first, ...rest] = args.flatMap((arg) => arg.split("="));
  const [target, ...others] = rest;
  if (first === undefined) return undefined;
  if (first !== "--target" || !/^[\w-]+$/.test(target ?? "") || others.length > 0) {
    console.error("Usage: deno task compile [--target TRIPLE]");
    Deno.exit(2);
  }
  return target;
}

Deno.chdir(fromFileUrl(new URL("../", import.meta.url)));
const target = targetOf(Deno.args);
for (const program of ["tracker", "peer"] as const) await compile(program, target);
