import type { Command } from "commander";
import {
  type CommonOptions,
  limitDownOption,
  limitUpOption,
  notifyOption,
  slotsOption,
  withCommonOptions,
  withHostingOptions,
} from "../options.ts";
import { openPeer } from "../peer.ts";
import type { ShellOptions } from "../shell/open_shell.ts";

const examples = `
Examples:
  peer shell                             a menu; the same as peer without anything behind it
  echo "download notes.txt" | peer shell the same orders from a pipe, a line for each

It shares your folders while it runs. Tab completes, the arrow keys bring back what was typed.`;

/** Adds `peer shell`. */
export function addShell(program: Command): void {
  const command = withCommonOptions(program.command("shell"))
    .description("share, search and copy by a menu")
    .option("-o, --output <folder>", "where copied files go")
    .option("--inbox <folder>", "take files that others send, into this folder")
    .addOption(limitUpOption())
    .addOption(limitDownOption())
    .addOption(slotsOption());
  withHostingOptions(command)
    .addOption(notifyOption())
    .addHelpText("after", examples)
    .action(runShell);
}

async function runShell(options: CommonOptions & ShellOptions): Promise<void> {
  const peer = await openPeer(options);
  try {
    // No other command should wait for what only this one needs.
    const { runShell } = await import("../shell/open_shell.ts");
    Deno.exitCode = await runShell(peer, options);
  } finally {
    await peer.shutdown.run();
  }
}
