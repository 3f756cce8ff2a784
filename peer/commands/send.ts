import type { Command } from "commander";
import { LanyardError, printable } from "../../shared/mod.ts";
import { Dialer } from "../dialer.ts";
import { Progress } from "../download/progress.ts";
import { findReceiver } from "../find.ts";
import { joinTracker } from "../joined.ts";
import { collect, type CommonOptions, limitUpOption, withCommonOptions } from "../options.ts";
import { formatBytes, formatSeconds } from "../output.ts";
import { openPeer, type Peer } from "../peer.ts";
import { deliveriesTo } from "../sending/deliveries.ts";
import { gather } from "../sending/gather.ts";
import { sendAll, type SendEvents, type SendOptions } from "../sending/send_all.ts";
import { HashPool } from "../sharing/hash_pool.ts";
import { exclusion } from "../sharing/mod.ts";
import type { FoundOnDisk } from "../sharing/scan.ts";
import { identify, SingleFile } from "../sharing/single_file.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import { uploadLimits } from "../upload/mod.ts";

interface SendCommandOptions extends CommonOptions {
  to: string;
  rename: boolean;
  exclude: string[];
  wait: boolean;
}

const examples = `
Examples:
  peer send notes.pdf --to ana            into the inbox of ana
  peer send ~/Photos --to ana             a whole folder
  peer send notes.pdf --to ana --rename   as "notes (2).pdf" if ana has another notes.pdf

Who receives runs: peer share --inbox FOLDER
Interrupted? Run the same command again: only what is missing is sent.`;

/** Adds `peer send`. */
export function addSend(program: Command): void {
  withCommonOptions(program.command("send"))
    .argument("<path...>", "files and folders to send")
    .description("send files and folders into somebody's inbox")
    .requiredOption("--to <peer>", "who gets them: a name, digits of its id, or an address")
    .option("--rename", "take another name where other content has the name already", false)
    .option("--exclude <glob>", "leave out what fits; may be given again", collect, [])
    .option("--wait", "wait for a receiver that is gone, however long it takes", false)
    .addOption(limitUpOption())
    .addHelpText("after", examples)
    .action(runSend);
}

async function runSend(paths: string[], options: SendCommandOptions): Promise<void> {
  const peer = await openPeer(options);
  try {
    const files = await gather(paths, options.exclude.map((glob) => exclusion(glob)));
    const { client, callback } = await joinTracker(peer, { serves: true });
    const dialer = new Dialer(client, {
      name: options.name,
      ...(peer.membership === undefined ? {} : { membership: peer.membership }),
      ...(callback === undefined ? {} : { callback }),
    });
    peer.shutdown.add(() => dialer.close());
    const failure = await sendReporting(peer, client, dialer, files, options);
    if (failure !== undefined) throw summary(failure, files.length);
  } finally {
    await peer.shutdown.run();
  }
}

async function sendReporting(
  peer: Peer,
  client: TrackerClient,
  dialer: Dialer,
  files: readonly FoundOnDisk[],
  options: SendCommandOptions,
): Promise<LanyardError | undefined> {
  const receiver = await findReceiver(client, options.to);
  const limits = uploadLimits(options.limitUp);
  const connect = deliveriesTo(receiver, { tracker: client, dialer, limits });
  const bytes = files.reduce((sum, { stamp }) => sum + stamp.size, 0);
  const label = files.length === 1 ? files[0]?.path ?? "" : "";
  const progress = new Progress(peer.output, label, { files: files.length, bytes });
  const hashers = new HashPool();
  const sent = new Map<number, number>();
  const prepare: SendOptions["prepare"] = async (number, found) => {
    const file = await identify(peer.cache, hashers, found);
    return {
      file,
      shelf: new SingleFile(peer.cache, file),
      sent: (bytes) => {
        const sum = Math.min(file.stamp.size, (sent.get(number) ?? 0) + bytes);
        sent.set(number, sum);
        progress.update(number, sum, sum);
      },
    };
  };
  try {
    const { rename, wait } = options;
    const events = reports(peer, progress, sent, receiver, files.length);
    return await sendAll(files, { connect, prepare, rename, wait }, events);
  } finally {
    progress.close();
    hashers.close();
  }
}

function reports(
  { output }: Peer,
  progress: Progress,
  sent: ReadonlyMap<number, number>,
  { peer, name }: { peer: string; name: string },
  files: number,
): SendEvents {
  let isInterrupted = false;
  return {
    interrupted: ({ code, message }) => {
      if (isInterrupted) return;
      isInterrupted = true;
      output.event(
        { event: "interrupted", code, message },
        () => `${printable(message)}; trying again`,
      );
    },
    stored: (number, { path, id, stamp: { size } }, stored, seconds) => {
      isInterrupted = false;
      progress.settle(number, size);
      const moved = sent.get(number) ?? 0;
      output.result(
        { event: "sent", path, stored, peer, name, size, id, sent: moved, seconds },
        () => {
          const what = `${printable(path)}  ${formatBytes(size)} to ${printable(name)}`;
          const as = stored === path ? "" : `, as ${printable(stored)}`;
          return moved === 0 && size > 0
            ? `${what}${as}, was there already`
            : `${what}${as} in ${formatSeconds(seconds)}`;
        },
      );
    },
    failed: (number, { path, stamp: { size } }, { code, message }) => {
      progress.settle(number, size);
      if (files === 1) return; // Its error ends the command, which reports it.
      output.event(
        { event: "failed", code, message, path },
        () => `${printable(path)}: ${printable(message)}`,
      );
    },
  };
}

function summary(failure: LanyardError, files: number): LanyardError {
  if (files === 1) return failure;
  return new LanyardError(
    failure.code,
    `Not every file was sent; run this again to send what is missing (${failure.message})`,
    { cause: failure },
  );
}
