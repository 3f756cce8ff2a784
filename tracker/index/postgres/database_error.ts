import { LanyardError, reasonOf } from "../../../shared/mod.ts";
import type { DatabasePlace } from "./database_url.ts";

/** What the library and the system call a database that is not there, or not any more. */
const away = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "EPIPE",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "57P01", // It is being shut down,
  "57P02", // it crashed,
  "57P03", // it is starting.
  "25P03", // It has given up waiting for us.
  "53300", // It has no connection left.
]);

/** Codes of PostgreSQL, by what they mean to us. */
const codes = {
  diskFull: "53100",
  cancelled: "57014",
  noTracker: "23503",
  deadlock: "40P01",
  wrongPassword: "28P01",
  notAllowedIn: "28000",
  noDatabase: "3D000",
  noRights: "42501",
  noExtensionFile: "58P01",
  noExtension: "0A000",
} as const;

/** What the asker is told of a database that is gone. */
const isAway = "The database of this tracker does not answer; try again in a moment";

/** What no user can do anything about. Without its cause: that would tell the values, too. */
class DatabaseError extends Error {
  readonly code: string;

  constructor(error: unknown) {
    super(`The database failed with ${codeOf(error)}: ${reasonOf(error)}`);
    this.name = "DatabaseError";
    this.code = codeOf(error);
  }
}

/** Whether a failure means that the database is gone, maybe for a moment. */
export function isDatabaseAway(error: unknown): boolean {
  const code = codeOf(error);
  return away.has(code) || code.startsWith("08");
}

/** Whether the same may succeed if it is tried once more. */
export function isDeadlock(error: unknown): boolean {
  return codeOf(error) === codes.deadlock;
}

/** That the database did not answer for too long. */
export function databaseAway(cause?: unknown): LanyardError {
  return new LanyardError("io", isAway, { cause });
}

/** That others have taken this tracker's sessions out. Whoever hears it comes back soon. */
export function takenForDead(cause?: unknown): LanyardError {
  const message = "This tracker was away from its database for too long; announce everything again";
  return new LanyardError("io", message, { fatal: true, cause });
}

/** A failure, as it is told; one that is a bug of ours stays an error that nobody is told. */
export function describeDatabaseError(error: unknown): Error {
  if (error instanceof LanyardError) return error;
  if (isDatabaseAway(error)) return databaseAway(error);
  switch (codeOf(error)) {
    case codes.diskFull:
      return new LanyardError("full", "The disk of this tracker's database is full", {
        cause: error,
      });
    case codes.cancelled:
      return new LanyardError("io", "The database took too long; ask for less", { cause: error });
    case codes.noTracker:
      return takenForDead(error);
    default:
      return new DatabaseError(error);
  }
}

/** Why an index cannot be opened, and what to do about it. */
export function describeOpeningError(error: unknown, place: DatabasePlace): LanyardError {
  const isGone = error instanceof LanyardError && error.message === isAway;
  if (error instanceof LanyardError && !isGone) return error;
  const { host, port, database, user } = place;
  const cause = isGone ? error.cause ?? error : error;
  const fault = (message: string): LanyardError => new LanyardError("io", message, { cause });
  switch (codeOf(cause)) {
    case codes.wrongPassword:
      return fault(`The database does not let in "${user}": check its name and its password`);
    case codes.notAllowedIn:
      return fault(
        `The database lets in no "${user}" from here: check pg_hba.conf there, or add ?sslmode=require`,
      );
    case codes.noDatabase:
      return fault(`There is no database "${database}" at ${host}; make it with: createdb`);
    case codes.noRights:
      return fault(
        `"${user}" may not make the tables of the index; let its owner run: ` +
          `GRANT CREATE ON DATABASE "${database}" TO "${user}"`,
      );
    case codes.noExtensionFile:
    case codes.noExtension:
      return fault(
        "The database has no pg_trgm; install PostgreSQL's own extensions, postgresql-contrib",
      );
  }
  return isGone
    ? fault(`No database answers at ${host}, port ${port}: ${reasonOf(cause)}`)
    : fault(`The index cannot be in "${database}": ${reasonOf(cause)}`);
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
