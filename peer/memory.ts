import { join } from "@std/path";
import { encodeHex } from "@std/encoding";
import { LanyardError, reasonOf, sharePathFault } from "../shared/mod.ts";
import { replaceFile } from "./state_file.ts";

/** What a peer remembers from one run to the next; what its user wants is in `settings.ts`. */
export interface Memory {
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

/** Where the memory of a state folder is. */
export function memoryFile(folder: string): string {
  return join(folder, "memory.json");
}

/**
 * Reads the memory in a state folder, which is made if it is missing.
 *
 * @throws {LanyardError} `io` if the folder cannot be used or the file is damaged.
 */
export async function readMemory(folder: string): Promise<Memory> {
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    return parseMemory(await Deno.readTextFile(memoryFile(folder)));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new LanyardError(
        "io",
        `${memoryFile(folder)} is damaged; remove it to start afresh`,
        { cause: error },
      );
    }
    if (!(error instanceof Deno.errors.NotFound)) throw cannotUse(folder, error);
  }
  const memory = freshMemory();
  await writeMemory(folder, memory);
  return memory;
}

/** Replaces the memory: written beside and moved, so that a crash leaves the old or the new. */
export async function writeMemory(folder: string, memory: Memory): Promise<void> {
  await replaceFile(memoryFile(folder), `${JSON.stringify(memory, null, 2)}\n`);
}

function freshMemory(): Memory {
  const secret = encodeHex(crypto.getRandomValues(new Uint8Array(32)));
  return { secret, shares: [], excluded: [], labels: {} };
}

/** Reads memory of this version, or of one that did not have all of it yet. */
function parseMemory(text: string): Memory {
  const kept: unknown = JSON.parse(text);
  const memory = { ...freshMemory(), ...Object(kept) };
  if (!isObject(kept) || !isSound(memory)) throw new SyntaxError("This is no memory");
  return memory;
}

function isSound({ secret, port, shares, excluded, labels, tracker }: Memory): boolean {
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
  return new LanyardError("io", `Cannot use the state folder ${folder}: ${reasonOf(error)}`);
}
