import { type Command, InvalidArgumentError, Option, type OptionValues } from "commander";
import { defaultPorts, parseLabel, wholeNumber as readWholeNumber } from "../shared/mod.ts";
import type { HostedOptions } from "./hosted_tracker.ts";
import { type Notification, notifications } from "./notifier.ts";
import * as values from "./values.ts";

/** The options that every command of `peer` has. */
export interface CommonOptions {
  tracker?: string;
  state?: string;
  share: string[];
  name: string;
  port?: number;
  /** Whether a tracker is looked for on the network, and one that is hosted can be found. */
  discovery: boolean;
  plain: boolean;
  /** Ids of trackers to trust at that address, beside those that are remembered. */
  trust: string[];
  /** Bytes a second sent to others; only some commands have the option. */
  limitUp?: number;
  /** How to tell of finished transfers; only commands that have some have the option. */
  notify?: Notification;
  json: boolean;
}

/** What help says above the options that every command has. */
export const commonHeading = "Options of every command:";

/** Adds the options that every command has. */
// deno-lint-ignore explicit-function-return-type explicit-module-boundary-types -- it is the list
export function withCommonOptions(command: Command) {
  return command
    .optionsGroup(commonHeading)
    .addOption(
      new Option(
        "--tracker <name|host[:port]>",
        "the tracker to use; the one joined last, or else found by itself, if not given",
      )
        .env("LANYARD_TRACKER"),
    )
    .addOption(
      new Option("--state <folder>", "where this peer keeps its state").env("LANYARD_STATE"),
    )
    .option("--share <path>", "share this too; may be given again", collect, [])
    .addOption(
      new Option("--name <label>", "name shown to others").default(Deno.hostname())
        .argParser(asArgument(parseLabel)),
    )
    .addOption(
      new Option("--port <number>", "port to serve files on; 0 takes a free one")
        .argParser(wholeNumber(0, 65_535)),
    )
    .addOption(new Option("--no-discovery", "do not look for a tracker, and announce none"))
    .addOption(
      new Option("--discovery", "look for one, whatever the settings say").default(true).hideHelp(),
    )
    .option("--plain", "do not encrypt", false)
    .addOption(new Option("--no-plain", "encrypt, whatever the settings say").hideHelp())
    .addOption(
      new Option("--trust <id>", "trust a tracker with that id, too; may be given again")
        .default<string[]>([]).argParser(collectId),
    )
    .option("--json", "print one JSON object per line, for programs", false)
    .optionsGroup("Options:")
    .helpOption("-h, --help", "print this help");
}

/** Makes an option that may be given several times into a list. */
export function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

function collectId(value: string, earlier: string[]): string[] {
  const id = value.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(id)) {
    throw new InvalidArgumentError("Give the 64 hex digits of a tracker's id.");
  }
  return [...earlier, id];
}

/** Makes a reader of values one of arguments. */
export function asArgument<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof RangeError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/** Reads a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return asArgument(readWholeNumber(least, most));
}

/** Reads a number of bytes: `20MB` (10^6), `20MiB` (2^20) or plain bytes. */
export const parseSize = asArgument(values.parseSize);

/** Reads a rate in bytes a second, in the units of a size; less than 1 kB is taken for a mistake. */
export const parseRate = asArgument(values.parseRate);

/** How fast others are served. */
// deno-lint-ignore explicit-function-return-type explicit-module-boundary-types -- it is an option
export function limitUpOption(help = "most bytes sent a second, such as 20MB") {
  return new Option("--limit-up <rate>", help).argParser(parseRate);
}

/** How fast files come. */
// deno-lint-ignore explicit-function-return-type explicit-module-boundary-types -- it is an option
export function limitDownOption() {
  return new Option("--limit-down <rate>", "most bytes received a second, such as 20MB")
    .argParser(parseRate);
}

/** How many are served. */
// deno-lint-ignore explicit-function-return-type explicit-module-boundary-types -- it is an option
export function slotsOption() {
  return new Option(
    "--slots <number>",
    "peers served at the same time; as many as ask if not given",
  ).argParser(wholeNumber(1, 10_000));
}

/** How to tell of finished transfers, for commands that have some. */
// deno-lint-ignore explicit-function-return-type explicit-module-boundary-types -- it is an option
export function notifyOption() {
  return new Option("--notify <how>", "tell of finished transfers by the terminal")
    .choices(notifications);
}

/** The options of a command that can be the tracker, too. */
export interface HostingOptions extends HostedOptions {
  hostTracker: boolean;
}

/** Adds the options of being the tracker, too. */
// deno-lint-ignore explicit-function-return-type explicit-module-boundary-types -- it is the list
export function withHostingOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
) {
  return command
    .option("--host-tracker", "run the tracker here, too", false)
    .addOption(
      new Option(
        "--tracker-port <number>",
        "port of the hosted tracker without encryption; 0 takes a free one",
      ).default<number>(defaultPorts.tracker).argParser(wholeNumber(0, 65_535)),
    )
    .addOption(
      new Option(
        "--tracker-tls-port <number>",
        "port of the hosted tracker with encryption; 0 takes a free one (default: " +
          `${defaultPorts.trackerTls}, or a free one with --tracker-port 0)`,
      ).argParser(wholeNumber(0, 65_535)),
    );
}
