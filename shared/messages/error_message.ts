import { type ErrorCode, isErrorCode, LanyardError } from "../errors.ts";
import { protocolVersion } from "../limits.ts";
import { array, boolean, field, integer, optional, text } from "../fields.ts";

/** An error code; one that a later version added arrives as `internal`. */
const code = field<ErrorCode>((value) =>
  typeof value === "string" && isErrorCode(value) ? value : "internal"
);

/** The body of `ERROR`, the same on every connection. */
export const errorBody = {
  code,
  message: text(4096),
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
    message,
    ...(fatal ? { fatal } : {}),
    ...(code === "version" ? { supported: [protocolVersion] } : {}),
  };
}

/** The error that a received `ERROR` stands for. */
export function fromErrorMessage(reply: ErrorMessage): LanyardError {
  return new LanyardError(reply.code, reply.message, { fatal: reply.fatal ?? false });
}
