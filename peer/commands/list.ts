import type { Command } from "commander";
import { exitCodes } from "../../shared/mod.ts";
import { findPeer, list } from "../find.ts";
import { joinTracker } from "../joined.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import { openPeer } from "../peer.ts";
import { describeFile, fileRecord } from "../records.ts";

interface ListOptions extends CommonOptions {
  peer?: string;
}

const examples = `
Examples:
  peer list                all files of everybody
  peer list --peer ana     what ana shares`;

/** Adds `peer list`. */
export function addList(program: Command): void {
  withCommonOptions(program.command("list"))
    .description("list all files")
    .option("--peer <peer>", "only files of this peer: a name, digits of its id, or an address")
    .addHelpText("after", examples)
    .action(runList);
}

async function runList(options: ListOptions): Promise<void> {
  const peer = await openPeer(options);
  try {
    const { client } = await joinTracker(peer);
    const owner = options.peer === undefined
      ? undefined
      : (await findPeer(client, options.peer)).peer;
    let found = 0;
    for await (const file of list(client, owner === undefined ? {} : { peer: owner })) {
      peer.output.result(fileRecord(file), () => describeFile(file));
      found++;
    }
    if (found > 0) return;
    peer.output.warn("Nobody shares anything yet");
    Deno.exitCode = exitCodes["not-found"];
  } finally {
    await peer.shutdown.run();
  }
}
