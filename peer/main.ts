/** The `peer` program: reads the command line and runs one command. */
import "../net/trust_store.ts";
import { CommanderError } from "commander";
import { exitCodes, LanyardError } from "../shared/mod.ts";
import { peerCommand } from "./cli.ts";
import { Output } from "./output.ts";

/** Whoever types only the name of the program is a person who wants to be shown what there is. */
const isAlone = Deno.args.length === 0 && Deno.stdin.isTerminal() && Deno.stdout.isTerminal();

try {
  await peerCommand().parseAsync(isAlone ? ["shell"] : Deno.args, { from: "user" });
} catch (error) {
  const output = new Output(Deno.args.includes("--json"));
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) Deno.exit(0);
    // People have been told by then.
    output.event({ event: "error", code: "usage", message: usageMessage(error) });
    Deno.exit(exitCodes.usage);
  }
  if (!(error instanceof LanyardError)) throw error;
  const { code, message } = error;
  output.event({ event: "error", code, message }, () => `peer: ${message}`);
  Deno.exit(exitCodes[code]);
}
Deno.exit(); // Workers and timers that are still there have nothing left to do.

function usageMessage({ code, message }: CommanderError): string {
  return code === "commander.help"
    ? "Name a command; peer --help lists them"
    : message.replace(/^error: /, "");
}
