import type { Command } from "commander";
import { exitCodes } from "../../shared/mod.ts";
import type { DoctorOptions } from "../doctor/examine.ts";
import type { Finding } from "../doctor/finding.ts";
import { withCommonOptions } from "../options.ts";
import { Output } from "../output.ts";

const examples = `
Examples:
  peer doctor                      look at everything that sharing needs
  peer doctor --share FOLDER       and whether others could copy from this machine
  peer doctor --tracker lab        with that tracker

Exit status: 0 if there is no problem, 1 if there is one.`;

/** Adds `peer doctor`. */
export function addDoctor(program: Command): void {
  withCommonOptions(program.command("doctor"))
    .description("find out what is wrong with this network")
    .option("-o, --output <folder>", "where copied files go", ".")
    .addHelpText("after", examples)
    .action(runDoctor);
}

async function runDoctor(options: DoctorOptions): Promise<void> {
  const output = new Output(options.json);
  // No other command should have to wait for what it takes.
  const { examine } = await import("../doctor/examine.ts");
  for await (const finding of examine(options)) {
    output.result({ event: "check", ...finding }, () => describe(finding));
    if (finding.verdict === "problem") Deno.exitCode = exitCodes.unreachable;
  }
}

/** Where the text of a finding begins. */
const indent = 20;

function describe({ name, verdict, message, remedy = "" }: Finding): string {
  const mark = (verdict === "ok" ? verdict : verdict.toUpperCase()).padEnd(8);
  const lines = [message, remedy].filter((text) => text !== "").join("\n").split("\n");
  const [first, ...rest] = lines;
  const head = `${mark} ${name}`.padEnd(indent - 1);
  return [`${head} ${first}`, ...rest.map((line) => `${" ".repeat(indent)}${line}`)].join("\n");
}
