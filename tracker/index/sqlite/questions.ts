import type { ContentId } from "../../../shared/mod.ts";
import { compareKeys, Cursors } from "../cursor.ts";
import { cutPage, type Ranked } from "../cut_page.ts";
import {
  type Holder,
  type Holding,
  type IndexedFile,
  type ListQuery,
  type Page,
  type PageRequest,
  type SearchQuery,
  type SourcesQuery,
  totalCountedTo,
} from "../file_index.ts";
import { RankedNames, rankLength } from "../ranked_names.ts";
import type { Database } from "./database.ts";
import type { Lookup } from "./lookup.ts";
import { type Among, little, NameFinder } from "./name_finder.ts";
import { type Copies, type Copy, type Entry, told } from "./rows.ts";
import type { Sessions } from "./sessions.ts";
import { Visibility } from "./visibility.ts";

/** A copy with the entry it is one of. */
type Held = Copy & Omit<Entry, "serial">;

/** What a store is asked, and what it answers. */
export class Questions {
  readonly #database: Database;
  readonly #lookup: Lookup;
  readonly #sessions: Sessions;
  readonly #instance: string;

  /**
   * @param lookup of all entries
   * @param instance random text that tells this index's cursors from another's
   */
  constructor(database: Database, lookup: Lookup, sessions: Sessions, instance: string) {
    this.#database = database;
    this.#lookup = lookup;
    this.#sessions = sessions;
    this.#instance = instance;
  }

  /** Whether a session holds the whole of some content. */
  holds(holder: Holder, { id, size }: { id: ContentId; size: number }): boolean {
    const own = this.#database.all<{ entry: number }>(
      `select entry from copies indexed by copies_by_holder where holder = ? limit ${little + 1}`,
      holder,
    );
    // Whoever has little is looked through; otherwise the content is, which may have many names.
    const from = own.length <= little ? own.map(({ entry }) => entry) : this.#lookup.withId(id);
    const isOne = `select 1 from json_each(?) cross join entries on entries.serial = value
      cross join copies on copies.entry = entries.serial
      where entries.id = unhex(?) and entries.size = ? and holder = ? and partial = 0 limit 1`;
    for (let at = 0; at < from.length; at += little) {
      const some = JSON.stringify(from.slice(at, at + little));
      if (this.#database.get(isOne, some, id, size, holder) !== undefined) return true;
    }
    return false;
  }

  /** @throws {LanyardError} `bad-cursor`, `too-many`. */
  search(query: SearchQuery, page: PageRequest): Page<IndexedFile> {
    const cursors = new Cursors(this.#instance, query);
    const after = page.cursor === undefined ? undefined : cursors.read(page.cursor, rankLength);
    const among = this.#among(query);
    const ranked = new RankedNames();
    for (const step of new NameFinder(this.#database, this.#lookup, query, among).steps()) {
      for (const { tier, serial, sources, newest } of step.found) {
        ranked.add(tier, serial, sources, newest);
        if (ranked.isFull(tier) && !step.isMixed) break;
      }
      if (ranked.endStep(page.limit, after)) break;
    }
    const cut = cutPage(ranked.found, page, cursors, rankLength, (serial) => serial);
    const described = this.#describe(cut.entries.map(({ value }) => value), among.visible);
    const entries = described.map((value, at) => ({
      value,
      cursor: cut.entries[at]?.cursor ?? "",
    }));
    return { ...cut, entries };
  }

  /** @throws {LanyardError} `bad-cursor`. */
  list(query: ListQuery, page: PageRequest): Page<IndexedFile> {
    const cursors = new Cursors(this.#instance, query);
    const open = this.#sessions.openTo(query);
    const keyLength = query.holders === undefined && query.under === undefined ? 1 : 2;
    const after = page.cursor === undefined ? undefined : cursors.read(page.cursor, keyLength);
    if (keyLength === 1) {
      return cutPage(
        leapingTo(after, (from) => this.#everything(open, from)),
        page,
        cursors,
        keyLength,
        (entry) => told(entry, this.#whole([entry.serial], open)),
      );
    }
    return cutPage(
      leapingTo(after, (from) => this.#copiesUnder(query, from)),
      page,
      cursors,
      keyLength,
      (held) => told({ ...held, serial: held.entry }, this.#whole([held.entry], open), held),
    );
  }

  /** @throws {LanyardError} `bad-cursor`. */
  sources(query: SourcesQuery, page: PageRequest): Page<Holding> {
    const holdings = this.#database.all<Pick<Copy, "holder" | "partial">>(
      `select holder, min(partial) as partial
       from json_each(?) cross join entries on entries.serial = value
         cross join copies on copies.entry = entries.serial
       where entries.id = unhex(?) and entries.size = ? group by holder order by holder`,
      ...[JSON.stringify(this.#lookup.withId(query.id)), query.id, query.size],
    );
    const found = holdings.filter(({ holder }) => this.#sessions.isOpen(holder, query))
      .map(({ holder, partial }) => ({ key: [holder], at: { holder, partial: partial === 1 } }));
    const cursors = new Cursors(this.#instance, query);
    return cutPage(found, page, cursors, 1, (holding) => holding);
  }

  /** Whose files a search may find. */
  #among(query: SearchQuery): Among {
    if (query.holders === undefined) {
      return { visible: this.#sessions.openTo(query), haveLittle: false };
    }
    const visible = Visibility.only(
      query.holders.filter((holder) => this.#sessions.isOpen(holder, query)),
    );
    const copies = this.#database.all(
      `select 1 from copies indexed by copies_by_holder
       where ${visible.condition} limit ${little + 1}`,
      ...visible.values,
    );
    return { visible, haveLittle: copies.length <= little };
  }

  /** What is told of some entries, in their order. @param open whose copies count */
  #describe(serials: readonly number[], open: Visibility): IndexedFile[] {
    const copies = this.#whole(serials, open);
    return this.#database.all<Entry>(
      "select entries.* from json_each(?) cross join entries on serial = value order by key",
      JSON.stringify(serials),
    ).map((entry) => told(entry, copies));
  }

  /** All there is behind a key, in the order in which it came. */
  *#everything(
    open: Visibility,
    [from = -1]: readonly number[],
  ): Generator<Ranked<Entry>> {
    const entries = this.#database.each<Entry>(
      `select * from entries where files is null and exists (
         select 1 from copies where entry = entries.serial and not partial and ${open.condition}
       ) and serial > ? order by serial`,
      { values: open.values, behind: [from], keyOf: ({ serial }) => [serial] },
    );
    for (const entry of entries) yield { key: [entry.serial], at: entry };
  }

  /** Whole files behind a key, session by session, in the order in which each announced them. */
  *#copiesUnder(
    { holders, under, ...audience }: ListQuery,
    [fromHolder = -1, fromSerial = -1]: readonly number[],
  ): Generator<Ranked<Held>> {
    const lies = under === undefined ? "true" : "(path = ? or (path > ? and path < ?))";
    // "0" is what follows "/".
    const range = under === undefined ? [] : [under, `${under}/`, `${under}0`];
    const order = [...new Set(holders ?? this.#sessions.holders())].sort((a, b) => a - b)
      .filter((holder) => holder >= fromHolder && this.#sessions.isOpen(holder, audience));
    for (const holder of order) {
      const from = holder === fromHolder ? fromSerial : -1;
      const count = under === undefined ? totalCountedTo : this.#countUnder(holder, range);
      if (count === 0) continue;
      // What is few is sooner put in order than looked for among everything.
      const index = count < totalCountedTo ? "copies_by_path" : "copies_by_holder";
      const copies = this.#database.each<Held>(
        `select name, size, id, type, owner, files, copies.*
         from copies indexed by ${index} join entries on entries.serial = copies.entry
         where holder = ? and not partial and files is null and ${lies} and copies.serial > ?
         order by copies.serial`,
        { values: [holder, ...range], behind: [from], keyOf: ({ serial }) => [serial] },
      );
      for (const held of copies) yield { key: [holder, held.serial], at: held };
    }
  }

  /** How much a session has under a path, counted up to 1,000. */
  #countUnder(holder: Holder, range: readonly string[]): number {
    const has = "select 1 from copies where holder = ? and";
    return this.#database.all(
      // With "or" in place of "union" all that the session has is looked through.
      `${has} path = ? union all ${has} path > ? and path < ? limit ${totalCountedTo}`,
      ...[holder, ...range.slice(0, 1), holder, ...range.slice(1)],
    ).length;
  }

  /**
   * The whole copies of some entries. They are put together in the database: what a thousand
   * sessions share would be a thousand rows.
   */
  #whole(serials: readonly number[], open: Visibility): Map<number, Copies> {
    const rows = this.#database.all<Copies>(
      // What all copies are asked is in the index; their rows are as far apart as their sessions.
      `select wholes.entry, path, modified, executable, holders from (
         select entry, min(serial) as first, json_group_array(holder order by serial) as holders
         from copies
         where entry in (select value from json_each(?)) and not partial and ${open.condition}
         group by entry
       ) as wholes cross join copies on serial = first`,
      JSON.stringify(serials),
      ...open.values,
    );
    return new Map(rows.map((row) => [row.entry, row]));
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
