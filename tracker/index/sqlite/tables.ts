import { fold, utf8Length } from "../../../shared/mod.ts";
import type { Holder } from "../file_index.ts";
import type { NameIndex } from "../names/mod.ts";
import { type Database, mostFetch } from "./database.ts";
import type { Copy, Entry } from "./rows.ts";

/** Entries and copies, one at a time, with all that finds them. */
export class Tables {
  readonly #database: Database;
  readonly #names: NameIndex;
  #serial = 0;
  #taken = 0;
  #takenByNames = 0;

  /** @param names those of all entries */
  constructor(database: Database, names: NameIndex) {
    this.#database = database;
    this.#names = names;
  }

  /** Bytes that everything takes, as `roomOf` says; names may have more in them than most. */
  get taken(): number {
    return this.#taken + Math.max(0, this.#names.room - this.#takenByNames - alwaysTaken);
  }

  /** Reads the names, which the database cannot find anything by. */
  readNames(): void {
    const entries = this.#database.each<Pick<Entry, "serial" | "name" | "files">>(
      "select serial, name, files from entries where serial > ? order by serial",
      { behind: [-1], keyOf: ({ serial }) => [serial], atOnce: mostFetch },
    );
    for (const { serial, name, files } of entries) this.#addName(serial, name, files);
  }

  /** Counts anew what there is. @param see told of each copy */
  count(see: (copy: Copy & Pick<Entry, "size">) => void): void {
    const { serial } = this.#database.get<{ serial: number | null }>(
      `select max(coalesce((select max(serial) from entries), -1),
                  coalesce((select max(serial) from copies), -1)) as serial`,
    ) ?? { serial: null };
    // One that was given and taken back is not given again: the names rely on their order.
    this.#serial = Math.max(this.#serial, (serial ?? -1) + 1);
    this.#taken = 0;
    this.#takenByNames = 0;
    const copies = this.#database.each<Copy & Pick<Entry, "size">>(
      `select copies.*, size from copies join entries on entries.serial = entry
       where (entry, copies.serial) > (?, ?) order by entry, copies.serial`,
      { behind: [-1, -1], keyOf: ({ entry, serial }) => [entry, serial], atOnce: mostFetch },
    );
    for (const copy of copies) {
      this.#hold(copy);
      this.#reckon(copy.path, 1);
      see(copy);
    }
  }

  /** What a session has at a path. */
  copyAt(holder: Holder, path: string): Copy | undefined {
    return this.#database.get("select * from copies where path = ? and holder = ?", path, holder);
  }

  /** Adds content under a name, which somebody has to have; returns its serial number. */
  addEntry({ name, size, id, type, owner, files }: Omit<Entry, "serial">): number {
    const serial = this.#serial++;
    this.#database.run(
      "insert into entries values (?, ?, ?, ?, ?, ?, ?)",
      ...[serial, name, size, id, type, owner, files],
    );
    this.#addName(serial, name, files);
    return serial;
  }

  addCopy(made: Omit<Copy, "serial">): Copy {
    const copy = { ...made, serial: this.#serial++ };
    const { entry, serial, holder, path, modified, executable, partial } = copy;
    this.#database.run(
      "insert into copies values (?, ?, ?, ?, ?, ?, ?)",
      ...[entry, serial, holder, path, modified, executable, partial],
    );
    this.#reckon(path, 1);
    this.#hold(copy);
    return copy;
  }

  /** Changes when a copy was modified. */
  touch(copy: Copy, modified: number): void {
    this.#database.run(
      "update copies set modified = ? where entry = ? and serial = ?",
      ...[modified, copy.entry, copy.serial],
    );
    this.#names.forgetHolder(copy.entry);
  }

  /** Takes a copy out, and its entry if nobody else has it. */
  takeCopy({ entry, serial, path }: Copy): void {
    this.#names.forgetHolder(entry);
    this.#database.run("delete from copies where entry = ? and serial = ?", entry, serial);
    this.#reckon(path, -1);
    const other = "select 1 from copies where entry = ? limit 1";
    if (this.#database.get(other, entry) !== undefined) return;
    this.#names.remove(entry);
    this.#database.run("delete from entries where serial = ?", entry);
  }

  #reckon(path: string, sign: 1 | -1): void {
    const byName = roomOfName(path);
    this.#taken += sign * (roomOfPath(path) + byName);
    this.#takenByNames += sign * byName;
  }

  #addName(serial: number, name: string, files: number | null): void {
    this.#names.add(serial, fold(name), files === null ? "file" : "folder");
  }

  #hold(copy: Pick<Copy, "entry" | "holder" | "modified" | "partial">): void {
    if (copy.partial === 1) this.#names.forgetHolder(copy.entry);
    else this.#names.hold(copy.entry, copy);
  }
}

/** What tells apart who has something that has no id. */
export function ownerOf(holder: Holder, path: string): string {
  return `${holder} ${path}`;
}

/** Bytes that few names take, however few they are. */
const alwaysTaken = 1_000_000;
/** Bytes from which on a path has pages of its own wherever it stands. */
const longPath = 900;
/** Bytes of these pages. */
const longRoom = 12_288;

/** Bytes that a path takes with all that finds it, as measured with names of random letters. */
export function roomOf(path: string): number {
  return roomOfPath(path) + roomOfName(path);
}

/** All of it but what is for the name. */
function roomOfPath(path: string): number {
  const bytes = utf8Length(path);
  return 500 + 4 * bytes + (bytes > longPath ? longRoom : 0);
}

/** The part of it that is for the name. */
function roomOfName(path: string): number {
  return 12 * utf8Length(path.slice(path.lastIndexOf("/", path.length - 2) + 1));
}
