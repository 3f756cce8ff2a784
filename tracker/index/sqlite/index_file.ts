import { DatabaseSync } from "node:sqlite";
import { removeIfThere } from "../../../net/remove_if_there.ts";
import { LanyardError, reasonOf } from "../../../shared/mod.ts";
import { schemaVersion } from "./schema.ts";

/** Milliseconds another process may hold the file before we give up. */
const patience = 2000;
/** KiB of the file that are kept in memory. */
const cached = 24_000;
/**
 * Pages of the log at which they are written to their places, four times as many as usual: what is
 * announced changes the same ones again and again.
 */
const logged = 4000;

/**
 * Opens the file of an index, which is made if it is missing; nobody else can use it then. What an
 * earlier version has left is forgotten: the peers announce it again.
 *
 * @param fresh whether what is there is forgotten, whatever it is
 * @throws {LanyardError} `io` if it is in use, damaged, of a later version, or cannot be written.
 */
export function openIndexFile(file: string, fresh: boolean): DatabaseSync {
  try {
    if (fresh) forget(file);
    const database = open(file);
    if (!isOutdated(database)) return database;
    database.close();
    forget(file);
    return open(file);
  } catch (error) {
    throw cannotUse(file, error);
  }
}

function forget(file: string): void {
  for (const end of ["", "-wal", "-shm"]) removeIfThere(`${file}${end}`);
}

function open(file: string): DatabaseSync {
  // What is shared is nobody else's business: SQLite gives its other files the same mode.
  Deno.openSync(file, { create: true, append: true, mode: 0o600 }).close();
  const database = new DatabaseSync(file, { timeout: patience });
  try {
    prepare(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function prepare(database: DatabaseSync): void {
  database.exec(`
    pragma locking_mode = exclusive;
    pragma journal_mode = wal;
    pragma synchronous = normal;
    pragma cache_size = -${cached};
    pragma wal_autocheckpoint = ${logged};
    begin exclusive; commit;`);
  const [check] = database.prepare("pragma quick_check(1)").all();
  if (check?.["quick_check"] !== "ok") throw new Error("it is damaged");
  const version = versionOf(database);
  const tables = Number(database.prepare("select count(*) as n from sqlite_schema").get()?.["n"]);
  if (version > schemaVersion) throw new Error("a later version of this program has written it");
  if (version === 0 && tables > 0) throw new Error("it is no index of a tracker");
}

function isOutdated(database: DatabaseSync): boolean {
  const version = versionOf(database);
  return version > 0 && version < schemaVersion;
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("pragma user_version").get()?.["user_version"]);
}

function cannotUse(file: string, cause: unknown): LanyardError {
  const reason = reasonOf(cause);
  const remedy = /locked/.test(reason)
    ? "is another tracker using it?"
    : /no index/.test(reason)
    ? "name another file"
    : "to forget what is in it, add --fresh-index";
  return new LanyardError("io", `Cannot use the index ${file}: ${reason}; ${remedy}`, { cause });
}
