import { DatabaseSync, type StatementSync } from "node:sqlite";
import { LanyardError, reasonOf } from "../shared/mod.ts";

/** Milliseconds another process may hold the database before we give up. */
const defaultPatience = 5000;
/** Bytes of an invite key: nobody guesses 128 bits, and a link with it still fits a small QR code. */
const keyBytes = 16;
/** What the tables mean. It is raised when an older tracker would misread them. */
const schemaVersion = 1;

const schema = `
  create table members (
    peer text primary key, name text not null, since integer not null
  ) without rowid;
  create table bans (
    peer text primary key, name text not null, since integer not null,
    address text, until integer
  ) without rowid;
  create index bans_by_address on bans (address);
  create table invite (key blob not null);
  pragma user_version = ${schemaVersion};`;

/** A peer that was let in. */
export interface Guest {
  /** Its id: 64 hex digits. */
  peer: string;
  /** What it called itself then. */
  name: string;
  /** Unix time in ms. */
  since: number;
}

/** A peer that is kept out for ever, and maybe its machine for a while. */
export interface Ban extends Guest {
  /** Where nobody may join from, until then: Unix time in ms. */
  place?: { address: string; until: number };
}

interface Statements {
  isMember: StatementSync;
  addMember: StatementSync;
  removeMember: StatementSync;
  members: StatementSync;
  isBanned: StatementSync;
  isBannedAddress: StatementSync;
  ban: StatementSync;
  unban: StatementSync;
  bans: StatementSync;
  inviteKey: StatementSync;
  replaceInviteKey: StatementSync;
}

/**
 * Whom a tracker lets in: its members, those that are banned, and the key that makes members. It is
 * kept in a database and written through, so that a crash forgets nobody. Open, it needs no
 * permission any more.
 */
export class GuestList {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;

  private constructor(database: DatabaseSync) {
    this.#database = database;
    try {
      this.#statements = prepare(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /**
   * Opens the list in a file, which is made if it is missing.
   *
   * @param patience milliseconds that another process may hold the database
   * @throws {LanyardError} `io` if it is damaged, was written by a later version, or cannot be
   * written.
   */
  static open(file: string, patience = defaultPatience): GuestList {
    try {
      // What a tracker knows is nobody else's business: the file is made before SQLite would make
      // it, and those that SQLite puts beside it get the same mode.
      Deno.openSync(file, { create: true, append: true, mode: 0o600 }).close();
      return new GuestList(openDatabase(file, patience));
    } catch (error) {
      throw cannotUse(file, error);
    }
  }

  /** A list that is forgotten with the process. */
  static inMemory(): GuestList {
    return new GuestList(openDatabase(":memory:", 0));
  }

  isMember(peer: string): boolean {
    return this.#statements.isMember.get(peer) !== undefined;
  }

  /** Adds a member; one that is there already stays as it is. */
  addMember({ peer, name, since }: Guest): void {
    this.#statements.addMember.run(peer, name, since);
  }

  /** Returns whether it was there. */
  removeMember(peer: string): boolean {
    return Number(this.#statements.removeMember.run(peer).changes) > 0;
  }

  members(): Guest[] {
    return this.#statements.members.all().map(asGuest);
  }

  isBanned(peer: string): boolean {
    return this.#statements.isBanned.get(peer) !== undefined;
  }

  /** @param now Unix time in ms */
  isBannedAddress(address: string, now: number): boolean {
    return this.#statements.isBannedAddress.get(address, now) !== undefined;
  }

  /** Adds a ban, in place of an earlier one of the same peer. */
  ban({ peer, name, since, place }: Ban): void {
    this.#statements.ban.run(peer, name, since, place?.address ?? null, place?.until ?? null);
  }

  /** Returns whether it was banned. */
  unban(peer: string): boolean {
    return Number(this.#statements.unban.run(peer).changes) > 0;
  }

  bans(): Ban[] {
    return this.#statements.bans.all().map((row) => {
      const { address, until } = row;
      return {
        ...asGuest(row),
        ...(typeof address === "string" ? { place: { address, until: Number(until) } } : {}),
      };
    });
  }

  /** The key that makes whoever shows it a member: 16 random bytes. */
  get inviteKey(): Uint8Array {
    const key = this.#statements.inviteKey.get()?.["key"];
    if (!(key instanceof Uint8Array)) throw new TypeError("The invite key is gone");
    return key;
  }

  /** Makes a new key; the old one is void. */
  replaceInviteKey(): void {
    this.#statements.replaceInviteKey.run(randomKey());
  }

  close(): void {
    this.#database.close();
  }
}

function openDatabase(file: string, patience: number): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: patience });
  try {
    prepareSchema(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Makes the tables, or checks those that are there. Everything is one transaction that is there to
 * write: trackers that start at once wait for each other, and a file that cannot be written is
 * found out now and not when somebody is banned.
 */
function prepareSchema(database: DatabaseSync): void {
  database.exec("begin immediate");
  checkWhole(database);
  const found = Number(database.prepare("pragma user_version").get()?.["user_version"]);
  if (found > schemaVersion) throw new NewerSchema();
  if (found === 0) {
    if (database.prepare("select 1 from sqlite_schema").get() !== undefined) throw new Damaged();
    database.exec(schema);
    database.prepare("insert into invite values (?)").run(randomKey());
  }
  const { changes } = database.prepare("update invite set key = key where length(key) = ?")
    .run(keyBytes);
  if (Number(changes) !== 1) throw new Damaged();
  database.exec("commit");
}

function checkWhole(database: DatabaseSync): void {
  const [first] = database.prepare("pragma quick_check").all();
  if (first?.["quick_check"] !== "ok") throw new Damaged();
}

function prepare(database: DatabaseSync): Statements {
  return {
    isMember: database.prepare("select 1 from members where peer = ?"),
    addMember: database.prepare("insert or ignore into members values (?, ?, ?)"),
    removeMember: database.prepare("delete from members where peer = ?"),
    members: database.prepare("select peer, name, since from members order by since, peer"),
    isBanned: database.prepare("select 1 from bans where peer = ?"),
    isBannedAddress: database.prepare("select 1 from bans where address = ? and until > ?"),
    ban: database.prepare("insert or replace into bans values (?, ?, ?, ?, ?)"),
    unban: database.prepare("delete from bans where peer = ?"),
    bans: database.prepare("select * from bans order by since, peer"),
    inviteKey: database.prepare("select key from invite"),
    replaceInviteKey: database.prepare("update invite set key = ?"),
  };
}

function asGuest(row: Record<string, unknown>): Guest {
  const { peer, name, since } = row;
  return { peer: String(peer), name: String(name), since: Number(since) };
}

function randomKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(keyBytes));
}

/** The database is not what a tracker wrote. */
class Damaged extends Error {}

/** A later tracker wrote the database. */
class NewerSchema extends Error {}

function cannotUse(file: string, cause: unknown): LanyardError {
  return new LanyardError("io", whyNot(file, cause), { cause });
}

function whyNot(file: string, error: unknown): string {
  if (error instanceof NewerSchema) {
    return `${file} is that of a later version; update this tracker, ` +
      "or give it another folder with --state";
  }
  const reason = reasonOf(error);
  // SQLITE_CORRUPT, SQLITE_NOTADB and missing tables or columns are told by their texts only.
  if (error instanceof Damaged || /malformed|not a database|no such|has \d+ col/.test(reason)) {
    return `${file} is damaged; restore it, or remove it to start with no members, no bans ` +
      "and a new invite key";
  }
  return `Cannot use ${file}: ${reason}`;
}
