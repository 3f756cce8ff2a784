/**
 * Every failure that a remote or a user can see has one of these codes. The text beside the code
 * explains; programs decide by the code alone.
 */

/** Exit status of the programs, by error code: the one mapping, and a total one. */
export const exitCodes = {
  // The remote broke the protocol, or speaks another one.
  "syntax": 1,
  "unsupported": 1,
  "order": 1,
  "version": 1,
  "bad-cursor": 1,
  "too-many": 1,
  // Asked for rightly, but it cannot be had.
  "not-found": 3,
  "ambiguous": 2,
  "usage": 2,
  "nothing-shared": 4,
  "refused": 4,
  "ticket": 4,
  "wrong-key": 4,
  "not-invited": 4,
  "banned": 4,
  // The bytes are not what was announced.
  "integrity": 5,
  "changed": 5,
  // This machine or the network failed.
  "exists": 1,
  "full": 1,
  "io": 1,
  "unsupported-name": 1,
  "unreachable": 1,
  "timeout": 1,
  "closed": 1,
  "internal": 1,
} as const;

/** The code of a failure, on the wire and in `--json` events. */
export type ErrorCode = keyof typeof exitCodes;

/** Exit statuses of runs that ended for a reason other than an error code. */
export const exitStatus = { done: 0, interrupted: 130, terminated: 143 } as const;

/** Tells whether `text` is one of our error codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(exitCodes, text);
}

/**
 * A failure that is somebody's business: the remote's (it crosses the wire as `ERROR`) or the
 * user's (one sentence and what to do next). Anything else that is thrown is a bug of ours and its
 * text stays here.
 */
export class LanyardError extends Error {
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** Whether the side that reports it closes the connection. */
  readonly fatal: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: { fatal?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "LanyardError";
    this.code = code;
    this.fatal = options.fatal ?? false;
  }
}

/** A line that breaks the grammar or the types: always fatal to its connection. */
export function syntaxError(message: string): LanyardError {
  return new LanyardError("syntax", message, { fatal: true });
}

/** What something that was thrown says of itself, for people. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
