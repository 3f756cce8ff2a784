import {
  type ContentId,
  fold,
  LanyardError,
  limits,
  nameOf,
  type SharedFile,
  type SharePath,
  typeOf,
} from "../../shared/mod.ts";
import { addTo, removeFrom } from "./_set_map.ts";
import { compareKeys, Cursors } from "./cursor.ts";
import { cutPage, type Ranked } from "./cut_page.ts";
import {
  type Audience,
  type FileIndex,
  type Holder,
  type Holding,
  type IndexedFile,
  type ListQuery,
  type Page,
  type PageRequest,
  type SearchQuery,
  type SourcesQuery,
} from "./file_index.ts";
import { searchTerms, type Tier, tierOf } from "./search_terms.ts";

/** Results looked at per tier: nobody pages through more, and a common word stays cheap. */
const candidatesPerTier = 1000;

/** Files taken out before others get their turn: about 5 ms of work. */
const sliceFiles = 1000;

/** Bytes of memory that an index may take, of the 4 GiB that V8 has: beyond them it would crash. */
const mostMemory = 2_500_000_000;

/** Content under one name. Files of classic peers have no id and stand each for themselves. */
interface Entry {
  readonly serial: number;
  readonly key: string;
  readonly name: string;
  readonly folded: string;
  readonly size: number;
  readonly id: ContentId | undefined;
  readonly type: string;
  readonly held: Set<Copy>;
}

/** One session's file: where it has it. */
interface Copy {
  readonly serial: number;
  readonly holder: Holder;
  readonly file: SharedFile;
  readonly entry: Entry;
}

/** What one session holds, in the order of the copies' serial numbers. */
interface Shelf {
  readonly copies: Map<SharePath, Copy>;
  /** A few sizes together can pass what a number counts exactly. */
  bytes: bigint;
  hidden: boolean;
  encrypted: boolean;
}

/**
 * An index in memory: a hash table by name (seed 003), looked through for partial names. Sized
 * for a classroom or an office; its searches take time in proportion to the distinct names.
 */
export class MemoryIndex implements FileIndex {
  readonly #instance: string;
  readonly #shelves = new Map<Holder, Shelf>();
  readonly #entries = new Map<string, Entry>();
  readonly #byName = new Map<string, Set<Entry>>();
  readonly #byContent = new Map<string, Set<Entry>>();
  readonly #room: number;
  readonly #mostFiles: number;
  #taken = 0;
  #files = 0;
  #serial = 0;

  /**
   * @param instance random text that tells this index's cursors from another's
   * @param mostFiles files of all sessions together
   * @param room bytes of memory that all files together may take
   */
  constructor(instance: string, mostFiles: number = limits.filesInTotal, room = mostMemory) {
    this.#instance = instance;
    this.#mostFiles = mostFiles;
    this.#room = room;
  }

  // deno-lint-ignore require-await -- the interface is asynchronous for stores that are
  async put(holder: Holder, files: readonly SharedFile[], most: number): Promise<void> {
    const shelf = this.#shelf(holder);
    const added = new Set(files.map(({ path }) => path).filter((path) => !shelf.copies.has(path)));
    if (shelf.copies.size + added.size > most) {
      throw new LanyardError("too-many", `A peer may share at most ${most} files here`);
    }
    const needed = [...added].reduce((sum, path) => sum + memoryOf(path), 0);
    if (needed > this.#room - this.#taken || added.size > this.#mostFiles - this.#files) {
      throw new LanyardError("too-many", "This tracker has no room for more files");
    }
    for (const file of files) {
      this.#take(shelf, file.path);
      const entry = this.#entryFor(holder, file);
      const copy = { serial: this.#serial++, holder, file, entry };
      entry.held.add(copy);
      shelf.copies.set(file.path, copy);
      shelf.bytes += BigInt(file.size);
      this.#taken += memoryOf(file.path);
      this.#files++;
    }
  }

  // deno-lint-ignore require-await
  async remove(holder: Holder, paths: readonly SharePath[]): Promise<void> {
    const shelf = this.#shelf(holder);
    for (const path of paths) this.#take(shelf, path);
  }

  markEncrypted(holder: Holder): void {
    this.#shelf(holder).encrypted = true;
  }

  hide(holder: Holder): void {
    this.#shelf(holder).hidden = true;
  }

  show(holder: Holder): void {
    this.#shelf(holder).hidden = false;
  }

  async drop(holder: Holder): Promise<void> {
    const shelf = this.#shelf(holder);
    shelf.hidden = true;
    let taken = 0;
    for (const path of shelf.copies.keys()) {
      this.#take(shelf, path);
      if (++taken % sliceFiles === 0) await nextTurn();
    }
    this.#shelves.delete(holder);
  }

  totals(holder: Holder): { files: number; bytes: number } {
    const shelf = this.#shelves.get(holder);
    const bytes = Math.min(Number(shelf?.bytes ?? 0n), Number.MAX_SAFE_INTEGER);
    return { files: shelf?.copies.size ?? 0, bytes };
  }

  // deno-lint-ignore require-await
  async holds(holder: Holder, { id, size }: { id: ContentId; size: number }): Promise<boolean> {
    for (const { held } of this.#byContent.get(contentKey(id, size)) ?? []) {
      for (const copy of held) if (copy.holder === holder && isWhole(copy)) return true;
    }
    return false;
  }

  // deno-lint-ignore require-await
  async search(query: SearchQuery, page: PageRequest): Promise<Page<IndexedFile>> {
    const found: Ranked<Copy[]>[] = [];
    const inTier: Record<Tier, number> = { 0: 0, 1: 0, 2: 0, 3: 0 };
    for (const { entry, tier } of this.#named(query)) {
      if (inTier[tier] === candidatesPerTier || !passes(entry, query)) continue;
      const copies = this.#whole(entry, query, query.holders);
      if (copies.length === 0) continue;
      inTier[tier]++;
      // One session with many copies is still one place to fetch from.
      const sources = new Set(copies.map(({ holder }) => holder)).size;
      const newest = copies.reduce((latest, { file }) => Math.max(latest, file.modified), 0);
      found.push({ key: [tier, -sources, -newest, entry.serial], at: copies });
    }
    found.sort((a, b) => compareKeys(a.key, b.key));
    return cutPage(found, page, this.#cursors(query), 4, indexed);
  }

  // deno-lint-ignore require-await
  async list(query: ListQuery, page: PageRequest): Promise<Page<IndexedFile>> {
    if (query.holders === undefined && query.under === undefined) {
      const whole = (entry: Entry): IndexedFile => indexed(this.#whole(entry, query));
      return cutPage(this.#everything(query), page, this.#cursors(query), 1, whole);
    }
    const one = (copy: Copy): IndexedFile => indexed([copy, ...this.#whole(copy.entry, query)]);
    return cutPage(this.#copiesUnder(query), page, this.#cursors(query), 2, one);
  }

  // deno-lint-ignore require-await
  async sources(query: SourcesQuery, page: PageRequest): Promise<Page<Holding>> {
    const entries = this.#byContent.get(contentKey(query.id, query.size)) ?? [];
    const holdings = new Map<Holder, boolean>();
    for (const entry of entries) {
      for (const { holder, file } of this.#visible(entry, query)) {
        const partial = file.partial ?? false;
        holdings.set(holder, partial && (holdings.get(holder) ?? true));
      }
    }
    const found = [...holdings].sort(([a], [b]) => a - b)
      .map(([holder, partial]) => ({ key: [holder], at: { holder, partial } }));
    return cutPage(found, page, this.#cursors(query), 1, (holding) => holding);
  }

  /** The entries whose names fit the text, with how well they fit. */
  *#named(query: SearchQuery): Iterable<{ entry: Entry; tier: Tier }> {
    if (query.exact) {
      for (const entry of this.#byName.get(fold(query.text)) ?? []) yield { entry, tier: 0 };
      return;
    }
    const terms = searchTerms(query.text);
    for (const [name, entries] of this.#byName) {
      const tier = tierOf(name, terms);
      if (tier === undefined) continue;
      for (const entry of entries) yield { entry, tier };
    }
  }

  /** All there is, in the order in which it came. */
  *#everything(audience: Audience): Iterable<Ranked<Entry>> {
    for (const entry of this.#entries.values()) {
      if (this.#isFindable(entry, audience)) yield { key: [entry.serial], at: entry };
    }
  }

  /** Whole files session by session, in the order in which each announced them. */
  *#copiesUnder({ holders, under, ...audience }: ListQuery): Iterable<Ranked<Copy>> {
    for (const holder of [...holders ?? this.#shelves.keys()].sort((a, b) => a - b)) {
      const shelf = this.#shelves.get(holder);
      if (shelf === undefined || !isOpenTo(shelf, audience)) continue;
      for (const copy of shelf.copies.values()) {
        const { path } = copy.file;
        const lies = under === undefined || path === under || path.startsWith(`${under}/`);
        if (lies && isWhole(copy)) yield { key: [holder, copy.serial], at: copy };
      }
    }
  }

  /** Tells whether somebody who is not hidden has the whole of it. */
  #isFindable(entry: Entry, audience: Audience): boolean {
    for (const copy of entry.held) {
      if (isWhole(copy) && isOpenTo(this.#shelf(copy.holder), audience)) return true;
    }
    return false;
  }

  #cursors(query: unknown): Cursors {
    return new Cursors(this.#instance, query);
  }

  #whole(entry: Entry, audience: Audience, holders?: readonly Holder[]): Copy[] {
    return this.#visible(entry, audience, holders).filter(isWhole);
  }

  #visible(entry: Entry, audience: Audience, holders?: readonly Holder[]): Copy[] {
    return [...entry.held].filter(({ holder }) =>
      isOpenTo(this.#shelf(holder), audience) && (holders === undefined || holders.includes(holder))
    );
  }

  #shelf(holder: Holder): Shelf {
    let shelf = this.#shelves.get(holder);
    if (shelf === undefined) {
      shelf = { copies: new Map(), bytes: 0n, hidden: false, encrypted: false };
      this.#shelves.set(holder, shelf);
    }
    return shelf;
  }

  #entryFor(holder: Holder, file: SharedFile): Entry {
    const name = nameOf(file.path);
    const content = file.id === undefined ? undefined : contentKey(file.id, file.size);
    const key = `${content ?? `${holder} ${file.path}`}/${name}`;
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry = {
      serial: this.#serial++,
      key,
      name,
      folded: fold(name),
      size: file.size,
      id: file.id,
      type: file.type?.toLowerCase() ?? typeOf(name),
      held: new Set(),
    };
    this.#entries.set(key, entry);
    addTo(this.#byName, entry.folded, entry);
    if (content !== undefined) addTo(this.#byContent, content, entry);
    return entry;
  }

  #take(shelf: Shelf, path: SharePath): void {
    const copy = shelf.copies.get(path);
    if (copy === undefined) return;
    const { entry, file } = copy;
    shelf.copies.delete(path);
    shelf.bytes -= BigInt(file.size);
    this.#taken -= memoryOf(path);
    this.#files--;
    entry.held.delete(copy);
    if (entry.held.size > 0) return;
    this.#entries.delete(entry.key);
    removeFrom(this.#byName, entry.folded, entry);
    if (entry.id !== undefined) {
      removeFrom(this.#byContent, contentKey(entry.id, entry.size), entry);
    }
  }
}

function isOpenTo({ hidden, encrypted }: Shelf, { plainOnly }: Audience): boolean {
  return !hidden && !(encrypted && plainOnly);
}

/** Parts of files that are still arriving are sources, but nothing to find or list. */
function isWhole({ file }: Copy): boolean {
  return file.partial !== true;
}

/** Bytes of memory that a file takes, as measured, with room for letters of two bytes. */
function memoryOf(path: SharePath): number {
  return 1700 + 4 * path.length;
}

function contentKey(id: ContentId, size: number): string {
  return `${id}:${size}`;
}

function passes(entry: Entry, query: SearchQuery): boolean {
  return (query.type === undefined || entry.type === query.type.toLowerCase()) &&
    entry.size >= (query.minSize ?? 0) && entry.size <= (query.maxSize ?? Infinity) &&
    (query.id === undefined || entry.id === query.id);
}

function indexed(copies: Copy[]): IndexedFile {
  const [first] = copies;
  if (first === undefined) throw new RangeError("Cannot describe a file that nobody holds");
  const { entry, file } = first;
  return {
    name: entry.name,
    path: file.path,
    size: entry.size,
    modified: file.modified,
    type: entry.type,
    ...(entry.id === undefined ? {} : { id: entry.id }),
    ...(file.executable === undefined ? {} : { executable: file.executable }),
    holders: [...new Set(copies.map(({ holder }) => holder))],
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
