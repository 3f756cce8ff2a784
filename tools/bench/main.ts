/**
 * Measures the programs against other tools, side by side in the same run, and says whether the
 * budgets are met.
 */
// deno-lint-ignore-file no-console -- it is a program of the command line
import { Command, InvalidArgumentError } from "commander";
import { join } from "@std/path";
import type { Bench, Measured } from "./bench.ts";
import { benches } from "./benches/all.ts";
import { Child } from "./child.ts";
import { asDocument } from "./document.ts";
import { Lab } from "./lab.ts";
import { describeMachine } from "./machine.ts";
import { areCompiled, executables, repository, sourcePrograms } from "./programs.ts";
import { unjudged } from "./result.ts";
import { fullSizes, quickSizes } from "./sizes.ts";
import { asText } from "./table.ts";

interface Options {
  rounds?: number;
  executables?: true;
  quick?: true;
  markdown?: true;
}

/** Rounds unless told otherwise. */
const usualRounds = 5;

const list = benches.map(({ name, about }) => `  ${name.padEnd(10)}${about}`).join("\n");
const command = new Command("deno task bench")
  .helpOption("-h, --help", "print this help")
  .description("Measures against other tools in the same run, and prints medians and ratios.")
  .argument("[name...]", "what to measure; everything if none is given")
  .option("--rounds <number>", `times that each is measured (default: ${usualRounds})`, parseRounds)
  .option("--executables", "measure dist/tracker and dist/peer")
  .option("--quick", "one round of small sizes, to see that everything works")
  .option("--markdown", "write docs/BENCHMARKS.md, too")
  .addHelpText("after", `\nNames:\n${list}`)
  .action(async (names, options) => Deno.exit(await runBenches(names, options)));

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new InvalidArgumentError("Give 1 or more.");
  return rounds;
}

/** @returns the exit status: 1 if something could not be measured, which was possible here. */
async function runBenches(names: string[], options: Options): Promise<number> {
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    console.error(`There is no ${unknown.join(", ")}; the names are:\n${list}`);
    return 2;
  }
  if (options.quick && options.markdown) {
    console.error("What --quick measures says nothing that is worth writing down.");
    return 2;
  }
  if (options.executables && !areCompiled()) {
    console.error("The executables are not built; run: deno task compile");
    return 2;
  }
  const chosen = benches.filter(({ name }) => names.length === 0 || names.includes(name));
  return await runAll(chosen, options);
}

async function runAll(chosen: readonly Bench[], options: Options): Promise<number> {
  const rounds = options.rounds ?? (options.quick ? 1 : usualRounds);
  const machine = await describeMachine();
  await using lab = new Lab({
    rounds,
    sizes: options.quick ? quickSizes : fullSizes,
    programs: options.executables ? executables : sourcePrograms,
    log: (line) => console.error(line),
  });
  removeWhenStopped(lab);
  console.log(machine.map(([name, value]) => `${name} ${value}`).join(", "));
  const measured: Measured[] = [];
  let failures = 0;
  for (const bench of chosen) {
    try {
      const { results, appendix } = await bench.run(lab);
      const judged = options.quick ? results.map(unjudged) : results;
      console.log(`\n${asText(judged)}${appendix === undefined ? "" : `\n\n${appendix}`}`);
      measured.push({ results: judged, ...(appendix === undefined ? {} : { appendix }) });
    } catch (error) {
      failures++;
      console.error(`${bench.name} failed:`, error);
    }
  }
  if (options.quick) console.log("\nThese sizes are too small to be compared with any budget.");
  if (options.markdown) {
    const run = { machine, rounds, executables: options.executables === true, measured };
    await writeDocument(asDocument(run));
  }
  return failures === 0 ? 0 : 1;
}

/** Writes `docs/BENCHMARKS.md`, formatted as everything here is. */
async function writeDocument(text: string): Promise<void> {
  const path = join(repository, "docs", "BENCHMARKS.md");
  await Deno.writeTextFile(path, text);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path] }).output();
}

/** Leaves nothing behind when the user loses patience. */
function removeWhenStopped(lab: Lab): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, async () => {
      await Child.stopAll();
      await lab[Symbol.asyncDispose]();
      Deno.exit(signal === "SIGINT" ? 130 : 143);
    });
  }
}

await command.parseAsync(Deno.args, { from: "user" });
