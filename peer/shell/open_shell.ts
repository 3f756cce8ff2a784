import { openDownloadFolder } from "../download/destination.ts";
import { newFileModes } from "../download/file_modes.ts";
import { openInbox } from "../inbox/mod.ts";
import { Receiver, type ReceiverEvents, type ReceiverOptions } from "../offers/receiver.ts";
import type { HostingOptions } from "../options.ts";
import type { Peer } from "../peer.ts";
import { changeSettings, readSettings } from "../settings.ts";
import { Completer, type Known } from "./completer.ts";
import type { Console } from "./console.ts";
import { firstRun } from "./first_run.ts";
import { History } from "./history.ts";
import { host, meetTracker } from "./meet_tracker.ts";
import { PeerNetwork } from "./peer_network.ts";
import { PipeConsole } from "./pipe_console.ts";
import { SharedPaths } from "./shared_paths.ts";
import { Shell } from "./shell.ts";
import { Transfers } from "./transfers.ts";
import { TurnDoor } from "./turn_door.ts";
import { usualDownloads, welcome } from "./welcome.ts";

/** What a user says of a shell. */
export interface ShellOptions extends HostingOptions {
  /** Where copied files go. */
  output?: string;
  /** The folder that files of others go to. */
  inbox?: string;
  /** Bytes a second. */
  limitUp?: number;
  limitDown?: number;
  /** Peers served at the same time. */
  slots?: number;
}

/**
 * Runs a shell until it is left; what it needs ends with the peer.
 *
 * @returns the exit status
 */
export async function runShell(opened: Peer, options: ShellOptions): Promise<number> {
  const peer = { ...opened, door: new TurnDoor(opened.door) };
  const { output, shutdown, stateFolder } = peer;
  const downloads = options.output ?? await usualDownloads();
  const network: PeerNetwork = new PeerNetwork(peer, {
    downloads,
    shared: () => share.paths,
    limitDown: options.limitDown,
  });
  const share: SharedPaths = new SharedPaths(peer, {
    serving: { slots: options.slots, limitUp: options.limitUp },
    ...await inboxOf(peer, options),
    trouble: (message) => output.note(message),
    offered: () => shell.offers.heed(),
    changed: () => network.rejoin(),
  });
  shutdown.add(() => share.close());
  const history = await History.open(stateFolder);
  shutdown.add(() => history.save());
  const console = await openConsole(peer, history, {
    files: () => shell.finding.files.items.map(({ name }) => name),
    peers: async () => (await network.peers()).map(({ name }) => name),
    shared: () => share.paths,
  });
  shutdown.add(() => console.close());
  const shell = new Shell({
    console,
    output,
    network,
    share,
    transfers: new Transfers(),
    downloads,
    notify: (text) => peer.notifier.notify(text),
  }, (decide, events) => openReceiver(peer, { downloads, decide, events }, options));
  const shared = await sharedPaths(peer, console);
  if (shared === undefined) return 0;
  if (options.hostTracker) await host(peer, options);
  else if (console.isTerminal) await meetTracker(peer, console, options);
  await share.start(shared);
  if (console.isTerminal) output.note(welcome(peer, shared, downloads));
  const status = await shell.run();
  // A tracker that is silent must not keep whoever has left.
  shutdown.hurry();
  return status;
}

/** Takes offers until the shell is left. */
async function openReceiver(
  peer: Peer,
  { downloads, decide, events }: Pick<ReceiverOptions, "decide"> & {
    downloads: string;
    events: ReceiverEvents;
  },
  { limitDown, limitUp }: ShellOptions,
): Promise<void> {
  // The port that the user wants is the one that the folders are shared on.
  const { port: _, ...options } = peer.options;
  const receiver = new Receiver({ ...peer, options }, {
    root: await openDownloadFolder(downloads),
    modes: await newFileModes(peer.stateFolder),
    inTurn: false,
    decide,
    limitDown,
    limitUp,
  }, events);
  peer.shutdown.add(() => receiver.close());
  await Promise.race([receiver.joined, receiver.refused]);
}

/** What is to be shared: what the user wants, or else what was shared last; asked the first time. */
async function sharedPaths(
  { options, output, memory, stateFolder }: Peer,
  console: Console,
): Promise<readonly string[] | undefined> {
  if (options.share.length > 0) return options.share;
  const settings = await readSettings(stateFolder);
  if (settings?.share !== undefined) return [];
  if (settings !== undefined || memory.shares.length > 0 || !console.isTerminal) {
    return memory.shares;
  }
  const chosen = await firstRun({ console, output, stateFolder, name: options.name });
  if (chosen === undefined) return undefined;
  await changeSettings(stateFolder, chosen);
  options.name = String(chosen.name);
  return [chosen.share].flat().map(String);
}

/** A terminal that can do it has its lines edited; the code for that is loaded for it only. */
async function openConsole({ output }: Peer, history: History, known: Known): Promise<Console> {
  const isTerminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal() && !output.json;
  if (isTerminal && Deno.env.get("TERM") !== "dumb") {
    const { TerminalConsole } = await import("./terminal_console.ts");
    return new TerminalConsole({ output, history, completer: new Completer(known) });
  }
  // A pipe has no place where an answer is typed.
  const show = (text: string): void =>
    isTerminal || output.json ? output.ask(text) : output.note(text.trim());
  return new PipeConsole({ input: Deno.stdin.readable, show, isTerminal });
}

async function inboxOf(
  peer: Peer,
  { inbox }: ShellOptions,
): Promise<{ inbox?: Awaited<ReturnType<typeof openInbox>> }> {
  if (inbox === undefined) return {};
  return { inbox: await openInbox(peer, { inbox, inboxFrom: [], inboxAsk: false }) };
}
