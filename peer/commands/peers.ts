import type { Command } from "commander";
import { formatEndpoint } from "../../shared/mod.ts";
import { onlinePeers } from "../find.ts";
import { joinTracker } from "../joined.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import { formatBytes } from "../output.ts";
import { openPeer } from "../peer.ts";
import { distinctName } from "../records.ts";

const examples = `
Examples:
  peer peers --tracker 192.168.1.7     everybody who shares through that tracker
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
    for (const one of all) {
      const where = one.port === 0 ? "not serving" : formatEndpoint(one.address, one.port);
      const reach = one.port === 0 || one.reachable ? "" : ", behind a firewall";
      peer.output.result(
        one,
        () =>
          `${distinctName(one, all)}  ${where}${reach}  ${one.files} files, ${
            formatBytes(one.bytes)
          }`,
      );
    }
  } finally {
    await peer.shutdown.run();
  }
}
