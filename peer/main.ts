/** The `peer` program: reads the command line and runs one command. */
import { CommanderError } from "commander";
import { exitCodes, LanyardError } from "../shared/mod.ts";
import { peerCommand } from "./cli.ts";
import { Output } from "./output.ts";

try {
  await peerCommand().parseAsync(Deno.args, { from: "user" });
} catch (error) {
  if (error instanceof CommanderError) Deno.exit(error.exitCode === 0 ? 0 : exitCodes.usage);
  if (!(error instanceof LanyardError)) throw error;
  const { code, message } = error;
  new Output(Deno.args.includes("--json"))
    .event({ event: "error", code, message }, () => `peer: ${message}`);
  Deno.exit(exitCodes[code]);
}
Deno.exit(0); // Workers and timers that are still there have nothing left to do.
