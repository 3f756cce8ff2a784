import { type Command, Option } from "commander";
import { join } from "@std/path";
import { LanyardError, utf8Length } from "../../shared/mod.ts";
import { hostTracker, portsOf } from "../hosted_tracker.ts";
import { howToTake } from "../how_to_join.ts";
import { Ledger } from "../offers/ledger.ts";
import { ledgerFormats } from "../offers/ledger_row.ts";
import { OfferReport } from "../offers/offer_report.ts";
import { type Offered, Offering } from "../offers/offering.ts";
import { Recorder } from "../offers/recorder.ts";
import {
  type CommonOptions,
  type HostingOptions,
  limitUpOption,
  slotsOption,
  withCommonOptions,
  withHostingOptions,
} from "../options.ts";
import { openPeer, type Peer } from "../peer.ts";
import { Sharing } from "../sharing/mod.ts";
import type { Door } from "../tracker_client/mod.ts";

interface OfferOptions extends CommonOptions, HostingOptions {
  message: string;
  ledger?: string;
  ledgerFormat: keyof typeof ledgerFormats;
  slots?: number;
}

/** Bytes of a message, which the tracker passes on to everybody. */
const longestMessage = 1024;

const examples = `
Examples:
  peer offer lecture.mp4 --tracker 192.168.1.7      offer it to everybody there
  peer offer lecture.mp4 --message "For today"      and say something about it
  peer offer notes.pdf --ledger ~/who-has-it.csv    keep who takes it there
  peer offer notes.pdf --host-tracker               and be the tracker as well

Everybody who runs "peer receive" is asked whether to take it, now or when they come. It goes on until
stopped with Ctrl-C. Who takes or declines it is kept in offers.csv in the state folder, or where
--ledger says: a table with a line for each answer, or with --ledger-format text a sentence for each
peer that has the file or not.`;

/** Adds `peer offer`. */
export function addOffer(program: Command): void {
  const command = withCommonOptions(program.command("offer"))
    .argument("[file]", "the file to offer; it is asked for if not given")
    .description("offer a file to everybody, and keep who takes it")
    .option("--message <text>", "what to say about it", "")
    .option("--ledger <file>", "where to keep who takes it")
    .addOption(
      new Option("--ledger-format <format>", "how to keep it").choices(["csv", "text"] as const)
        .default("csv" as const),
    )
    .addOption(limitUpOption())
    .addOption(slotsOption());
  withHostingOptions(command)
    .addHelpText("after", examples)
    .action(runOffer);
}

async function runOffer(given: string | undefined, options: OfferOptions): Promise<void> {
  const { message } = options;
  if (utf8Length(message) > longestMessage) {
    throw new LanyardError("usage", `A message has at most ${longestMessage} bytes; shorten it`);
  }
  const path = given ?? askForFile(options);
  await checkFile(path);
  const peer = await openPeer(options);
  try {
    await offer(peer, path, options);
  } finally {
    await peer.shutdown.run();
  }
}

/** @throws {LanyardError} `usage` if there is nobody to be asked, or nothing is named. */
function askForFile({ json }: OfferOptions): string {
  const isAsked = !json && Deno.stdin.isTerminal();
  const path = isAsked ? prompt("Which file?")?.trim() ?? "" : "";
  if (path === "") throw new LanyardError("usage", "Name the file to offer: peer offer FILE");
  return path;
}

/** A folder cannot be offered, and what is not there should be named as it was typed. */
async function checkFile(path: string): Promise<void> {
  try {
    if (!(await Deno.stat(path)).isDirectory) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return; // Sharing it says what is wrong.
    throw new LanyardError("not-found", `There is no file "${path}"; name one that is there`);
  }
  throw new LanyardError("usage", `"${path}" is a folder; name a single file`);
}

async function offer(peer: Peer, path: string, options: OfferOptions): Promise<void> {
  const { output, shutdown } = peer;
  const ledger = await openLedger(peer, options);
  const report = new OfferReport(output);
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => {}); // It is waited for below.
  /** A ledger that cannot be written must not keep those from finishing who have begun. */
  const endIfIdle = (): void => {
    const { failure } = recorder;
    if (failure !== undefined && offering.roll.count("accepted") === 0) over.reject(failure);
  };
  const recorder = new Recorder(ledger, {
    failed: (reason, waiting) => {
      report.ledgerFailed(reason, waiting);
      endIfIdle();
    },
    recovered: () => report.ledgerRecovered(),
  });
  shutdown.add(async () => {
    await recorder.close();
    report.lost(recorder.waiting, ledgerFormats[options.ledgerFormat]);
  });
  shutdown.add(() => report.close());
  const begun = Promise.withResolvers<{ offer: string; file: Offered }>();
  const offering = new Offering(options.message, {
    offered: (file, offer) => {
      begun.resolve({ offer, file });
      report.offering(file, offer);
    },
    answered: ({ path, size, id }, answered, news) => {
      const { peer, name, address, port = 0, answer } = answered;
      if (news === "answer" && answer !== "offered") {
        recorder.add({ time: Date.now(), peer, name, address, port, file: path, size, id, answer });
      }
      report.answered(answered, news);
      endIfIdle();
    },
    refused: (error) => over.reject(error),
  });
  const hosted = options.hostTracker ? await hostTracker(peer, options) : undefined;
  const door = hosted?.door ?? peer.door;
  const sharing = await share(peer, door, path, options, offering, report);
  shutdown.add(() => sharing.close());
  await sharing.ready;
  const started = await Promise.race([begun.promise, sharing.refused, over.promise]);
  const { port, peer: id } = sharing;
  report.ready({
    ...started,
    port,
    peer: id,
    ledger: ledger.path,
    howToTake: howToTake(peer, door.endpoint, hosted !== undefined),
    ...(hosted === undefined ? {} : { tracker: portsOf(hosted.tracker) }),
  }, offering);
  await Promise.race([sharing.refused, over.promise]); // Or until a signal ends the program.
}

/** Opens the ledger that is named, or the one in the state folder; it ends with the peer. */
async function openLedger(
  { shutdown, stateFolder }: Peer,
  { ledger: named, ledgerFormat }: OfferOptions,
): Promise<Ledger> {
  const usual = ledgerFormat === "csv" ? "offers.csv" : "offers.txt";
  const ledger = await Ledger.open(named ?? join(stateFolder, usual), ledgerFormats[ledgerFormat]);
  shutdown.add(() => ledger.close());
  return ledger;
}

/** Shares the file, and offers it whenever the tracker knows that we do. */
function share(
  peer: Peer,
  door: Door,
  path: string,
  { slots, limitUp }: OfferOptions,
  offering: Offering,
  report: OfferReport,
): Promise<Sharing> {
  return Sharing.start(peer, door, {
    paths: [path],
    exclusions: [],
    remembers: false,
    offers: false,
    serving: { slots, limitUp },
    uploaded: (address, _, bytes) => report.uploaded(address, bytes),
    changed: (change, { path }) => report.changed(change, path),
    announced: (client, files) => void offering.announced(client, files),
    pushed: (push) => {
      if (push.verb === "ANSWERED") offering.heard(push);
      else if (push.verb === "REACHABLE") report.reachable(push.ok);
    },
    trouble: (message) => report.trouble(message),
  });
}
