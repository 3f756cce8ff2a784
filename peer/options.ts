import { type Command, InvalidArgumentError, Option } from "commander";
import { hasControlCharacter, limits, utf8Length } from "../shared/mod.ts";

/** The options that every command of `peer` has. */
export interface CommonOptions {
  tracker?: string;
  state?: string;
  share: string[];
  name: string;
  port?: number;
  plain: boolean;
  /** Ids of trackers to trust at that address, beside those that are remembered. */
  trust: string[];
  /** Bytes a second sent to others; only `share` and `get` have the option. */
  limitUp?: number;
  json: boolean;
}

/** Adds the options that every command has. */
// deno-lint-ignore explicit-function-return-type explicit-module-boundary-types -- it is the list
export function withCommonOptions(command: Command) {
  return command
    .addOption(
      new Option(
        "--tracker <host[:port]>",
        "the tracker to use; the one joined last, or else this machine, if not given",
      )
        .env("LANYARD_TRACKER"),
    )
    .addOption(
      new Option("--state <folder>", "where this peer keeps its state").env("LANYARD_STATE"),
    )
    .option("--share <path>", "share this too; may be given again", collect, [])
    .addOption(
      new Option("--name <label>", "name shown to others").default(Deno.hostname())
        .argParser(parseLabel),
    )
    .addOption(
      new Option("--port <number>", "port to serve files on; 0 takes a free one")
        .argParser(wholeNumber(0, 65_535)),
    )
    .option("--plain", "do not encrypt", false)
    .addOption(
      new Option("--trust <id>", "trust a tracker with that id, too; may be given again")
        .default<string[]>([]).argParser(collectId),
    )
    .option("--json", "print one JSON object per line, for programs", false)
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

/** Reads a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

const sizeUnits: Record<string, number> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Reads a number of bytes: `20MB` (10^6), `20MiB` (2^20) or plain bytes. */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = unit === undefined ? undefined : sizeUnits[unit.toLowerCase()];
  const bytes = Math.round(Number(digits) * (factor ?? NaN));
  if (!Number.isSafeInteger(bytes)) {
    throw new InvalidArgumentError("Give bytes, or a number with kB, MB, GB, KiB, MiB or GiB.");
  }
  return bytes;
}

/** Reads a rate in bytes a second, in the units of a size; less than 1 kB is taken for a mistake. */
export function parseRate(text: string): number {
  const rate = parseSize(text.replace(/\/s$/, ""));
  if (rate < 1000) throw new InvalidArgumentError("Give at least 1 kB a second.");
  return rate;
}

function parseLabel(text: string): string {
  const isShort = text.trim() !== "" && utf8Length(text) <= limits.labelBytes;
  if (!isShort || hasControlCharacter(text)) {
    throw new InvalidArgumentError(`Give a name of 1 to ${limits.labelBytes} printable bytes.`);
  }
  return text;
}
