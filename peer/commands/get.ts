import type { Command } from "commander";
import { LanyardError, printable } from "../../shared/mod.ts";
import { openDownloadFolder } from "../download/destination.ts";
import { Engine } from "../download/engine.ts";
import { fetchAll, type FetchEvents } from "../download/fetch.ts";
import { newFileModes } from "../download/file_modes.ts";
import { describeDone } from "../download/outcome_text.ts";
import { toLanyardError } from "../download/placing.ts";
import { Present } from "../download/present.ts";
import { Progress } from "../download/progress.ts";
import { type Candidates, type Choice, resolve } from "../download/resolve.ts";
import { Reshare } from "../download/reshare.ts";
import { parseTarget } from "../download/target.ts";
import { TrackerSources } from "../download/tracker_sources.ts";
import type { TransferOptions } from "../download/transfer.ts";
import { findPeer } from "../find.ts";
import { joinTracker } from "../joined.ts";
import {
  type CommonOptions,
  limitDownOption,
  limitUpOption,
  notifyOption,
  withCommonOptions,
} from "../options.ts";
import type { Output } from "../output.ts";
import { openPeer, type Peer } from "../peer.ts";
import { describeSource } from "../records.ts";

interface GetOptions extends CommonOptions {
  output: string;
  from?: string;
  limitDown?: number;
  reshare: boolean;
  overwrite: boolean;
  wait: boolean;
}

const examples = `
Examples:
  peer get lecture.mp4                   a file, from every peer that has it
  peer get photos/ -o ~/Pictures         a whole folder
  peer get docs/notes.txt --from ana     that file of that peer
  peer get lecture.mp4 -o - | mpv -      to a pipe, in order

Interrupted? Run the same command again: only what is missing is copied.`;

/** Adds `peer get`. */
export function addGet(program: Command): void {
  withCommonOptions(program.command("get"))
    .argument("<what>", "a name, a path (a folder with / at the end), an id, or a lanyard: link")
    .description("copy a file or folder from every peer that has it")
    .option("-o, --output <folder>", "where it goes; - is standard output", ".")
    .option("--from <peer>", "only from this peer: a name, digits of its id, or an address")
    .addOption(limitDownOption())
    .addOption(limitUpOption("most bytes sent to others who download the same"))
    .option("--no-reshare", "do not offer to others what has come so far")
    .option("--overwrite", "replace files of the same name", false)
    .option("--wait", "wait for sources that are gone", false)
    .addOption(notifyOption())
    .addHelpText("after", examples)
    .action(runGet);
}

async function runGet(what: string, options: GetOptions): Promise<void> {
  const target = parseTarget(what);
  const peer = await openPeer(options);
  try {
    const { client, greeting, shelves, callback } = await joinTracker(peer, { serves: true });
    const from = options.from === undefined ? undefined : await findPeer(client, options.from);
    const choices = choose(what, await resolve(client, target, from?.peer), peer.output);
    const reshare = options.reshare ? new Reshare(client) : undefined;
    if (reshare !== undefined) shelves.add(reshare);
    const sources = new TrackerSources(client, {
      self: greeting.peer,
      ...(peer.membership === undefined ? {} : { membership: peer.membership }),
      ...(from === undefined ? {} : { only: from.peer }),
      ...(callback === undefined ? {} : { callback }),
    });
    const engine = new Engine(sources, peer.cache, {
      ...(reshare === undefined ? {} : { reshare }),
      limitDown: options.limitDown,
    });
    peer.shutdown.add(() => engine.close());
    const present = new Present(peer.cache);
    peer.shutdown.add(() => present.close());
    const failure = options.output === "-"
      ? await fetchToPipe(peer, engine, present, choices, options)
      : await fetchToFolder(peer, engine, present, choices, options);
    peer.notifier.notify(`${what} ${failure === undefined ? "has come" : "did not come"}`);
    if (failure !== undefined) throw summary(failure, choices.length);
  } finally {
    await peer.shutdown.run();
  }
}

async function fetchToFolder(
  peer: Peer,
  engine: Engine,
  present: Present,
  choices: readonly Choice[],
  options: GetOptions,
): Promise<LanyardError | undefined> {
  const root = await openDownloadFolder(options.output);
  const chosen = await transferOptions(peer, options);
  return await fetchReporting(peer, engine, present, root, choices, chosen);
}

async function fetchToPipe(
  peer: Peer,
  engine: Engine,
  present: Present,
  choices: readonly Choice[],
  options: GetOptions,
): Promise<LanyardError | undefined> {
  if (choices.length > 1 || peer.output.json) {
    throw new LanyardError("usage", "Only a single file, and without --json, can go to a pipe");
  }
  const root = await Deno.makeTempDir({ prefix: "lanyard-" });
  peer.shutdown.add(() => Deno.remove(root, { recursive: true }));
  const real = await Deno.realPath(root);
  return await fetchReporting(peer, engine, present, real, choices, {
    ...await transferOptions(peer, options),
    deliver: writeOut,
  });
}

async function writeOut(bytes: Uint8Array): Promise<void> {
  try {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await Deno.stdout.write(rest));
  } catch (cause) {
    const isClosed = cause instanceof Deno.errors.BrokenPipe;
    const reason = isClosed ? "nobody reads it any more" : toLanyardError(cause).message;
    throw new LanyardError("io", `The file cannot be written on: ${reason}`, { cause });
  }
}

async function transferOptions(
  { stateFolder }: Peer,
  { overwrite, wait }: GetOptions,
): Promise<TransferOptions> {
  return {
    taken: overwrite ? "overwrite" : "rename",
    wait,
    modes: await newFileModes(stateFolder),
  };
}

async function fetchReporting(
  { output }: Peer,
  engine: Engine,
  present: Present,
  root: string,
  choices: readonly Choice[],
  options: TransferOptions,
): Promise<LanyardError | undefined> {
  const bytes = choices.reduce((sum, { file }) => sum + file.size, 0);
  const label = choices.length === 1 ? choices[0]?.file.name ?? "" : "";
  const progress = new Progress(output, label, { files: choices.length, bytes });
  try {
    const events = reports(output, progress, choices.length);
    return await fetchAll(engine, present, root, choices, options, events);
  } finally {
    progress.close();
  }
}

function reports(output: Output, progress: Progress, files: number): FetchEvents {
  return {
    progress: (number, verified, received) => progress.update(number, verified, received),
    waiting: ({ path }) =>
      output.event(
        { event: "waiting", path },
        () => `${printable(path)} is being downloaded here already; waiting for that to end`,
      ),
    sourceLost: ({ path }, source, { code, message }) => {
      const { peer, name, address, port } = source;
      output.event(
        { event: "source-lost", path, peer, name, address, port, code, message },
        () => `${describeSource(source)} is given up: ${printable(message)}`,
      );
    },
    done: (number, { file }, { path, received, sources, encrypted }, seconds) => {
      progress.settle(number, file.size);
      const { id, size } = file;
      if (path === "-") return;
      output.result(
        { event: "done", path, size, id, received, sources, encrypted, seconds },
        () => describeDone({ path, received, sources }, size, seconds),
      );
    },
    failed: (number, { path, file }, { code, message }) => {
      progress.settle(number, file.size);
      // A single file's error ends the command, which reports it.
      if (files > 1) {
        output.event(
          { event: "error", code, message, path },
          () => `${printable(path)}: ${printable(message)}`,
        );
      }
    },
  };
}

/** The one candidate, or the one the user picks. */
function choose(what: string, candidates: Candidates, output: Output): Choice[] {
  const [first] = candidates;
  if (first === undefined) throw new LanyardError("not-found", `Nobody online shares "${what}"`);
  if (candidates.length === 1) return first.files;
  const labels = candidates.map(({ label }, at) => `  ${at + 1}. ${label}`).join("\n");
  if (output.json || !Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) {
    throw new LanyardError(
      "ambiguous",
      `"${what}" may be any of these; name one by its path, or its peer with --from:\n${labels}`,
    );
  }
  output.note(`There are several:\n${labels}`);
  for (;;) {
    const answer = prompt("Which one? (a number, or nothing to stop)");
    if (answer === null || answer.trim() === "") {
      throw new LanyardError("ambiguous", "None was chosen");
    }
    const chosen = candidates[Number(answer) - 1];
    if (chosen !== undefined) return chosen.files;
  }
}

function summary(failure: LanyardError, files: number): LanyardError {
  if (files === 1) return failure;
  const message =
    `Not every file came; run this again to fetch what is missing (${failure.message})`;
  return new LanyardError(failure.code, message, { cause: failure });
}
