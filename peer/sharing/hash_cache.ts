import { DatabaseSync, type StatementSync } from "node:sqlite";
import { decodeHex, encodeHex } from "@std/encoding";
import { join } from "@std/path";
import { removeIfThere } from "../../net/mod.ts";
import { type ContentId, LanyardError, reasonOf } from "../../shared/mod.ts";
import type { Stamp } from "./stamp.ts";

/** Milliseconds another process may hold the database before we give up. */
const patience = 5000;
/** Milliseconds between attempts to open a database that another process is just making. */
const pause = 10;
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

/** An open database, and what is asked of it. */
interface Open {
  database: DatabaseSync;
  find: StatementSync;
  save: StatementSync;
  forget: StatementSync;
  pieces: StatementSync;
  savePieces: StatementSync;
  copies: StatementSync;
}

/**
 * Remembers the ids of files by where they are and how they looked, and the piece lists of
 * content, so that nothing is hashed twice. Losing it costs time and nothing else, so a damaged
 * one makes room for a new one.
 */
export class HashCache {
  readonly #file: string;
  #open: Open;

  private constructor(file: string) {
    this.#file = file;
    try {
      this.#open = openCache(file);
    } catch (error) {
      if (!isDamage(error)) throw cannotUse(file, error);
      this.#open = this.#startAfresh();
    }
  }

  /**
   * Opens the cache in a state folder.
   *
   * @throws {LanyardError} `io` if there can be none in that folder.
   */
  static open(folder: string): HashCache {
    return new HashCache(join(folder, "hashes.sqlite"));
  }

  /** The id of a file that looks exactly as it did when it was hashed. */
  find(path: string, stamp: Stamp): ContentId | undefined {
    const { dev, ino, size, modified, changed } = stamp;
    const row = this.#ask(({ find }) => find.get(path, dev, ino, size, modified, changed));
    return row?.["id"] instanceof Uint8Array ? encodeHex(row["id"]) : undefined;
  }

  /** Remembers a file, unless it changed so lately that its times may hide another change. */
  save(path: string, stamp: Stamp, id: ContentId, now: number): void {
    if (now - Math.max(stamp.modified, stamp.changed) < settled) return;
    const { dev, ino, size, modified, changed } = stamp;
    this.#ask(({ save }) => save.run(path, dev, ino, size, modified, changed, decodeHex(id)));
  }

  /** Forgets a file whose hash turned out to be wrong. */
  forget(path: string): void {
    this.#ask(({ forget }) => forget.run(path));
  }

  /** The piece list of some content. */
  pieces(id: ContentId, size: number): Uint8Array | undefined {
    const row = this.#ask(({ pieces }) => pieces.get(decodeHex(id), size));
    return row?.["hashes"] instanceof Uint8Array ? row["hashes"] : undefined;
  }

  /** Remembers a piece list. */
  savePieces(id: ContentId, size: number, hashes: Uint8Array): void {
    this.#ask(({ savePieces }) => savePieces.run(decodeHex(id), size, hashes));
  }

  /** Paths of files of this machine that had this content when they were hashed. */
  copies(id: ContentId, size: number): string[] {
    return this.#ask(({ copies }) => copies.all(decodeHex(id), size)).map((row) =>
      String(row["path"])
    );
  }

  close(): void {
    this.#open.database.close();
  }

  #ask<T>(question: (open: Open) => T): T {
    try {
      return question(this.#open);
    } catch (error) {
      if (!isDamage(error)) throw cannotUse(this.#file, error);
      this.#open.database.close();
      this.#open = this.#startAfresh();
      return question(this.#open);
    }
  }

  #startAfresh(): Open {
    try {
      for (const suffix of ["", "-wal", "-shm"]) removeIfThere(this.#file + suffix);
      return openCache(this.#file);
    } catch (error) {
      throw cannotUse(this.#file, error);
    }
  }
}

function openCache(file: string): Open {
  const database = openDatabase(file);
  try {
    return {
      database,
      find: database.prepare(
        "select id from files where path = ? and dev = ? and ino = ? and size = ? and modified = ? and changed = ?",
      ),
      save: database.prepare("insert or replace into files values (?, ?, ?, ?, ?, ?, ?)"),
      forget: database.prepare("delete from files where path = ?"),
      pieces: database.prepare("select hashes from piece_lists where id = ? and size = ?"),
      savePieces: database.prepare("insert or replace into piece_lists values (?, ?, ?)"),
      copies: database.prepare("select path from files where id = ? and size = ?"),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * What a user shares is nobody else's business: the file is made before SQLite would make it, and
 * those that SQLite puts beside it get the same mode.
 */
function openDatabase(file: string): DatabaseSync {
  Deno.openSync(file, { create: true, append: true, mode: 0o600 }).close();
  const giveUp = performance.now() + patience;
  for (;;) {
    const database = new DatabaseSync(file, { timeout: patience });
    try {
      database.exec(schema);
      return database;
    } catch (error) {
      database.close();
      if (!isLocked(error) || performance.now() > giveUp) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
}

/** SQLITE_BUSY at once, whatever the timeout: two processes that turn on WAL would deadlock. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && error.message === "database is locked";
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, which `exec` reports by their texts only. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && /malformed|not a database/.test(error.message);
}

function cannotUse(file: string, error: unknown): LanyardError {
  return new LanyardError("io", `Cannot use ${file}: ${reasonOf(error)}`, { cause: error });
}
