import { join } from "@std/path";
import { encodeHex } from "@std/encoding";
import { LanyardError } from "../shared/mod.ts";

/** What a peer remembers from one run to the next. */
export interface Settings {
  /** Random hex that only this peer knows: it makes our list digests impossible to guess. */
  secret: string;
  /** The port that was free last time. */
  port?: number;
  /** Real paths that were shared last, for commands that need to share something. */
  shares: string[];
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
    return { ...freshSettings(), ...JSON.parse(kept) };
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new LanyardError(
        "io",
        `${join(folder, fileName)} is damaged; remove it to start afresh`,
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
  return { secret, shares: [], labels: {} };
}

function cannotUse(folder: string, error: unknown): LanyardError {
  const reason = error instanceof Error ? error.message : String(error);
  return new LanyardError("io", `Cannot use the state folder ${folder}: ${reason}`);
}
