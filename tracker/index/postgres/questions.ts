import type { ContentId } from "../../../shared/mod.ts";
import { Cursors } from "../cursor.ts";
import { cutPage } from "../cut_page.ts";
import {
  type Audience,
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
import { type StoredEntry, toIndexed } from "../indexed_file.ts";
import { rankLength } from "../ranked_names.ts";
import type { Fragment, Transaction } from "./connections.ts";
import { NameSearch } from "./name_search.ts";
import type { CopyRow, EntryRow } from "./rows.ts";
import { allOf, isOpen } from "./visibility.ts";

/** Who asks, as cursors know it, and how the database is at one moment. */
export class Questions {
  readonly #sql: Transaction;
  readonly #instance: string;

  /** @param instance random text that tells this index's cursors from another's */
  constructor(sql: Transaction, instance: string) {
    this.#sql = sql;
    this.#instance = instance;
  }

  /** Whether a session holds the whole of some content. */
  async holds(holder: Holder, { id, size }: { id: ContentId; size: number }): Promise<boolean> {
    const found = await this.#sql`
      select from lanyard.entries e join lanyard.copies c on c.entry = e.serial
      where e.id = decode(${id}, 'hex') and e.size = ${size} and c.holder = ${holder}
        and not c.partial
      limit 1`;
    return found.length > 0;
  }

  /** @throws {LanyardError} `bad-cursor`, `too-many`. */
  async search(query: SearchQuery, page: PageRequest): Promise<Page<IndexedFile>> {
    const cursors = new Cursors(this.#instance, query);
    const after = page.cursor === undefined ? undefined : cursors.read(page.cursor, rankLength);
    const found = await new NameSearch(this.#sql, query).ranked(page.limit, after);
    const cut = cutPage(found, page, cursors, rankLength, (serial) => serial);
    const serials = cut.entries.map(({ value }) => value);
    const copies = await this.#wholeCopies(serials, query);
    const described = new Map((await this.#entries(serials)).map((row) => [row.serial, row]));
    const entries = cut.entries.map(({ value, cursor }) => ({
      value: indexed(described.get(value), copies.get(value)),
      cursor,
    }));
    return { ...cut, entries };
  }

  /** @throws {LanyardError} `bad-cursor`. */
  async list(query: ListQuery, page: PageRequest): Promise<Page<IndexedFile>> {
    const { holders, under } = query;
    return holders === undefined && under === undefined
      ? await this.#listEntries(query, page)
      : await this.#listCopies(query, page);
  }

  /** @throws {LanyardError} `bad-cursor`. */
  async sources(query: SourcesQuery, page: PageRequest): Promise<Page<Holding>> {
    const sql = this.#sql;
    const cursors = new Cursors(this.#instance, query);
    const [after = -1] = page.cursor === undefined ? [] : cursors.read(page.cursor, 1);
    const having = sql`
      select c.holder, bool_and(c.partial) as partial
      from lanyard.entries e
      join lanyard.copies c on c.entry = e.serial join lanyard.sessions s on s.holder = c.holder
      where e.id = decode(${query.id}, 'hex') and e.size = ${query.size} and ${isOpen(sql, query)}
      group by c.holder`;
    const rows = await sql<Holding[]>`
      select holder, partial from (${having}) holdings
      where holder > ${after} order by holder limit ${page.limit + 1}`;
    return {
      ...cut(rows, page, cursors, ({ holder }) => [holder], ({ holder, partial }) => ({
        holder,
        partial,
      })),
      total: await this.#total(having),
    };
  }

  /** All there is, in the order in which it came. */
  async #listEntries(query: Audience, page: PageRequest): Promise<Page<IndexedFile>> {
    const sql = this.#sql;
    const cursors = new Cursors(this.#instance, query);
    const [after = -1] = page.cursor === undefined ? [] : cursors.read(page.cursor, 1);
    const all = sql`
      from lanyard.entries e
      where exists (
        select from lanyard.copies c join lanyard.sessions s on s.holder = c.holder
        where c.entry = e.serial and not c.partial and ${isOpen(sql, query)})
      and e.files is null`;
    const rows = await sql<EntryRow[]>`
      select e.serial, e.name, e.size, encode(e.id, 'hex') as id, e.type, e.files ${all}
        and e.serial > ${after}
      order by e.serial limit ${page.limit + 1}`;
    const copies = await this.#wholeCopies(rows.map(({ serial }) => serial), query);
    return {
      ...cut(
        rows,
        page,
        cursors,
        ({ serial }) => [serial],
        (row) => indexed(row, copies.get(row.serial)),
      ),
      total: await this.#total(sql`select ${all}`),
    };
  }

  /** Whole files session by session, in the order in which each announced them. */
  async #listCopies(query: ListQuery, page: PageRequest): Promise<Page<IndexedFile>> {
    const sql = this.#sql;
    const { under } = query;
    const cursors = new Cursors(this.#instance, query);
    const [holder = -1, serial = -1] = page.cursor === undefined
      ? []
      : cursors.read(page.cursor, 2);
    const conditions = [
      sql`not c.partial`,
      sql`e.files is null`,
      isOpen(sql, query),
      ...under === undefined
        ? []
        : [sql`(c.path = ${under} or starts_with(c.path, ${`${under}/`}))`],
    ];
    const all = sql`
      from lanyard.copies c
      join lanyard.sessions s on s.holder = c.holder
      join lanyard.entries e on e.serial = c.entry
      where ${allOf(sql, conditions)}`;
    const rows = await sql<(Omit<EntryRow, "serial"> & CopyRow)[]>`
      select e.name, e.size, encode(e.id, 'hex') as id, e.type, e.files,
        c.entry, c.serial, c.holder, c.path, c.modified, c.executable
      ${all} and (c.holder, c.serial) > (${holder}::bigint, ${serial}::bigint)
      order by c.holder, c.serial limit ${page.limit + 1}`;
    const { holders: _all, under: _under, ...audience } = query;
    const copies = await this.#wholeCopies(rows.map(({ entry }) => entry), audience);
    return {
      ...cut(
        rows,
        page,
        cursors,
        (row) => [row.holder, row.serial],
        (row) => indexed(row, [row, ...copies.get(row.entry) ?? []]),
      ),
      total: await this.#total(sql`select ${all}`),
    };
  }

  async #entries(serials: readonly number[]): Promise<EntryRow[]> {
    return await this.#sql<EntryRow[]>`
      select serial, name, size, encode(id, 'hex') as id, type, files
      from lanyard.entries where serial = any(${[...serials]}::bigint[])`;
  }

  /** The copies of some entries that count, in the order in which they came. */
  async #wholeCopies(
    entries: readonly number[],
    query: Audience & { holders?: readonly Holder[] },
  ): Promise<Map<number, CopyRow[]>> {
    const sql = this.#sql;
    const rows = await sql<CopyRow[]>`
      select c.entry, c.serial, c.holder, c.path, c.modified, c.executable
      from lanyard.copies c join lanyard.sessions s on s.holder = c.holder
      where c.entry = any(${[...entries]}::bigint[]) and not c.partial and ${isOpen(sql, query)}
      order by c.entry, c.serial`;
    return Map.groupBy(rows, ({ entry }) => entry);
  }

  async #total(all: Fragment): Promise<number> {
    const [counted] = await this.#sql<{ total: number }[]>`
      select count(*) as total from (${all} limit ${totalCountedTo}) counted`;
    return counted?.total ?? 0;
  }
}

/** Cuts a page out of rows that begin with it; one row more says that the list goes on. */
function cut<R, T>(
  rows: readonly R[],
  { limit }: PageRequest,
  cursors: Cursors,
  keyOf: (row: R) => number[],
  toValue: (row: R) => T,
): Page<T> {
  const entries = rows.slice(0, limit).map((row) => ({
    value: toValue(row),
    cursor: cursors.write(keyOf(row)),
  }));
  return { entries, more: rows.length > limit };
}

/** An entry that was found is described at the same moment, so that somebody has it. */
function indexed(row: StoredEntry | undefined, copies: readonly CopyRow[] = []): IndexedFile {
  const [first] = copies;
  if (row === undefined || first === undefined) throw new RangeError("Nobody holds this file");
  return toIndexed(row, first, copies.map(({ holder }) => holder));
}
