import { join } from "@std/path";
import { encodeHex } from "@std/encoding";
import { LanyardError, sharePathFault } from "../shared/mod.ts";

/** What a peer remembers from one run to the next. */
export interface Settings {
  /** Random hex that only this peer knows: it makes our list digests impossible to guess. */
  secret: string;
  /** The port that was free last time. */
  port?: number;
  /** Real paths that were shared last, for commands that need to share something. */
  shares: string[];
  /** Globs of what was left out of them. */
  excluded: string[];
  /** The tracker of the join link that was accepted last, as `host:port`. */
  tracker?: string;
  /** The label a shared folder has been given, by real path. */
  labels: Record<string, string>;
}

const fileName = "settings.json";

/**
 * Reads the settings in a state folder, which is made if it is missing.
 *
 * @throws {LanyardError} `io` if the folder cannot be used or the file is damaged.
 */
export async function readSettings(folder: string): Promise<Settings> {
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const kept = await Deno.readTextFile(join(folder, fileName));
    return parseSettings(kept);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new LanyardError(
        "io",
        `${join(folder, fileName)} is damaged; remove it to start afresh`,
        { cause: error },
      );
    }
    if (!(error instanceof Deno.errors.NotFound)) throw cannotUse(folder, error);
  }
  const settings = freshSettings();
  await writeSettings(folder, settings);
  return settings;
}

/** Replaces the settings: written beside and moved, so that a crash leaves the old or the new. */
export async function writeSettings(folder: string, settings: Settings): Promise<void> {
  const beside = join(folder, `${fileName}.${crypto.randomUUID()}`);
  try {
    const text = `${JSON.stringify(settings, null, 2)}\n`;
    await Deno.writeTextFile(beside, text, { createNew: true, mode: 0o600 });
    await Deno.rename(beside, join(folder, fileName));
  } catch (error) {
    throw cannotUse(folder, error);
  }
}

function freshSettings(): Settings {
  const secret = encodeHex(crypto.getRandomValues(new Uint8Array(32)));
  return { secret, shares: [], excluded: [], labels: {} };
}

/** Reads settings of this version, or of one that did not have all of them yet. */
function parseSettings(text: string): Settings {
  const kept: unknown = JSON.parse(text);
  const settings = { ...freshSettings(), ...Object(kept) };
  if (!isObject(kept) || !isSound(settings)) throw new SyntaxError("These are no settings");
  return settings;
}

function isSound({ secret, port, shares, excluded, labels, tracker }: Settings): boolean {
  return typeof secret === "string" && /^[0-9a-f]{64}$/.test(secret) && isList(shares) &&
    isList(excluded) && isObject(labels) && Object.values(labels).every(isLabel) &&
    (tracker === undefined || typeof tracker === "string") &&
    (port === undefined || (Number.isInteger(port) && port > 0 && port < 65_536));
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

function isLabel(value: unknown): boolean {
  return typeof value === "string" && sharePathFault(value) === undefined;
}

function cannotUse(folder: string, error: unknown): LanyardError {
  const reason = error instanceof Error ? error.message : String(error);
  return new LanyardError("io", `Cannot use the state folder ${folder}: ${reason}`);
}
