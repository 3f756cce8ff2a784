import { encodeHex } from "@std/encoding";
import { emptyId, type ErrorCode, hashPiece, LanyardError } from "../../shared/mod.ts";
import { countHashed } from "../hash_garbage.ts";
import { checkFolder } from "./destination.ts";
import {
  type PartOptions,
  partPaths,
  putInPlace,
  setMode,
  syncFolder,
  type Taken,
  toLanyardError,
} from "./placing.ts";

/** A file of one piece at most, all of whose bytes are here. */
export interface SmallFile extends PartOptions {
  /** Unix time in ms. */
  modified: number;
  /** POSIX permissions. */
  mode: number;
  /** Where its bytes start in the buffer that holds those of all files. */
  at: number;
}

/** What became of one of them. */
export type Stored = { path: string } | { code: ErrorCode; message: string };

interface Written {
  file: SmallFile;
  open: Deno.FsFile;
  part: string;
}

/**
 * Stores many small files at once. Each is verified, written under its temporary name, on the disk
 * before it gets its own name, and never replaces another; only the waiting for the disk is shared,
 * because one by one it would take longer than everything else together.
 *
 * @returns what became of each, in order.
 */
export async function storeSmall(
  files: readonly SmallFile[],
  bytes: Uint8Array,
  taken: Taken,
): Promise<Stored[]> {
  const folders = new Set(files.map(({ destination }) => destination.folder));
  const checked = checkFolders(files);
  const outcomes = files.map((file): Written | LanyardError =>
    checked.get(file.destination.folder) ?? attempt(() => write(file, bytes))
  );
  const synced = await Promise.all(outcomes.map(sync));
  const moved = checkFolders(files);
  const stored = synced.map((outcome): Stored => {
    if (outcome instanceof LanyardError) return failed(outcome);
    const problem = moved.get(outcome.file.destination.folder);
    return problem === undefined ? place(outcome, taken) : failed(problem);
  });
  for (const folder of folders) await syncFolder(folder).catch(() => {}); // Checked above.
  for (const outcome of outcomes) if (!(outcome instanceof LanyardError)) outcome.open.close();
  return stored;
}

/** The folders that are not where they were, with what is wrong with them. */
function checkFolders(files: readonly SmallFile[]): Map<string, LanyardError> {
  const byFolder = new Map(files.map(({ destination }) => [destination.folder, destination]));
  const wrong = new Map<string, LanyardError>();
  for (const [folder, destination] of byFolder) {
    const problem = attempt(() => checkFolder(destination));
    if (problem instanceof LanyardError) wrong.set(folder, problem);
  }
  return wrong;
}

function write(file: SmallFile, all: Uint8Array): Written {
  const bytes = all.subarray(file.at, file.at + file.size);
  countHashed(bytes.length);
  const id = file.size === 0 ? emptyId : encodeHex(hashPiece(bytes, file.size));
  if (id !== file.id) {
    throw new LanyardError("integrity", "The source sent wrong bytes");
  }
  const { part } = partPaths(file);
  const open = createPart(part);
  try {
    open.lockSync(true); // Nobody else can have it yet; from here on they wait.
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(open.writeSync(rest));
    open.utimeSync(Date.now() / 1000, file.modified / 1000);
    setMode(open, part, file.mode);
    return { file, open, part };
  } catch (error) {
    open.close();
    throw error;
  }
}

/** Creates a part; one that is there belongs to an earlier run or another process, and not here. */
function createPart(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new LanyardError("exists", "Another download of this file is under way, or was begun");
  }
}

async function sync(outcome: Written | LanyardError): Promise<Written | LanyardError> {
  if (outcome instanceof LanyardError) return outcome;
  try {
    await outcome.open.sync();
    return outcome;
  } catch (error) {
    return toLanyardError(error);
  }
}

function place({ file, open, part }: Written, taken: Taken): Stored {
  const path = attempt(() => putInPlace(open, part, file.destination, taken));
  return path instanceof LanyardError ? failed(path) : { path };
}

function attempt<T>(work: () => T): T | LanyardError {
  try {
    return work();
  } catch (error) {
    return toLanyardError(error);
  }
}

function failed({ code, message }: LanyardError): Stored {
  return { code, message };
}
