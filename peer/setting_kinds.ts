import { isAbsolute, join, resolve } from "@std/path";
import { hasControlCharacter, looksLikeJoinLink, parseLabel, wholeNumber } from "../shared/mod.ts";
import { oneOf, parseRate } from "./values.ts";

/** A setting as it is written in the settings file. */
export type Stored = string | number | boolean | string[];

/** What values a setting may have. What is wrong is a `RangeError` that says what to give. */
export interface SettingKind {
  /** What a value looks like, for people. */
  readonly form: string;
  /** Of a list: what each of its entries is. */
  readonly entry?: SettingKind;
  /** Reads what was typed, or is in the environment. */
  fromText(text: string): Stored;
  /** Reads what is in the file. */
  fromFile(value: unknown): Stored;
  /** The value for programs, as the option of the same meaning has it. */
  toOption(stored: Stored): unknown;
}

/** A text that `read` takes. */
function textKind(form: string, read: (text: string) => unknown): SettingKind {
  const checked = (text: string): string => {
    read(text);
    return text;
  };
  return {
    form,
    fromText: checked,
    fromFile: (value) => {
      if (typeof value !== "string") throw new RangeError(`Give ${form}, in quotes.`);
      return checked(value);
    },
    toOption: (stored) => read(String(stored)),
  };
}

export const labelKind: SettingKind = textKind("a name", parseLabel);
export const rateKind: SettingKind = textKind("a rate, such as 20MB", parseRate);

/** One of some words. */
export function choiceKind<W extends string>(words: readonly W[]): SettingKind {
  return textKind(words.join(" or "), oneOf(words));
}

/** Which tracker, or where it is. A join link may hold a key, which is not to be kept. */
export const trackerKind: SettingKind = textKind("a name, HOST or HOST:PORT", (text) => {
  if (looksLikeJoinLink(text)) throw new RangeError("Give a join link to: peer join.");
  if (text.trim() === "" || hasControlCharacter(text)) {
    throw new RangeError("Give the name of a tracker, HOST, HOST:PORT or [IPv6]:PORT.");
  }
  return text;
});

/** A whole number. */
export function countKind(least: number, most: number): SettingKind {
  const read = wholeNumber(least, most);
  return {
    form: `a whole number from ${least} to ${most}`,
    fromText: read,
    fromFile: (value) => {
      if (typeof value !== "number") throw new RangeError("Give a number, without quotes.");
      return read(String(value));
    },
    toOption: (stored) => stored,
  };
}

const isOn = oneOf(["on", "off"]);

export const switchKind: SettingKind = {
  form: "on or off",
  fromText: (text) => isOn(text) === "on",
  fromFile: (value) => {
    if (typeof value !== "boolean") throw new RangeError("Give true or false, without quotes.");
    return value;
  },
  toOption: (stored) => stored,
};

/** A folder: relative to where it is typed, but in the file a whole path, or one with `~/`. */
export const folderKind: SettingKind = {
  form: "a folder",
  fromText: (text) => resolve(expanded(full(text, (path) => path !== ""))),
  fromFile: (value) => {
    if (typeof value !== "string") throw new RangeError("Give a folder, in quotes.");
    return full(value, isWhole);
  },
  toOption: (stored) => expanded(String(stored)),
};

/** Between two paths in the environment, as in PATH. */
const separator = Deno.build.os === "windows" ? ";" : ":";

/** Several files or folders. */
export const pathsKind: SettingKind = {
  form: "folders and files",
  entry: folderKind,
  fromText: (text) => text.split(separator).map((path) => String(folderKind.fromText(path))),
  fromFile: (value) => {
    if (!Array.isArray(value)) throw new RangeError('Give a list, as in ["/home/ana/Music"].');
    return value.map((path) => String(folderKind.fromFile(path)));
  },
  toOption: (stored) => [stored].flat().map((path) => expanded(String(path))),
};

function full(path: string, isFine: (path: string) => boolean): string {
  if (!isFine(path)) throw new RangeError("Give a whole path, such as /home/ana/Music.");
  return path;
}

function isWhole(path: string): boolean {
  return isAbsolute(path) || path.startsWith("~/");
}

/** A path whose `~` is the user's own folder. */
export function expanded(path: string): string {
  if (path !== "~" && !path.startsWith("~/")) return path;
  const home = homeFolder();
  return home === undefined ? path : join(home, path.slice(1));
}

/** The user's own folder, where the system names one. */
export function homeFolder(): string | undefined {
  return Deno.env.get(Deno.build.os === "windows" ? "USERPROFILE" : "HOME") || undefined;
}
