import { fold, utf8Length } from "../../../shared/mod.ts";
import type { Holder } from "../file_index.ts";
import type { Database } from "./database.ts";
import { pairsOf } from "./pairs.ts";
import type { Copy, Entry } from "./rows.ts";

/** Entries and copies, one at a time, with all that finds them. */
export class Tables {
  readonly #database: Database;
  #serial = 0;
  #taken = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Bytes that everything takes, as `roomOf` says. */
  get taken(): number {
    return this.#taken;
  }

  /** Counts anew what there is. @param see told of each copy */
  count(see: (copy: Copy & Pick<Entry, "size">) => void): void {
    const { serial } = this.#database.get<{ serial: number | null }>(
      `select max(coalesce((select max(serial) from entries), -1),
                  coalesce((select max(serial) from copies), -1)) as serial`,
    ) ?? { serial: null };
    this.#serial = (serial ?? -1) + 1;
    this.#taken = 0;
    const copies = this.#database.each<Copy & Pick<Entry, "size">>(
      `select copies.*, size from copies join entries on entries.serial = entry
       where (entry, copies.serial) > (?, ?) order by entry, copies.serial`,
      { behind: [-1, -1], keyOf: ({ entry, serial }) => [entry, serial] },
    );
    for (const copy of copies) {
      this.#taken += roomOf(copy.path);
      see(copy);
    }
  }

  /** What a session has at a path. */
  copyAt(holder: Holder, path: string): Copy | undefined {
    return this.#database.get("select * from copies where path = ? and holder = ?", path, holder);
  }

  /** Adds content under a name, which somebody has to have; returns its serial number. */
  addEntry({ name, size, id, type, owner, files }: Omit<Entry, "serial" | "folded">): number {
    const serial = this.#serial++;
    const folded = fold(name);
    this.#database.run(
      "insert into entries values (?, ?, ?, ?, ?, ?, ?, ?)",
      ...[serial, name, folded, size, id, type, owner, files],
    );
    this.#database.run("insert into names (rowid, folded) values (?, ?)", serial, folded);
    this.#database.run("insert into pairs (rowid, tokens) values (?, ?)", serial, pairsOf(folded));
    return serial;
  }

  addCopy(made: Omit<Copy, "serial">): Copy {
    const copy = { ...made, serial: this.#serial++ };
    const { entry, serial, holder, path, modified, executable, partial } = copy;
    this.#database.run(
      "insert into copies values (?, ?, ?, ?, ?, ?, ?)",
      ...[entry, serial, holder, path, modified, executable, partial],
    );
    this.#taken += roomOf(path);
    return copy;
  }

  /** Takes a copy out, and its entry if nobody else has it. */
  takeCopy({ entry, serial, path }: Copy): void {
    this.#database.run("delete from copies where entry = ? and serial = ?", entry, serial);
    this.#taken -= roomOf(path);
    const other = "select 1 from copies where entry = ? limit 1";
    if (this.#database.get(other, entry) !== undefined) return;
    for (const table of ["names", "pairs"]) {
      this.#database.run(`delete from ${table} where rowid = ?`, entry);
    }
    this.#database.run("delete from entries where serial = ?", entry);
  }
}

/** What tells apart who has something that has no id. */
export function ownerOf(holder: Holder, path: string): string {
  return `${holder} ${path}`;
}

/** Bytes from which on a path has pages of its own wherever it stands. */
const longPath = 900;
/** Bytes of these pages. */
const longRoom = 12_288;

/** Bytes that a path takes with all that finds it, as measured with names of random letters. */
export function roomOf(path: string): number {
  const bytes = utf8Length(path);
  const name = utf8Length(path.slice(path.lastIndexOf("/", path.length - 2) + 1));
  return 500 + 4 * bytes + 12 * name + (bytes > longPath ? longRoom : 0);
}
