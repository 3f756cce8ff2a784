import { printable } from "../../shared/mod.ts";
import { openDownloadFolder } from "../download/destination.ts";
import { newFileModes } from "../download/file_modes.ts";
import { formatBytes } from "../output.ts";
import type { Peer } from "../peer.ts";
import { Questions, standardInput } from "../question.ts";
import type { Sender } from "../upload/mod.ts";
import { FileInbox, type FileInboxOptions } from "./file_inbox.ts";

/** What a user says of an inbox. */
export interface InboxOptions {
  /** The folder that files of others go to. */
  inbox: string;
  /** Those who may send; everybody if empty. */
  inboxFrom: readonly string[];
  /** Whether each sender is asked about. */
  inboxAsk: boolean;
  /** Bytes in all. */
  inboxQuota?: number;
  /** Bytes of one file. */
  inboxMaxFile?: number;
}

/**
 * Opens an inbox; it ends with the peer.
 *
 * @throws {LanyardError} `io` if its folder cannot be used.
 */
export async function openInbox(
  { cache, notifier, output, shutdown, stateFolder }: Peer,
  { inbox: folder, inboxFrom, inboxAsk, inboxQuota, inboxMaxFile }: InboxOptions,
): Promise<FileInbox> {
  const root = await openDownloadFolder(folder);
  const ask = (question: string): void => output.ask(question);
  const inbox = new FileInbox({
    root,
    rules: {
      ...(inboxFrom.length === 0 ? {} : { from: inboxFrom }),
      ...(inboxQuota === undefined ? {} : { quota: inboxQuota }),
      ...(inboxMaxFile === undefined ? {} : { maxFile: inboxMaxFile }),
    },
    ...(inboxAsk ? { ask: asking(new Questions(standardInput(ask))) } : {}),
    cache,
    modes: await newFileModes(stateFolder),
    events: {
      received: (sender, { path, size, id }, stored) => {
        notifier.notify(`${nameOf(sender)} has sent ${path}`);
        output.event(
          { event: "received", ...sender, path: stored, sent: path, size, id },
          () => `${nameOf(sender)} has sent ${printable(path)} (${formatBytes(size)}): ${stored}`,
        );
      },
      failed: (sender, { path, size }, { code, message }) =>
        output.event(
          { event: "not-received", ...sender, sent: path, size, code, message },
          () => `${nameOf(sender)} could not send ${printable(path)}: ${printable(message)}`,
        ),
    },
  });
  shutdown.add(() => inbox.close());
  return inbox;
}

/** Asks about each file, until somebody says that all of this sender are taken, or none. */
function asking(questions: Questions): NonNullable<FileInboxOptions["ask"]> {
  const settled = new Map<string, boolean>();
  return async (sender, { size }, path) => {
    const who = sender.peer ?? sender.address;
    const known = settled.get(who);
    if (known !== undefined) return known;
    const answer = await questions.ask(
      `${nameOf(sender)} sends a file of ${formatBytes(size)}, to ${printable(path)}. ` +
        "Take it? (Y/N, or A for all of this sender) ",
      (text) => /^[yna]$/i.test(text) ? text.toLowerCase() : undefined,
    );
    if (answer === "a") settled.set(who, true);
    return answer === "y" || answer === "a";
  };
}

/** Who sends something, for people: anybody can take any name, and nobody an id of somebody else. */
function nameOf({ name, peer, address }: Sender): string {
  const known = peer === undefined ? address : `${peer.slice(0, 8)}, ${address}`;
  return name === undefined ? known : `${printable(name)} (${known})`;
}
