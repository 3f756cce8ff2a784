import { type Command, Option } from "commander";
import { LanyardError, printable } from "../../shared/mod.ts";
import type { Tracker } from "../../tracker/mod.ts";
import { hostTracker, portsOf } from "../hosted_tracker.ts";
import { howToJoin } from "../how_to_join.ts";
import type { Endpoint } from "../net.ts";
import {
  collect,
  type CommonOptions,
  type HostingOptions,
  limitUpOption,
  notifyOption,
  parseSize,
  slotsOption,
  withCommonOptions,
  withHostingOptions,
} from "../options.ts";
import { idWords } from "../../net/mod.ts";
import { type FileInbox, type InboxOptions, openInbox } from "../inbox/mod.ts";
import { offerEvent, offerText } from "../offers/describe.ts";
import { formatBytes, type Output } from "../output.ts";
import { openPeer, type Peer } from "../peer.ts";
import { ReadyOutput } from "../ready_output.ts";
import { exclusion, leftOutText, Sharing, type SharingOptions } from "../sharing/mod.ts";

interface ShareOptions extends CommonOptions, HostingOptions, Omit<InboxOptions, "inbox"> {
  inbox?: string;
  exclude: string[];
  slots?: number;
}

const examples = `
Examples:
  peer share ~/Videos notes.txt                through the tracker of this network
  peer share ~/Videos --tracker 192.168.1.7    through the one on that machine
  peer share ~/Videos --host-tracker           and be the tracker as well
  peer share --inbox ~/Received                take what others send, and share nothing

It goes on until stopped with Ctrl-C, and follows every change in the folder.`;

/** Adds `peer share`. */
export function addShare(program: Command): void {
  const command = withCommonOptions(program.command("share"))
    .argument("[path...]", "folders and files to share; those shared last time if none is given")
    .description("share folders and files until stopped")
    .option("--exclude <glob>", "leave out what fits; may be given again", collect, [])
    .addOption(limitUpOption())
    .addOption(slotsOption())
    .option("--inbox <folder>", "let others send files into this folder: peer send FILE --to YOU")
    .option(
      "--inbox-from <peer>",
      "take files of this peer only: a name, or digits of its id; may be given again",
      collect,
      [],
    )
    .option("--inbox-ask", "ask before a file is taken", false)
    .addOption(
      new Option("--inbox-quota <size>", "most bytes that the inbox holds, such as 20GB")
        .argParser(parseSize),
    )
    .addOption(
      new Option("--inbox-max-file <size>", "most bytes that one file may have")
        .argParser(parseSize),
    );
  withHostingOptions(command)
    .addOption(notifyOption())
    .addHelpText("after", examples)
    .action(runShare);
}

async function runShare(
  paths: string[],
  options: ShareOptions,
  command: { getOptionValueSource(option: string): string | undefined },
): Promise<void> {
  const peer = await openPeer(options);
  try {
    const named = [...paths, ...options.share];
    const shared = named.length > 0 ? named : peer.memory.shares;
    if (shared.length === 0 && options.inbox === undefined) {
      throw new LanyardError("usage", "Name what to share: peer share FOLDER");
    }
    // What was left out is not shared by accident either.
    const isNew = paths.length > 0 || command.getOptionValueSource("share") === "cli";
    const earlier = isNew ? [] : peer.memory.excluded;
    peer.memory.excluded = [...new Set([...earlier, ...options.exclude])];
    const inbox = await openInboxIf(peer, options);
    const told = Promise.withResolvers<void>();
    const hosted = options.hostTracker ? await hostTracker(peer, options) : undefined;
    const door = hosted?.door ?? peer.door;
    const sharing = await Sharing.start(peer, door, {
      paths: shared,
      exclusions: peer.memory.excluded.map((glob) => exclusion(glob)),
      serving: { slots: options.slots, limitUp: options.limitUp },
      ...(inbox === undefined ? {} : { inbox }),
      ...tellings(peer.output, told.promise),
    });
    peer.shutdown.add(() => sharing.close());
    await sharing.ready;
    await tellReady(peer, sharing, door.endpoint, hosted?.tracker);
    told.resolve();
    await sharing.refused; // Or until a signal: its handler ends the program.
  } finally {
    await peer.shutdown.run();
  }
}

async function openInboxIf(
  peer: Peer,
  { inbox, ...options }: ShareOptions,
): Promise<FileInbox | undefined> {
  return inbox === undefined ? undefined : await openInbox(peer, { inbox, ...options });
}

/** What is told while sharing. */
function tellings(
  output: Output,
  ready: Promise<void>,
): Omit<SharingOptions, "paths" | "exclusions" | "serving"> {
  const telling = new ReadyOutput(output, ready);
  return {
    uploaded: (address, { path, size }, bytes) =>
      telling.event({ event: "upload", address, path, size, bytes }, () => {
        const what = bytes >= size ? "copied" : `copied ${formatBytes(bytes)} of`;
        return `${address} has ${what} ${printable(path)}`;
      }),
    changed: (change, { path }) =>
      telling.event({ event: "changed", change, path }, () => `${change}: ${printable(path)}`),
    pushed: (push) => {
      if (push.verb === "OFFERED") telling.event(offerEvent(push), () => offerText(push));
      if (push.verb !== "REACHABLE") return;
      telling.event(
        { event: "reachable", ok: push.ok },
        push.ok
          ? undefined
          : () =>
            "The tracker cannot connect to this peer: others may not be able to copy from it. " +
            "Is a firewall in the way? Let the program accept connections.",
      );
    },
    trouble: (message) => telling.trouble(message),
  };
}

async function tellReady(
  from: Peer,
  sharing: Sharing,
  tracker: Endpoint,
  hosted: Tracker | undefined,
): Promise<void> {
  const { output, membership } = from;
  const { port, peer, files, bytes } = sharing;
  const skipped = sharing.leftOut.values().reduce((sum, count) => sum + count, 0);
  const ready = {
    event: "ready",
    port,
    peer,
    files,
    skipped,
    ...(hosted === undefined ? {} : { tracker: portsOf(hosted) }),
  };
  const words = membership === undefined ? undefined : await idWords(membership.identity.id);
  const trackerWords = hosted === undefined ? undefined : await idWords(hosted.id);
  output.result(ready, () => {
    const left = [...sharing.leftOut].map(([reason, count]) => `${count} ${leftOutText[reason]}`);
    return [
      `Sharing ${files} ${files === 1 ? "file" : "files"} (${formatBytes(bytes)}) on port ${port}.`,
      ...(left.length === 0 ? [] : [`Left out: ${left.join(", ")}.`]),
      ...(words === undefined ? [] : [`Your words are: ${words}`]),
      ...(trackerWords === undefined ? [] : [`The tracker's words are: ${trackerWords}`]),
      ...howToJoin(from, tracker, hosted !== undefined),
      "Stop with Ctrl-C.",
    ].join("\n");
  });
}
