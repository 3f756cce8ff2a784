import { join } from "@std/path";
import { defaultStateFolder, LanyardError, reasonOf } from "../shared/mod.ts";
import { memoryFile } from "./memory.ts";
import { notifications } from "./notifier.ts";
import {
  choiceKind,
  countKind,
  folderKind,
  labelKind,
  pathsKind,
  rateKind,
  type SettingKind,
  type Stored,
  switchKind,
  trackerKind,
} from "./setting_kinds.ts";
import { replaceFile } from "./state_file.ts";

/**
 * What a user wants to hold for every run. The table has an entry for each key of `settings.json`;
 * a flag counts before an environment variable, and that before the settings.
 */

/** One setting. */
export interface Setting {
  kind: SettingKind;
  /** What it is, for people. */
  help: string;
  /** What holds where nothing is set, for people. */
  otherwise: string;
  /** The name of the commander option with the same meaning. */
  option: string;
  /** The commands it is for, if not for all that have the option. */
  commands?: readonly string[];
}

/** Commands that listen for as long as they run; all others take any port. */
const longRunning = ["share", "shell", "ui"];

const table = {
  "name": {
    kind: labelKind,
    help: "name shown to others",
    otherwise: "the name of this machine",
    option: "name",
  },
  "tracker": {
    kind: trackerKind,
    help: "the tracker to use",
    otherwise: "the one joined last, or found on this network, or on this machine",
    option: "tracker",
  },
  "share": {
    kind: pathsKind,
    help: "folders and files to share, where a command names none",
    otherwise: "what was shared last",
    option: "share",
  },
  "downloads": {
    kind: folderKind,
    help: "where copied files go",
    otherwise: "the current folder; of peer shell, Downloads",
    option: "output",
  },
  "inbox": {
    kind: folderKind,
    help: "where files go that others send, while sharing",
    otherwise: "nobody can send any",
    option: "inbox",
  },
  "limit-up": {
    kind: rateKind,
    help: "most bytes sent a second",
    otherwise: "no limit",
    option: "limitUp",
  },
  "limit-down": {
    kind: rateKind,
    help: "most bytes received a second",
    otherwise: "no limit",
    option: "limitDown",
  },
  "slots": {
    kind: countKind(1, 10_000),
    help: "peers served at the same time",
    otherwise: "as many as ask",
    option: "slots",
  },
  "port": {
    kind: countKind(1, 65_535),
    help: "port to share on",
    otherwise: "2224, or the next free one",
    option: "port",
    commands: longRunning,
  },
  "notify": {
    kind: choiceKind(notifications),
    help: "how the terminal tells of finished transfers",
    otherwise: "off",
    option: "notify",
  },
  "discovery": {
    kind: switchKind,
    help: "look for trackers on this network",
    otherwise: "on",
    option: "discovery",
  },
  "plain": {
    kind: switchKind,
    help: "do without encryption",
    otherwise: "off",
    option: "plain",
  },
} as const satisfies Record<string, Setting>;

/** The key of a setting. */
export type SettingKey = keyof typeof table;

/** All settings, by key, in the order in which they are shown. */
export const settingsTable: Readonly<Record<SettingKey, Setting>> = table;

/** The settings of a user; what is not there was not set. */
export type Settings = Partial<Record<SettingKey, Stored>>;

const fileName = "settings.json";

/** All keys. */
export const settingKeys = Object.keys(table) as SettingKey[];

/** Tells whether a text is the key of a setting. */
function isSettingKey(text: string): text is SettingKey {
  return Object.hasOwn(table, text);
}

/** The environment variable of a setting: `LANYARD_LIMIT_UP`. */
export function variableOf(key: SettingKey): string {
  return `LANYARD_${key.toUpperCase().replaceAll("-", "_")}`;
}

/** Where the settings of a state folder are. */
export function settingsFile(stateFolder: string): string {
  return join(stateFolder, fileName);
}

/**
 * The state folder: the given one, or that of this system.
 *
 * @throws {LanyardError} `usage` where the system names none.
 */
export function stateFolderOf(given: string | undefined): string {
  // An empty value, such as that of a variable set to nothing, says nothing.
  const folder = given || defaultStateFolder(Deno.build.os, (name) => Deno.env.get(name));
  if (folder !== undefined) return folder;
  throw new LanyardError("usage", "This system names no folder for state; give one with --state");
}

/**
 * Reads the settings of a state folder; `undefined` if there are none yet.
 *
 * @throws {LanyardError} `io` if they cannot be read, `usage` naming the key and the file if they
 * are wrong.
 */
export async function readSettings(stateFolder: string): Promise<Settings | undefined> {
  const file = settingsFile(stateFolder);
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw new LanyardError("io", `Cannot read the settings ${file}: ${reasonOf(cause)}`, { cause });
  }
  const isMoved = await moveMemory(text, stateFolder);
  return isMoved ? undefined : parseSettings(text, file);
}

/** What a peer remembers was in a file of this name before there were settings: it is moved. */
async function moveMemory(text: string, stateFolder: string): Promise<boolean> {
  if (!/^\s*\{\s*"secret": "[0-9a-f]{64}"/.test(text)) return false;
  await Deno.rename(settingsFile(stateFolder), memoryFile(stateFolder));
  return true;
}

/**
 * Changes the settings of a state folder; `undefined` takes one out.
 *
 * @throws {LanyardError} as `readSettings`, and `io` if they cannot be written.
 */
export async function changeSettings(
  stateFolder: string,
  changes: { [K in SettingKey]?: Stored | undefined },
): Promise<Settings> {
  const changed = { ...await readSettings(stateFolder), ...changes };
  const kept = settingKeys.filter((key) => changed[key] !== undefined);
  const settings = Object.fromEntries(kept.map((key) => [key, changed[key]])) as Settings;
  await replaceFile(settingsFile(stateFolder), `${JSON.stringify(settings, null, 2)}\n`);
  return settings;
}

/** Reads the text of a settings file. */
export function parseSettings(text: string, file: string): Settings {
  const wrong = (what: string, cause?: unknown): LanyardError =>
    new LanyardError("usage", `${file}: ${what}`, { cause });
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch (cause) {
    throw wrong(
      `this is not JSON (${(cause as SyntaxError).message}); correct or remove it`,
      cause,
    );
  }
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) {
    throw wrong('settings look like { "name": "ana" }; correct or remove it');
  }
  const settings: Settings = {};
  for (const [key, value] of Object.entries(kept)) {
    if (!isSettingKey(key)) {
      throw wrong(`there is no setting "${key}"; there are ${settingKeys.join(", ")}`);
    }
    try {
      settings[key] = table[key].kind.fromFile(value);
    } catch (error) {
      if (error instanceof RangeError) throw wrong(`"${key}" is wrong. ${error.message}`, error);
      throw error;
    }
  }
  return settings;
}
