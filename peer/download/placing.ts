import { closeSync, constants, fchmodSync, fstatSync, openSync } from "node:fs";
import { join } from "@std/path";
import { encodeHex } from "@std/encoding";
import { type ContentId, LanyardError, sha256 } from "../../shared/mod.ts";
import { type Destination, numberedName } from "./destination.ts";

/**
 * Where an unfinished download is kept, and how a finished one gets its name: what the parts of
 * large and of small files have in common. Runs in the writer's worker.
 */

/** Content and the place it is to have. */
export interface PartOptions {
  destination: Destination;
  id: ContentId;
  size: number;
}

/**
 * What becomes of a file whose name is taken by other content: it gets the next numbered name that
 * is free, takes the other's place, or is refused.
 */
export type Taken = "rename" | "overwrite" | "refuse";

const encoder = new TextEncoder();

/** The two files beside a destination. */
export interface PartPaths {
  part: string;
  record: string;
}

/** The names of a download's part and record: the same in each run, for the same file and place. */
export function partPaths({ destination: { folder, name }, id, size }: PartOptions): PartPaths {
  const digest = encodeHex(sha256(encoder.encode(`${id}\n${size}\n${name}`))).slice(0, 16);
  return {
    part: join(folder, `.lanyard-${digest}.part`),
    record: join(folder, `.lanyard-${digest}.have`),
  };
}

/** Creates the part, or opens the one that is there if it is a plain file of ours. */
export function openPart(path: string): Deno.FsFile {
  for (;;) {
    try {
      return createFile(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
    try {
      const { isFile, nlink, uid } = Deno.lstatSync(path);
      if (!isFile) throw new LanyardError("io", `${path} is in the way: it is not a plain file`);
      if (uid !== ownUser(path)) {
        throw new LanyardError("io", `${path} is in the way: it belongs to somebody else`);
      }
      if (!hasOtherNames(nlink)) return Deno.openSync(path, { read: true, write: true });
      Deno.removeSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      // Another process has just finished it: there is room for a new one.
    }
  }
}

/** Creates a file that nobody else can read; fails if there is anything of that name. */
function createFile(path: string): Deno.FsFile {
  return Deno.openSync(path, { read: true, write: true, createNew: true, mode: 0o600 });
}

/** Who owns what we make beside a path, on this disk; nobody where there are no owners. */
function ownUser(path: string): number | null {
  const probe = `${path}.${crypto.randomUUID()}`;
  using file = createFile(probe);
  Deno.removeSync(probe);
  return file.statSync().uid;
}

/**
 * Whether a file has another name: a run that was stopped while it gave a part its final name left
 * both. What is written to such a part would change the finished file.
 */
function hasOtherNames(links: number | null): boolean {
  return links !== null && links > 1;
}

/** Whether an open part may be written to: its path still leads to it, and no other name does. */
export function isPart(file: Deno.FsFile, path: string): boolean {
  return isSame(file, path) && !hasOtherNames(file.statSync().nlink);
}

/** Whether a path still leads to the open file, by no link. */
export function isSame(file: Deno.FsFile, path: string): boolean {
  try {
    const named = Deno.lstatSync(path);
    const open = file.statSync();
    return named.isFile && named.dev === open.dev && named.ino === open.ino;
  } catch (error) {
    const gone = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (gone) return false;
    throw error;
  }
}

/**
 * Sets the permissions of an open file: never those of what somebody puts in its place.
 *
 * @throws {LanyardError} `io` if its path does not lead to it any more.
 */
export function setMode(file: Deno.FsFile, path: string, mode: number): void {
  if (Deno.build.os === "windows") return;
  // Deno sets them by path alone, and tells no descriptor of its own files: so there is another.
  const number = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const open = file.statSync();
    const named = fstatSync(number);
    if (named.dev !== open.dev || named.ino !== open.ino) throw replacedError(path);
    fchmodSync(number, mode);
  } finally {
    closeSync(number);
  }
}

function replacedError(path: string): LanyardError {
  return new LanyardError("io", `${path} was replaced while it was written`);
}

/** @throws {LanyardError} `io` if a path does not lead to the open file any more. */
export function checkSame(file: Deno.FsFile, path: string): void {
  if (!isSame(file, path)) throw replacedError(path);
}

/** Makes names in a folder last; Windows has no such call, and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  const open = await Deno.open(folder, { read: true });
  try {
    await open.sync();
  } finally {
    open.close();
  }
}

/**
 * Gives a finished part its name; returns its path.
 *
 * @throws {LanyardError} `exists` if the name is taken and no other one wanted, `io` if it is not
 * the open part that has the name then.
 */
export function putInPlace(
  file: Deno.FsFile,
  part: string,
  destination: Destination,
  taken: Taken,
): string {
  checkSame(file, part);
  const final = moveIntoPlace(part, destination, taken);
  checkSame(file, final);
  return final;
}

/** Gives a file its name; returns its path. @throws {LanyardError} `exists`, as above. */
export function moveIntoPlace(
  part: string,
  { folder, name }: Destination,
  taken: Taken,
): string {
  if (taken === "overwrite") {
    Deno.renameSync(part, join(folder, name));
    return join(folder, name);
  }
  for (let number = 1;; number++) {
    const final = join(folder, numberedName(name, number));
    if (moveWithoutReplacing(part, final)) return final;
    if (taken === "refuse") throw new LanyardError("exists", `"${name}" is there already`);
  }
}

/** Gives a file another name unless that is taken; says whether it did. */
function moveWithoutReplacing(from: string, to: string): boolean {
  try {
    Deno.linkSync(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    return reserveAndRename(from, to); // FAT and some network file systems have no links.
  }
  removeIfThere(from);
  return true;
}

function reserveAndRename(from: string, to: string): boolean {
  try {
    Deno.openSync(to, { write: true, createNew: true }).close();
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    removeIfThere(to); // An empty file of that name would look like the real one.
    throw error;
  }
  return true;
}

/** Removes a file that may be gone already. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw toLanyardError(error);
  }
}

/** Runs `work`; what the disk does to it comes out as one of our errors. */
export function failing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toLanyardError(error);
  }
}

/** What the disk did to us, in words; a full one is told apart, because there is a remedy. */
export function toLanyardError(error: unknown): LanyardError {
  if (error instanceof LanyardError) return error;
  const { code, message } = error as { code?: string; message?: string };
  if (
    code === "ENOSPC" || code === "EDQUOT" || /no space left|quota exceeded/i.test(message ?? "")
  ) {
    return new LanyardError("full", "The disk is full; free some space and run this again", {
      cause: error,
    });
  }
  return new LanyardError("io", message ?? String(error), { cause: error });
}
