import { type ErrorCode, isErrorCode, LanyardError } from "../errors.ts";
import { protocolVersion } from "../limits.ts";
import { printable } from "../printable.ts";
import { array, boolean, field, integer, optional, text, utf8Length } from "../fields.ts";

/** An error code; one that a later version added arrives as `internal`. */
const code = field<ErrorCode>((value) =>
  typeof value === "string" && isErrorCode(value) ? value : "internal"
);

/** Bytes of the sentence in an `ERROR`: it may name a share path, and fits a line many times over. */
const sentenceBytes = 4096;

/** The body of `ERROR`, the same on every connection. */
export const errorBody = {
  code,
  message: text(sentenceBytes),
  fatal: optional(boolean),
  supported: optional(array(integer(1), 100)),
};

/** An `ERROR` message. */
export interface ErrorMessage {
  verb: "ERROR";
  code: ErrorCode;
  message: string;
  fatal?: boolean;
  supported?: number[];
}

/** What a remote is told of an error. Only our own errors are spelled out; bugs are not its business. */
export function toErrorMessage(error: unknown): ErrorMessage {
  if (!(error instanceof LanyardError)) {
    return { verb: "ERROR", code: "internal", message: "Internal error", fatal: true };
  }
  const { code, message, fatal } = error;
  return {
    verb: "ERROR",
    code,
    message: sentence(message),
    ...(fatal ? { fatal } : {}),
    ...(code === "version" ? { supported: [protocolVersion] } : {}),
  };
}

/** The text as an `ERROR` can carry it: a name inside it may be too long, or not Unicode. */
function sentence(message: string): string {
  const whole = message.toWellFormed();
  if (utf8Length(whole) <= sentenceBytes) return whole;
  // A code unit takes up to three bytes; a pair that the cut divides is made well again.
  return `${message.slice(0, Math.floor(sentenceBytes / 3) - 1).toWellFormed()}…`;
}

/** The error that a received `ERROR` stands for. Its text is the remote's, and will be shown. */
export function fromErrorMessage({ code, message, fatal = false }: ErrorMessage): LanyardError {
  return new LanyardError(code, printable(message), { fatal });
}
