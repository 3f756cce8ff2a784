import { DatabaseSync } from "node:sqlite";
import { decodeHex } from "@std/encoding";
import {
  type ContentId,
  fold,
  LanyardError,
  nameOf,
  type SharedFile,
  type SharePath,
  typeOf,
} from "../../../shared/mod.ts";
import { compareKeys, Cursors } from "../cursor.ts";
import { cutPage, type Ranked } from "../cut_page.ts";
import {
  type Audience,
  type Holder,
  type Holding,
  type IndexedFile,
  type ListQuery,
  type Page,
  type PageRequest,
  type Restored,
  type SearchQuery,
  type SourcesQuery,
  totalCountedTo,
} from "../file_index.ts";
import type { Tier } from "../search_terms.ts";
import { Database } from "./database.ts";
import { NameFinder } from "./name_finder.ts";
import { pairsOf } from "./pairs.ts";
import { type Copy, type Entry, type Look, toIndexed } from "./rows.ts";
import { schema, schemaVersion } from "./schema.ts";

/** Results looked at per tier: nobody pages through more, and a common word stays cheap. */
const candidatesPerTier = 1000;

/** Bytes that an index may take, as measured: most of what a machine for a campus has. */
const usualRoom = 12_000_000_000;

/** What an index may hold. */
export interface StoreLimits {
  /** Files of all sessions together. */
  mostFiles: number;
  /** Bytes of memory or disk that they may take. */
  room?: number;
}

/** What a session holds now. */
export interface Totals {
  files: number;
  /** Their bytes, which can be more than a number counts exactly. */
  bytes: bigint;
}

/** A copy with the entry it is one of. */
type Held = Copy & Omit<Entry, "serial">;

const nothing: Totals = { files: 0, bytes: 0n };

interface Session {
  totals: Totals;
  hidden: boolean;
  encrypted: boolean;
}

/**
 * An index in an SQLite database. Everything is synchronous; long work is done in steps, between
 * which something else may be asked.
 */
export class SqliteStore {
  readonly #database: Database;
  readonly #instance: string;
  readonly #mostFiles: number;
  readonly #room: number;
  readonly #sessions = new Map<Holder, Session>();
  #files = 0;
  /** Bytes of the room that are taken. */
  #taken = 0;
  #serial = 0;

  /**
   * @param instance random text that tells this index's cursors from another's
   */
  constructor(
    instance: string,
    { mostFiles, room = usualRoom }: StoreLimits,
    database = new DatabaseSync(":memory:"),
  ) {
    this.#instance = instance;
    this.#mostFiles = mostFiles;
    this.#room = room;
    this.#database = new Database(database);
    const found = this.#database.get<{ version: number }>(
      "select user_version as version from pragma_user_version",
    );
    if (found?.version !== schemaVersion) database.exec(schema);
    this.#recount();
  }

  /** What an earlier run has left of sessions, which are hidden; without a note it says nothing. */
  restored(): (Restored & { totals: Totals })[] {
    const left = this.#database.all<{ holder: Holder; note: string }>(
      `select holder, text as note from notes union all
       select distinct holder, '' from copies where holder not in (select holder from notes)`,
    );
    return left.map(({ holder, note }) => {
      const session = this.#session(holder);
      session.hidden = true;
      return { holder, note, totals: { ...session.totals } };
    });
  }

  /** Begins to put writes together; what is found meanwhile includes them. */
  begin(): void {
    this.#database.exec("begin");
  }

  commit(): void {
    this.#database.exec("commit");
  }

  /** Takes back what was written since `begin`. */
  rollBack(): void {
    try {
      this.#database.exec("rollback");
    } catch (error) {
      // A full disk or a damaged file has made SQLite do it already.
      if (!(error instanceof Error && error.message.includes("no transaction"))) throw error;
    }
    const known = new Set(this.#sessions.keys());
    this.#recount();
    // What was dropped and is there again still belongs to nobody.
    for (const [holder, session] of this.#sessions) session.hidden ||= !known.has(holder);
  }

  /**
   * Adds files of a session, step by step.
   *
   * @param most files the session may hold afterwards
   * @returns what it holds then.
   * @throws {LanyardError} `too-many` before the first step.
   */
  *put(holder: Holder, files: readonly SharedFile[], most: number): Generator<void, Totals> {
    const session = this.#session(holder);
    const known = new Map<SharePath, Copy | undefined>();
    for (const { path } of files) known.set(path, this.#copyAt(holder, path));
    const fresh = [...known].filter(([, copy]) => copy === undefined).map(([path]) => path);
    const added = fresh.length;
    const needed = fresh.reduce((sum, path) => sum + roomOf(path), 0);
    if (session.totals.files + added > most) {
      throw new LanyardError("too-many", `A peer may share at most ${most} files here`);
    }
    if (added > this.#mostFiles - this.#files || needed > this.#room - this.#taken) {
      throw new LanyardError("too-many", "This tracker has no room for more files");
    }
    this.#forget(holder);
    for (const file of files) {
      const earlier = known.get(file.path);
      if (earlier !== undefined) this.#takeCopy(session, earlier);
      known.set(file.path, this.#add(session, holder, file));
      yield;
    }
    return { ...session.totals };
  }

  /** Takes files of a session out, step by step; returns what it holds then. */
  *remove(holder: Holder, paths: readonly SharePath[]): Generator<void, Totals> {
    const session = this.#session(holder);
    this.#forget(holder);
    for (const path of paths) {
      this.#take(session, holder, path);
      yield;
    }
    return { ...session.totals };
  }

  /** Keeps a text with a session until its list changes. */
  note(holder: Holder, text: string): void {
    this.#database.run("insert or replace into notes values (?, ?)", holder, text);
  }

  markEncrypted(holder: Holder): void {
    this.#session(holder).encrypted = true;
  }

  hide(holder: Holder): void {
    this.#session(holder).hidden = true;
  }

  show(holder: Holder): void {
    this.#session(holder).hidden = false;
  }

  /** Forgets a session, step by step; it has to be hidden before. */
  *drop(holder: Holder): Generator<void, undefined> {
    const session = this.#session(holder);
    this.#forget(holder);
    for (;;) {
      const copy = this.#database.get<Copy>(
        "select * from copies where holder = ? order by serial limit 1",
        holder,
      );
      if (copy === undefined) break;
      this.#takeCopy(session, copy);
      yield;
    }
    this.#sessions.delete(holder);
    return;
  }

  /** Whether a session holds the whole of some content. */
  holds(holder: Holder, { id, size }: { id: ContentId; size: number }): boolean {
    return this.#database.get(
      `select 1 from entries join copies on copies.entry = entries.serial
       where entries.id = unhex(?) and entries.size = ? and holder = ? and not partial limit 1`,
      ...[id, size, holder],
    ) !== undefined;
  }

  /** @throws {LanyardError} `bad-cursor`, `too-many`. */
  search(query: SearchQuery, page: PageRequest): Page<IndexedFile> {
    const cursors = new Cursors(this.#instance, query);
    const after = page.cursor === undefined ? undefined : cursors.read(page.cursor, 4);
    const found: Ranked<number>[] = [];
    const inTier: Record<Tier, number> = { 0: 0, 1: 0, 2: 0, 3: 0 };
    const finder = new NameFinder(this.#database, query, query.holders ?? this.#openTo(query));
    for (const step of finder.steps()) {
      for (const { tier, first, looks } of step.found) {
        if (inTier[tier] === candidatesPerTier || !passes(first, query)) continue;
        const held = looks.filter((look) => this.#isWholeFor(look, query, query.holders));
        if (held.length === 0) continue;
        found.push({ key: [tier, ...rankOf(held), first.serial], at: first.serial });
        if (++inTier[tier] === candidatesPerTier && !step.isMixed) break;
      }
      found.sort((a, b) => compareKeys(a.key, b.key));
      const behind = after === undefined
        ? found.length
        : found.filter(({ key }) => compareKeys(key, after) > 0).length;
      if (found.length >= totalCountedTo && behind > page.limit) break;
    }
    const cut = cutPage(found, page, cursors, 4, (serial) => serial);
    const described = this.#describe(cut.entries.map(({ value }) => value), query, query.holders);
    const entries = described.map((value, at) => ({
      value,
      cursor: cut.entries[at]?.cursor ?? "",
    }));
    return { ...cut, entries };
  }

  /** What is told of some entries, in their order. */
  #describe(
    serials: readonly number[],
    audience: Audience,
    holders: readonly Holder[] | undefined,
  ): IndexedFile[] {
    const list = JSON.stringify(serials);
    const copies = Map.groupBy(
      this.#database.all<Copy>(
        `select copies.* from json_each(?) join copies on copies.entry = value
         order by copies.entry, copies.serial`,
        list,
      ).filter((copy) => this.#isWholeFor(copy, audience, holders)),
      ({ entry }) => entry,
    );
    return this.#database.all<Entry>(
      "select entries.* from json_each(?) cross join entries on serial = value order by key",
      list,
    ).map((entry) => toIndexed(entry, copies.get(entry.serial) ?? []));
  }

  /** @throws {LanyardError} `bad-cursor`. */
  list(query: ListQuery, page: PageRequest): Page<IndexedFile> {
    const cursors = new Cursors(this.#instance, query);
    const keyLength = query.holders === undefined && query.under === undefined ? 1 : 2;
    const after = page.cursor === undefined ? undefined : cursors.read(page.cursor, keyLength);
    if (keyLength === 1) {
      return cutPage(
        leapingTo(after, (from) => this.#everything(query, from)),
        page,
        cursors,
        keyLength,
        (entry) => toIndexed(entry, this.#whole(entry.serial, query)),
      );
    }
    return cutPage(
      leapingTo(after, (from) => this.#copiesUnder(query, from)),
      page,
      cursors,
      keyLength,
      (held) => toIndexed(held, [held, ...this.#whole(held.entry, query)]),
    );
  }

  /** @throws {LanyardError} `bad-cursor`. */
  sources(query: SourcesQuery, page: PageRequest): Page<Holding> {
    const holdings = new Map<Holder, boolean>();
    const copies = this.#database.all<Copy>(
      `select copies.* from entries join copies on copies.entry = entries.serial
       where entries.id = unhex(?) and entries.size = ?`,
      ...[query.id, query.size],
    );
    for (const { holder, partial } of copies) {
      if (!this.#isOpen(holder, query)) continue;
      holdings.set(holder, partial === 1 && (holdings.get(holder) ?? true));
    }
    const found = [...holdings].sort(([a], [b]) => a - b)
      .map(([holder, partial]) => ({ key: [holder], at: { holder, partial } }));
    const cursors = new Cursors(this.#instance, query);
    return cutPage(found, page, cursors, 1, (holding) => holding);
  }

  close(): void {
    this.#database.close();
  }

  /** All there is behind a key, in the order in which it came. */
  *#everything(audience: Audience, [from = -1]: readonly number[]): Generator<Ranked<Entry>> {
    const entries = this.#database.each<Entry>(
      "select * from entries where serial > ? order by serial",
      from,
    );
    for (const entry of entries) {
      if (this.#whole(entry.serial, audience).length > 0) yield { key: [entry.serial], at: entry };
    }
  }

  /** Whole files behind a key, session by session, in the order in which each announced them. */
  *#copiesUnder(
    { holders, under, ...audience }: ListQuery,
    [fromHolder = -1, fromSerial = -1]: readonly number[],
  ): Generator<Ranked<Held>> {
    const lies = under === undefined ? "true" : "(path = ? or (path > ? and path < ?))";
    // "0" is what follows "/".
    const range = under === undefined ? [] : [under, `${under}/`, `${under}0`];
    const order = [...new Set(holders ?? this.#sessions.keys())].sort((a, b) => a - b)
      .filter((holder) => holder >= fromHolder && this.#isOpen(holder, audience));
    const few = under === undefined ? undefined : this.#fewUnder(range);
    for (const holder of order) {
      const from = holder === fromHolder ? fromSerial : -1;
      if (few !== undefined && !few.has(holder)) continue;
      const index = few === undefined ? "copies_by_holder" : "copies_by_path";
      const copies = this.#database.each<Held>(
        `select name, folded, size, id, type, owner, copies.*
         from copies indexed by ${index} join entries on entries.serial = copies.entry
         where holder = ? and copies.serial > ? and not partial and ${lies}
         order by copies.serial`,
        ...[holder, from, ...range],
      );
      for (const held of copies) yield { key: [holder, held.serial], at: held };
    }
  }

  /** Who has something under a path, unless there is much: then it is found soon enough. */
  #fewUnder(range: readonly string[]): Set<Holder> | undefined {
    const found = this.#database.all<{ holder: Holder }>(
      `select holder from copies indexed by copies_by_path
       where path = ? or (path > ? and path < ?) limit ${totalCountedTo}`,
      ...range,
    );
    return found.length < totalCountedTo ? new Set(found.map(({ holder }) => holder)) : undefined;
  }

  #whole(entry: number, audience: Audience, holders?: readonly Holder[]): Copy[] {
    return this.#database.all<Copy>("select * from copies where entry = ? order by serial", entry)
      .filter((copy) => this.#isWholeFor(copy, audience, holders));
  }

  #isWholeFor(
    { holder, partial }: Pick<Copy, "holder" | "partial">,
    audience: Audience,
    holders?: readonly Holder[],
  ): boolean {
    return partial === 0 && this.#isOpen(holder, audience) &&
      (holders === undefined || holders.includes(holder));
  }

  #isOpen(holder: Holder, { plainOnly }: Audience): boolean {
    const session = this.#sessions.get(holder);
    return session !== undefined && !session.hidden && !(session.encrypted && plainOnly);
  }

  /** The sessions whose files somebody may see, unless that is all of them. */
  #openTo(audience: Audience): Holder[] | undefined {
    const open = [...this.#sessions.keys()].filter((holder) => this.#isOpen(holder, audience));
    return open.length === this.#sessions.size ? undefined : open;
  }

  #session(holder: Holder): Session {
    let session = this.#sessions.get(holder);
    if (session === undefined) {
      session = { totals: { ...nothing }, hidden: false, encrypted: false };
      this.#sessions.set(holder, session);
    }
    return session;
  }

  #forget(holder: Holder): void {
    this.#database.run("delete from notes where holder = ?", holder);
  }

  /** Counts what there is, at the start and after something was taken back. */
  #recount(): void {
    const { serial } = this.#database.get<{ serial: number | null }>(
      `select max(coalesce((select max(serial) from entries), -1),
                  coalesce((select max(serial) from copies), -1)) as serial`,
    ) ?? { serial: null };
    this.#serial = (serial ?? -1) + 1;
    this.#files = 0;
    this.#taken = 0;
    for (const { totals } of this.#sessions.values()) Object.assign(totals, nothing);
    const held = this.#database.each<{ holder: Holder; size: number; path: string }>(
      "select holder, size, path from copies join entries on entries.serial = copies.entry",
    );
    for (const { holder, size, path } of held) this.#count(this.#session(holder), size, path, 1);
  }

  #count({ totals }: Session, size: number, path: string, sign: 1 | -1): void {
    totals.files += sign;
    totals.bytes += BigInt(sign * size);
    this.#files += sign;
    this.#taken += sign * roomOf(path);
  }

  #copyAt(holder: Holder, path: SharePath): Copy | undefined {
    return this.#database.get("select * from copies where path = ? and holder = ?", path, holder);
  }

  #add(session: Session, holder: Holder, file: SharedFile): Copy {
    const { path, size, modified, partial = false } = file;
    const executable = file.executable === undefined ? null : Number(file.executable);
    const entry = this.#entryFor(holder, file);
    const copy = {
      ...{ entry, serial: this.#serial++, holder, path, modified, executable },
      partial: Number(partial),
    };
    this.#database.run("insert into copies values (?, ?, ?, ?, ?, ?, ?)", ...Object.values(copy));
    this.#count(session, size, path, 1);
    return copy;
  }

  #entryFor(holder: Holder, { path, size, id, type }: SharedFile): number {
    const name = nameOf(path);
    const owner = id === undefined ? `${holder} ${path}` : null;
    const content = id === undefined ? null : decodeHex(id);
    const known = content === null
      ? this.#database.get<Entry>("select serial from entries where owner = ?", owner)
      : this.#database.get<Entry>(
        "select serial from entries where id = ? and size = ? and name = ?",
        ...[content, size, name],
      );
    if (known !== undefined) return known.serial;
    const serial = this.#serial++;
    const folded = fold(name);
    this.#database.run(
      "insert into entries values (?, ?, ?, ?, ?, ?, ?)",
      ...[serial, name, folded, size, content, type?.toLowerCase() ?? typeOf(name), owner],
    );
    this.#database.run("insert into names (rowid, folded) values (?, ?)", serial, folded);
    this.#database.run("insert into pairs (rowid, tokens) values (?, ?)", serial, pairsOf(folded));
    return serial;
  }

  #take(session: Session, holder: Holder, path: SharePath): void {
    const copy = this.#copyAt(holder, path);
    if (copy !== undefined) this.#takeCopy(session, copy);
  }

  #takeCopy(session: Session, { entry, serial, path }: Copy): void {
    const held = this.#database.get<{ size: number }>(
      "select size from entries where serial = ?",
      entry,
    );
    this.#database.run("delete from copies where entry = ? and serial = ?", entry, serial);
    this.#count(session, held?.size ?? 0, path, -1);
    const other = "select 1 from copies where entry = ? limit 1";
    if (this.#database.get(other, entry) !== undefined) return;
    for (const table of ["names", "pairs"]) {
      this.#database.run(`delete from ${table} where rowid = ?`, entry);
    }
    this.#database.run("delete from entries where serial = ?", entry);
  }
}

/**
 * A list as far as its first page and its total need it, and then what is behind a key: nobody
 * waits for what was read before.
 */
function* leapingTo<T>(
  after: readonly number[] | undefined,
  list: (from: readonly number[]) => Iterable<Ranked<T>>,
): Generator<Ranked<T>> {
  let counted = 0;
  let last: readonly number[] = [];
  for (const ranked of list([])) {
    yield ranked;
    last = ranked.key;
    if (after !== undefined && ++counted === totalCountedTo) break;
  }
  if (after === undefined || counted < totalCountedTo) return;
  yield* list(compareKeys(last, after) < 0 ? after : last);
}

/** Bytes that a file takes with all that finds it, as measured, with room for long letters. */
function roomOf(path: string): number {
  return 500 + 8 * path.length;
}

/** One session with many copies is still one place to fetch from. */
function rankOf(
  copies: readonly Pick<Copy, "holder" | "modified">[],
): [sources: number, newest: number] {
  const sources = copies.length === 1 ? 1 : new Set(copies.map(({ holder }) => holder)).size;
  const newest = copies.reduce((latest, { modified }) => Math.max(latest, modified), 0);
  return [-sources, -newest];
}

function passes(entry: Look, query: SearchQuery): boolean {
  return (query.type === undefined || entry.type === query.type.toLowerCase()) &&
    entry.size >= (query.minSize ?? 0) && entry.size <= (query.maxSize ?? Infinity);
}
