import { equals } from "@std/bytes";
import { fold, utf8Length } from "../../../shared/mod.ts";
import type { Holder } from "../file_index.ts";
import { NamedContent } from "../contents/mod.ts";
import { type Database, mostFetch, type Value } from "./database.ts";
import type { Lookup } from "./lookup.ts";
import type { Copy, Entry, SizedCopy } from "./rows.ts";

type Content = Pick<NamedContent, "id" | "size" | "name">;

/** Entries and copies, with all that finds them. What is added is written by `flush`. */
export class Tables {
  readonly #database: Database;
  readonly #lookup: Lookup;
  /** What is not written yet. */
  #entries: Entry[] = [];
  #copies: Copy[] = [];
  /** Contents that were read or added lately, by their serial numbers. */
  #near = new Map<number, Content>();
  /** Copies that were added since the last step. */
  #added = 0;
  #serial = 0;
  #taken = 0;
  #takenByNames = 0;

  /** @param lookup of all entries */
  constructor(database: Database, lookup: Lookup) {
    this.#database = database;
    this.#lookup = lookup;
  }

  /** Bytes that everything takes, as `roomOf` says; names may have more in them than most. */
  get taken(): number {
    return this.#taken + Math.max(0, this.#lookup.names.room - this.#takenByNames - alwaysTaken);
  }

  /** Reads all entries, which the database finds by their serial numbers only. */
  readEntries(): void {
    const entries = this.#database.each<Entry>(
      "select * from entries where serial > ? order by serial",
      { behind: [-1], keyOf: ({ serial }) => [serial], atOnce: mostFetch },
    );
    for (const entry of entries) this.#note(entry, contentOf(entry));
  }

  /** Counts anew what there is. @param see told of each copy */
  count(see: (copy: SizedCopy) => void): void {
    const { serial } = this.#database.get<{ serial: number | null }>(
      `select max(coalesce((select max(serial) from entries), -1),
                  coalesce((select max(serial) from copies), -1)) as serial`,
    ) ?? { serial: null };
    // One that was given and taken back is not given again: the names rely on their order.
    this.#serial = Math.max(this.#serial, (serial ?? -1) + 1);
    this.#taken = 0;
    this.#takenByNames = 0;
    this.#entries = [];
    this.#copies = [];
    const copies = this.#database.each<SizedCopy>(
      `${sizedCopies} where copies.serial > ? order by copies.serial`,
      { behind: [-1], keyOf: ({ serial }) => [serial], atOnce: mostFetch },
    );
    for (const copy of copies) {
      this.#hold(copy);
      this.#reckon(copy.path, 1);
      see(copy);
    }
  }

  /** What a session has at some paths. */
  copiesAt(holder: Holder, paths: readonly string[]): Map<string, SizedCopy> {
    const copies = this.#database.all<SizedCopy>(
      `${sizedCopies} where holder = ? and path in (select value from json_each(?))`,
      ...[holder, JSON.stringify(paths)],
    );
    return new Map(copies.map((copy) => [copy.path, copy]));
  }

  /** Reads the entries that some contents may have: together, they take half the time. */
  readAhead(contents: readonly NamedContent[]): void {
    const serials = contents.flatMap((content) =>
      this.#lookup.contents.named(content, () => true) ?? []
    );
    this.#near = new Map();
    if (serials.length > 0) this.#read(serials);
  }

  /** The serial number of what belongs to an owner. */
  entryOf(owner: string): number | undefined {
    return this.#database.get<Entry>("select serial from entries where owner = ?", owner)?.serial;
  }

  /** The serial number of content under a name. */
  entryWith(content: NamedContent): number | undefined {
    return this.#lookup.contents.named(content, (serial) => {
      if (!this.#near.has(serial)) this.#read([serial]);
      const near = this.#near.get(serial);
      return near !== undefined && isSame(near, content);
    });
  }

  /** The first that a session has of all. */
  firstCopy(holder: Holder): SizedCopy | undefined {
    const first = `${sizedCopies} where holder = ? order by copies.serial limit 1`;
    return this.#database.get(first, holder);
  }

  /**
   * Adds content under a name, which somebody has to have; returns its serial number.
   *
   * @param content what it is, unless it has no id
   */
  addEntry(made: Omit<Entry, "serial">, content?: NamedContent): number {
    const { name, size, id, type, owner, files } = made;
    const entry = { serial: this.#serial++, name, size, id, type, owner, files };
    this.#entries.push(entry);
    if (content !== undefined) this.#near.set(entry.serial, content);
    this.#note(entry, content);
    return entry.serial;
  }

  addCopy(made: Omit<Copy, "serial">): void {
    const { entry, holder, path, modified, executable, partial } = made;
    const copy = { serial: this.#serial++, entry, holder, path, modified, executable, partial };
    this.#copies.push(copy);
    this.#added++;
    this.#reckon(path, 1);
    this.#hold(copy);
  }

  /** Writes what was added if it is enough for a step; returns whether it was. */
  flushIfFull(): boolean {
    if (this.#added < writtenTogether) return false;
    this.#added = 0;
    this.flush();
    return true;
  }

  /** Writes what was added. */
  flush(): void {
    const [entries, copies] = [this.#entries, this.#copies];
    this.#entries = [];
    this.#copies = [];
    this.#database.insert("entries", entries, entryRow);
    this.#database.insert("copies", copies, copyRow);
  }

  /** Changes when a copy was modified. */
  touch(copy: Copy, modified: number): void {
    this.#database.run("update copies set modified = ? where serial = ?", modified, copy.serial);
    this.#lookup.names.forgetHolder(copy.entry);
  }

  /** Takes a copy out, and its entry if nobody else has it. */
  takeCopy({ entry, serial, path }: Copy): void {
    this.flush();
    this.#lookup.names.forgetHolder(entry);
    this.#database.run("delete from copies where serial = ?", serial);
    this.#reckon(path, -1);
    const other = "select 1 from copies where entry = ? limit 1";
    if (this.#database.get(other, entry) !== undefined) return;
    const gone = this.#database.get<Entry>(
      "delete from entries where serial = ? returning *",
      entry,
    );
    this.#lookup.names.remove(entry);
    const content = gone === undefined ? undefined : contentOf(gone);
    if (content !== undefined) this.#lookup.contents.remove(entry, content);
  }

  #read(serials: readonly number[]): void {
    const contents = this.#database.all<Content & { serial: number }>(
      `select serial, name, size, id from entries
       where serial in (select value from json_each(?)) and id is not null`,
      JSON.stringify(serials),
    );
    for (const content of contents) this.#near.set(content.serial, content);
  }

  #reckon(path: string, sign: 1 | -1): void {
    const { whole, name } = roomOf(path);
    this.#taken += sign * whole;
    this.#takenByNames += sign * name;
  }

  #note({ serial, name, files }: Entry, content: NamedContent | undefined): void {
    this.#lookup.names.add(serial, fold(name), files === null ? "file" : "folder");
    if (content !== undefined) this.#lookup.contents.add(serial, content);
  }

  #hold(copy: Pick<Copy, "entry" | "holder" | "modified" | "partial">): void {
    if (copy.partial === 1) this.#lookup.names.forgetHolder(copy.entry);
    else this.#lookup.names.hold(copy.entry, copy);
  }
}

const sizedCopies =
  "select copies.*, size from copies cross join entries on entries.serial = entry";

function entryRow({ serial, name, size, id, type, owner, files }: Entry): Value[] {
  return [serial, name, size, id, type, owner, files];
}

function copyRow({ serial, entry, holder, path, modified, executable, partial }: Copy): Value[] {
  return [serial, entry, holder, path, modified, executable, partial];
}

function isSame(one: Content, other: Content): boolean {
  return equals(one.id, other.id) && one.size === other.size && one.name === other.name;
}

function contentOf({ id, size, name }: Entry): NamedContent | undefined {
  return id === null ? undefined : new NamedContent({ id, size, name });
}

/** What tells apart who has something that has no id. */
export function ownerOf(holder: Holder, path: string): string {
  return `${holder} ${path}`;
}

/** Copies that are written together. */
const writtenTogether = 32;

/** Bytes that few names take, however few they are. */
const alwaysTaken = 1_000_000;
/** Bytes from which on a path has pages of its own wherever it stands. */
const longPath = 900;
/** Bytes of these pages. */
const longRoom = 12_288;

/**
 * Bytes that a path takes with all that finds it, as measured with names of random letters; and
 * those of them that are for the name.
 */
export function roomOf(path: string): { whole: number; name: number } {
  const bytes = utf8Length(path);
  const start = path.lastIndexOf("/", path.length - 2) + 1;
  const isAscii = bytes === path.length;
  const name = 12 * (isAscii ? bytes - start : utf8Length(path.slice(start)));
  return { whole: 500 + 4 * bytes + (bytes > longPath ? longRoom : 0) + name, name };
}
