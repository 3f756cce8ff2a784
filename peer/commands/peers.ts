import type { Command } from "commander";
import { onlinePeers } from "../find.ts";
import { joinTracker } from "../joined.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import { openPeer } from "../peer.ts";
import { describePeer } from "../records.ts";

const examples = `
Examples:
  peer peers                           everybody who shares through the tracker
  peer list --peer ana                 and what one of them shares`;

/** Adds `peer peers`. */
export function addPeers(program: Command): void {
  withCommonOptions(program.command("peers"))
    .description("show who is online")
    .addHelpText("after", examples)
    .action(runPeers);
}

async function runPeers(options: CommonOptions): Promise<void> {
  const peer = await openPeer(options);
  try {
    const { client } = await joinTracker(peer);
    const all = await onlinePeers(client);
    for (const one of all) peer.output.result(one, () => describePeer(one, all));
  } finally {
    await peer.shutdown.run();
  }
}
