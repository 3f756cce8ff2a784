/** Puts a tracker under load, and says how fast it was. `deno task load --help` tells more. */
// deno-lint-ignore-file no-console -- it is a program of the command line
import { Command, InvalidArgumentError } from "commander";
import { Child } from "../bench/child.ts";
import { Lab } from "../bench/lab.ts";
import { openFilesLimit } from "../bench/load/open_files.ts";
import { loadDirectly } from "./direct.ts";
import { Load, type LoadOptions } from "./run.ts";
import { startTarget, type Target, useTracker } from "./target.ts";
import { asText, vanishingAsText } from "./told.ts";
import { vanish } from "./vanishing.ts";

const command = new Command("deno task load")
  .helpOption("-h, --help", "print this help")
  .description("Lets peers announce files at a tracker, change them and search, and measures that.")
  .argument("[tracker-option...]", "options for the tracker that is started, behind --")
  .option("--sessions <number>", "peers that share", parseCount, 100)
  .option("--files <number>", "files that each of them shares, in folders of 20", parseCount, 1000)
  .option("--churn <percent>", "files of 100 that change every minute", parseNumber, 1)
  .option("--searchers <number>", "connections that search", parseCount, 32)
  .option("--rate <number>", "searches a second, whether or not they are answered", parseNumber, 50)
  .option("--closed", "each connection searches again when it has its answer; there is no rate")
  .option("--seconds <number>", "how long to search", parseNumber, 10)
  .option("--seed <number>", "what the files and searches are made of", parseCount, 1)
  .option("--first-peer <number>", "the number of the first peer", parseCount, 0)
  .option("--tls", "with encryption, each peer with a key of its own")
  .option(
    "--tracker <port>",
    "a tracker that runs on this machine; otherwise one is started",
    parseCount,
  )
  .option("--pid <number>", "its process, to see what it uses", parseCount)
  .option("--vanish <number>", "so many further peers vanish at once", parseCount)
  .option("--hold", "announce and stay, without searching, until ended")
  .option("--direct", "no tracker: the index alone, in this process")
  .option("--json", "print the figures as JSON")
  .addHelpText(
    "after",
    `
Latencies count from when a search was due, not from when it could be sent.
A tracker that is not started here needs --idle-timeout 3600.`,
  )
  .action(run);

type Options = ReturnType<typeof command.opts>;

function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Give a whole number.");
  return Number(text);
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError("Give a number.");
  return value;
}

async function run(trackerArgs: string[], options: Options): Promise<void> {
  const load = loadOptions(options);
  if (options.direct) return print(options, loadDirectly(load), asText);
  // A tracker that is started may have as many as this program.
  await openFilesLimit(2 * (load.sessions + load.searchers + (options.vanish ?? 0)) + 1000);
  await using lab = new Lab();
  endWhenStopped(lab);
  await using target = await open(lab, options, trackerArgs);
  using loaded = await Load.on(target, load);
  const { announced } = loaded;
  if (options.hold) {
    console.log(JSON.stringify({ event: "holding", ...announced }));
    return await new Promise(() => {});
  }
  print(options, { announced, ...await loaded.search() }, asText);
  if (options.vanish === undefined) return;
  const { seed, seconds, vanish: sessions } = options;
  print(options, await vanish(target, { sessions, seed, seconds }, loaded), vanishingAsText);
}

function loadOptions(options: Options): LoadOptions {
  const { sessions, firstPeer, files, rate, seconds, churn, seed } = options;
  const searchers = options.hold ? 0 : options.searchers;
  const shared = { sessions, firstPeer, files, searchers, seconds, churn, seed };
  return options.closed ? shared : { ...shared, rate };
}

/** Leaves nothing behind when the user loses patience. */
function endWhenStopped(lab: Lab): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, async () => {
      await Child.stopAll();
      await lab[Symbol.asyncDispose]();
      Deno.exit(signal === "SIGINT" ? 130 : 143);
    });
  }
}

async function open(
  lab: Lab,
  options: Options,
  trackerArgs: readonly string[],
): Promise<Target> {
  const { tls = false, tracker: port, pid } = options;
  if (port === undefined) return await startTarget(lab, tls, trackerArgs);
  return await useTracker({ port, tls, ...(pid === undefined ? {} : { pid }) });
}

function print<T>({ json }: Options, report: T, asText: (report: T) => string): void {
  console.log(json ? JSON.stringify(report) : asText(report));
}

await command.parseAsync(Deno.args, { from: "user" });
// What the peers' connections still wait for ends with this program.
Deno.exit(0);
