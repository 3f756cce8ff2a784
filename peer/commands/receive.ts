import type { Command } from "commander";
import { join } from "@std/path";
import { printable } from "../../shared/mod.ts";
import { openDownloadFolder } from "../download/destination.ts";
import { newFileModes } from "../download/file_modes.ts";
import { Arrivals } from "../offers/arrivals.ts";
import { offerQuestion } from "../offers/describe.ts";
import { freeBytes } from "../download/free_space.ts";
import { Ending } from "../offers/ending.ts";
import { OfferPrompt } from "../offers/offer_prompt.ts";
import { receiveEvents } from "../offers/receive_events.ts";
import { Receiver } from "../offers/receiver.ts";
import { checkUnasked } from "../offers/unasked.ts";
import {
  type CommonOptions,
  limitDownOption,
  limitUpOption,
  notifyOption,
  withCommonOptions,
} from "../options.ts";
import { openPeer, type Peer } from "../peer.ts";

interface ReceiveOptions extends CommonOptions {
  output: string;
  yes: boolean;
  once: boolean;
  limitDown?: number;
}

const examples = `
Examples:
  peer receive --tracker 192.168.1.7    asks about each file that somebody offers there
  peer receive -o ~/Downloads --yes     takes them all, into that folder
  echo Y | peer receive --once          takes the first one

Nothing need be shared for it. While it runs it gives what has come on to others who take the same, so
that whoever offers it need not send it to each of them. Interrupted? Run it again: a file that is
still offered goes on where it was.`;

/** Adds `peer receive`. */
export function addReceive(program: Command): void {
  withCommonOptions(program.command("receive"))
    .description("take files that others offer")
    .option("-o, --output <folder>", "where they go", ".")
    .option("-y, --yes", "take every file without a question", false)
    .option("--once", "end after the first one", false)
    .addOption(limitDownOption())
    .addOption(limitUpOption("most bytes sent to others who take the same"))
    .addOption(notifyOption())
    .addHelpText("after", examples)
    .action(runReceive);
}

async function runReceive(options: ReceiveOptions): Promise<void> {
  const peer = await openPeer(options);
  try {
    await receive(peer, options);
  } finally {
    await peer.shutdown.run();
  }
}

async function receive(peer: Peer, options: ReceiveOptions): Promise<void> {
  const { output, shutdown, stateFolder } = peer;
  const { yes, once, limitDown, limitUp } = options;
  const root = await openDownloadFolder(options.output);
  const prompt = yes
    ? undefined
    : new OfferPrompt(output, Deno.stdin.readable, Deno.stdin.isTerminal());
  const arrivals = new Arrivals(output, () => prompt?.isOpen !== true);
  shutdown.add(() => arrivals.close());
  const told = Promise.withResolvers<void>();
  const ending = new Ending(once);
  const endIfAlone = (): void => {
    if (prompt?.isOver === true && !receiver.isBusy) ending.endAlone();
  };
  const receiver = new Receiver(peer, {
    root,
    modes: await newFileModes(stateFolder),
    limitDown,
    limitUp,
    decide: async (offer, { folder, name }) => {
      await told.promise;
      if (prompt !== undefined) return await prompt.ask(offerQuestion(offer, join(folder, name)));
      checkUnasked(offer.file, freeBytes(folder));
      return true;
    },
  }, receiveEvents(peer, { arrivals, ready: told.promise, ending, asks: !yes, idle: endIfAlone }));
  shutdown.add(() => receiver.close());
  const id = await Promise.race([receiver.joined, receiver.refused]);
  output.result(
    { event: "ready", port: receiver.port, peer: id, folder: root },
    () => `Waiting for files that others offer; they go to ${printable(root)}\nStop with Ctrl-C.`,
  );
  told.resolve();
  void prompt?.ended.then(endIfAlone);
  await Promise.race([ending.over, receiver.refused]); // Or until a signal ends the program.
}
