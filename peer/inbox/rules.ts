import { LanyardError } from "../../shared/mod.ts";
import { formatBytes } from "../output.ts";
import type { Sender, Upload } from "../upload/mod.ts";

/** What an inbox takes, and from whom. */
export interface InboxRules {
  /** Those who may send, by name or by the first digits of their ids; everybody if missing. */
  from?: readonly string[];
  /** Bytes that the inbox may hold; as many as the disk if missing. */
  quota?: number;
  /** Bytes that one file may have; any number if missing. */
  maxFile?: number;
}

/** What an inbox holds, with what is on its way. */
export interface Usage {
  /** Files and folders. */
  files: number;
  bytes: number;
  /** Bytes of its disk that it may still use. */
  room: number;
}

/** Files and folders an inbox holds: somebody who sends a million of them makes a folder nobody can open. */
const mostFiles = 100_000;
/** Digits of an id that may stand for it. */
const fewestDigits = 4;

/** Names under which systems find something to run, or to show in place of a folder's content. */
const runsByItself =
  /^(?:\.|autorun\.inf$|desktop\.ini$)|\.(?:lnk|desktop|url|scf|pif|library-ms)$/i;

/**
 * Says why a file is not taken, if it is not. It is said before the first byte comes.
 *
 * @param missing bytes of it that are not here yet
 */
export function refusalOf(
  { path, size }: Pick<Upload, "path" | "size">,
  sender: Sender,
  rules: InboxRules,
  { files, bytes, room }: Usage,
  missing = size,
): LanyardError | undefined {
  const { from, quota = Infinity, maxFile = Infinity } = rules;
  if (from !== undefined && !from.some((wanted) => isNamed(sender, wanted))) {
    return new LanyardError("refused", "This peer takes files of others only");
  }
  const odd = oddName(path);
  if (odd !== undefined) return odd;
  if (size > maxFile) {
    return new LanyardError("refused", `Files of more than ${formatBytes(maxFile)} are not taken`);
  }
  if (files >= mostFiles) return new LanyardError("full", "The inbox holds too many files");
  if (bytes + missing > quota) {
    return new LanyardError("full", `The inbox is full: it takes ${formatBytes(quota)} in all`);
  }
  if (missing > room) return new LanyardError("full", "The disk of the inbox is full");
  return undefined;
}

/** Says why a file is not taken without somebody looking at its name, if it is not. */
export function oddName(path: string): LanyardError | undefined {
  const odd = path.split("/").find((component) => runsByItself.test(component));
  if (odd === undefined) return undefined;
  return new LanyardError(
    "unsupported-name",
    `"${
      path.slice(path.lastIndexOf("/") + 1)
    }" is not taken: systems hide, or run by themselves, ` +
      `what is called "${odd}"`,
  );
}

function isNamed({ peer, name }: Sender, wanted: string): boolean {
  if (wanted === name) return true;
  const digits = wanted.toLowerCase();
  return digits.length >= fewestDigits && /^[0-9a-f]+$/.test(digits) &&
    peer?.startsWith(digits) === true;
}
