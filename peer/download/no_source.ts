import { LanyardError } from "../../shared/mod.ts";

/**
 * The error of a download that no source is left for.
 *
 * @param reason why the last one was given up; nothing if there was none
 * @param kept whether something has come and stays for another run
 */
export function noSourceLeft(reason: LanyardError | undefined, kept: boolean): LanyardError {
  const later = kept ? "; what has come is kept, so run this again later" : "";
  if (reason === undefined) {
    return new LanyardError("unreachable", `No peer that has this file can be reached${later}`);
  }
  // A source that was announced and has it no more has changed its mind or its file.
  const code = reason.code === "not-found" ? "changed" : reason.code;
  return new LanyardError(code, `No source is left: ${reason.message}${later}`, { cause: reason });
}

/** Failures of the connection rather than of the source: another one may do better. */
export const passing: ReadonlySet<string> = new Set(["closed", "timeout", "unreachable"]);

/** Of two reasons the one that says more: wrong or changed content before a lost connection. */
export function worse(a: LanyardError | undefined, b: LanyardError): LanyardError {
  const rank = ({ code }: LanyardError): number =>
    code === "integrity" ? 3 : code === "changed" ? 2 : passing.has(code) ? 0 : 1;
  return a !== undefined && rank(a) > rank(b) ? a : b;
}
