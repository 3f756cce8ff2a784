import type { LanyardError } from "../../shared/mod.ts";
import { type Output, printable } from "../output.ts";
import type { ShellParts } from "./parts.ts";
import type { Transfer } from "./transfers.ts";

/** What is said of a transfer that is over, behind its name. */
export interface EndingWords {
  done: string;
  failed: string;
}

/** Tells that a file failed; the error of a single one is that of the whole transfer. */
export function tellFailed(
  output: Output,
  { number, files }: Transfer,
  { path }: { path: string },
  { code, message }: LanyardError,
): void {
  if (files === 1) return;
  output.event(
    { event: "failed", transfer: number, path, code, message },
    () => `${path}: ${message}`,
  );
}

/** Ends a transfer, and tells why if it failed; what it has brought is told by whoever knows. */
export function endTransfer(
  { notify, output, transfers }: ShellParts,
  transfer: Transfer,
  failure: LanyardError | undefined,
  words: EndingWords,
): void {
  const { label, number } = transfer;
  transfers.end(transfer, failure?.message);
  notify(`${label} ${failure === undefined ? words.done : words.failed}`);
  if (failure === undefined) return;
  const { code, message } = failure;
  output.event(
    { event: "error", transfer: number, code, message },
    () => `${printable(label)} ${words.failed}: ${message}`,
  );
}
