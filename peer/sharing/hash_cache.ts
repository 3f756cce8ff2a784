import { DatabaseSync, type StatementSync } from "node:sqlite";
import { decodeHex, encodeHex } from "@std/encoding";
import { join } from "@std/path";
import { type ContentId, LanyardError } from "../../shared/mod.ts";
import type { Stamp } from "./stamp.ts";

/** Milliseconds another process may hold the database before we give up. */
const patience = 5000;
/** Milliseconds a file must have rested for its hash to be kept: times are too coarse to tell. */
const settled = 2000;

const schema = `
  pragma journal_mode = wal;
  pragma synchronous = normal;
  create table if not exists files (
    path text primary key, dev integer, ino integer, size integer, modified integer,
    changed integer, id blob
  ) without rowid;
  create index if not exists files_by_content on files (id, size);
  create table if not exists piece_lists (
    id blob, size integer, hashes blob, primary key (id, size)
  );`;

/** A file as the cache remembers it. */
export interface CachedFile {
  path: string;
  stamp: Stamp;
}

/**
 * Remembers the ids of files by where they are and how they looked, and the piece lists of
 * content, so that nothing is hashed twice. Losing it costs time and nothing else.
 */
export class HashCache {
  readonly #database: DatabaseSync;
  readonly #find: StatementSync;
  readonly #save: StatementSync;
  readonly #forget: StatementSync;
  readonly #pieces: StatementSync;
  readonly #savePieces: StatementSync;
  readonly #copies: StatementSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
    this.#find = database.prepare(
      "select id from files where path = ? and dev = ? and ino = ? and size = ? and modified = ? and changed = ?",
    );
    this.#save = database.prepare("insert or replace into files values (?, ?, ?, ?, ?, ?, ?)");
    this.#forget = database.prepare("delete from files where path = ?");
    this.#pieces = database.prepare("select hashes from piece_lists where id = ? and size = ?");
    this.#savePieces = database.prepare("insert or replace into piece_lists values (?, ?, ?)");
    this.#copies = database.prepare("select * from files where id = ? and size = ?");
  }

  /**
   * Opens the cache in a state folder. A damaged one is set aside: it is only a cache.
   *
   * @throws {LanyardError} `io` if there can be none in that folder.
   */
  static open(folder: string): HashCache {
    const file = join(folder, "hashes.sqlite");
    try {
      return new HashCache(openDatabase(file));
    } catch (error) {
      if (!isDamage(error)) throw cannotUse(file, error);
    }
    try {
      for (const suffix of ["", "-wal", "-shm"]) removeIfThere(file + suffix);
      return new HashCache(openDatabase(file));
    } catch (error) {
      throw cannotUse(file, error);
    }
  }

  /** The id of a file that looks exactly as it did when it was hashed. */
  find(path: string, stamp: Stamp): ContentId | undefined {
    const { dev, ino, size, modified, changed } = stamp;
    const row = this.#find.get(path, dev, ino, size, modified, changed);
    return row?.["id"] instanceof Uint8Array ? encodeHex(row["id"]) : undefined;
  }

  /** Remembers a file, unless it changed so lately that its times may hide another change. */
  save(path: string, stamp: Stamp, id: ContentId, now: number): void {
    if (now - Math.max(stamp.modified, stamp.changed) < settled) return;
    const { dev, ino, size, modified, changed } = stamp;
    this.#save.run(path, dev, ino, size, modified, changed, decodeHex(id));
  }

  /** Forgets a file whose hash turned out to be wrong. */
  forget(path: string): void {
    this.#forget.run(path);
  }

  /** The piece list of some content. */
  pieces(id: ContentId, size: number): Uint8Array | undefined {
    const row = this.#pieces.get(decodeHex(id), size);
    return row?.["hashes"] instanceof Uint8Array ? row["hashes"] : undefined;
  }

  /** Remembers a piece list. */
  savePieces(id: ContentId, size: number, hashes: Uint8Array): void {
    this.#savePieces.run(decodeHex(id), size, hashes);
  }

  /** Files of this machine that had this content when they were hashed. */
  copies(id: ContentId, size: number): CachedFile[] {
    return this.#copies.all(decodeHex(id), size).map((row) => ({
      path: String(row["path"]),
      stamp: {
        dev: Number(row["dev"]),
        ino: Number(row["ino"]),
        size: Number(row["size"]),
        modified: Number(row["modified"]),
        changed: Number(row["changed"]),
      },
    }));
  }

  /** Runs `work` as one transaction: a thousand saves cost as much as one. */
  together(work: () => void): void {
    this.#database.exec("begin");
    try {
      work();
      this.#database.exec("commit");
    } catch (error) {
      this.#database.exec("rollback");
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }
}

/**
 * What a user shares is nobody else's business: the file is made before SQLite would make it, and
 * those that SQLite puts beside it get the same mode.
 */
function openDatabase(file: string): DatabaseSync {
  Deno.openSync(file, { create: true, append: true, mode: 0o600 }).close();
  const database = new DatabaseSync(file, { timeout: patience });
  database.exec(schema);
  return database;
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, which `exec` reports by their texts only. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && /malformed|not a database/.test(error.message);
}

function cannotUse(file: string, error: unknown): LanyardError {
  const reason = error instanceof Error ? error.message : String(error);
  return new LanyardError("io", `Cannot use ${file}: ${reason}`, { cause: error });
}

function removeIfThere(file: string): void {
  try {
    Deno.removeSync(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
