import { innermostFolder, nameOf, type SharedFile, type SharePath } from "../../../shared/mod.ts";
import { NamedContent } from "../contents/mod.ts";
import type { Holder, Restored } from "../file_index.ts";
import { FolderChanges, folderPath, isFolderPath } from "../folder_changes.ts";
import { typeOfFile } from "../indexed_file.ts";
import { noRoom, tooManyOfPeer } from "../too_many.ts";
import type { Totals } from "../totals.ts";
import type { Database } from "./database.ts";
import { Folders, type KnownFolders } from "./folders.ts";
import type { Lookup } from "./lookup.ts";
import type { SizedCopy } from "./rows.ts";
import type { Sessions } from "./sessions.ts";
import { ownerOf, roomOf, Tables } from "./tables.ts";

/** Bytes that an index may take, as measured: most of what a machine for a campus has. */
const usualRoom = 12_000_000_000;

/** What an index may hold. */
export interface StoreLimits {
  /** Files of all sessions together. */
  mostFiles: number;
  /** Bytes of memory or disk that they may take. */
  room?: number;
}

/** What changes the tables of a store. Long work is done in steps. */
export class Writes {
  readonly #database: Database;
  readonly #sessions: Sessions;
  readonly #tables: Tables;
  readonly #folders: Folders;
  readonly #mostFiles: number;
  readonly #room: number;
  #files = 0;

  /** @param lookup of all entries */
  constructor(
    database: Database,
    lookup: Lookup,
    sessions: Sessions,
    { mostFiles, room = usualRoom }: StoreLimits,
  ) {
    this.#database = database;
    this.#sessions = sessions;
    this.#tables = new Tables(database, lookup);
    this.#folders = new Folders(database, this.#tables);
    this.#mostFiles = mostFiles;
    this.#room = room;
    this.#tables.readEntries();
    this.#count();
  }

  /** What an earlier run has left of sessions, which are hidden; without a note it says nothing. */
  restored(): (Restored & { totals: Totals })[] {
    const left = this.#database.all<{ holder: Holder; note: string }>(
      `select holder, text as note from notes union all
       select distinct holder, '' from copies where holder not in (select holder from notes)`,
    );
    return left.map(({ holder, note }) => {
      this.#sessions.hide(holder);
      return { holder, note, totals: { ...this.#sessions.totals(holder) } };
    });
  }

  /** Counts anew what there is after something was taken back. */
  recount(): void {
    const known = new Set(this.#sessions.holders());
    this.#count();
    // What was dropped and is there again still belongs to nobody.
    for (const holder of this.#sessions.holders()) {
      if (!known.has(holder)) this.#sessions.hide(holder);
    }
  }

  /**
   * Adds files of a session.
   *
   * @param most files the session may hold afterwards
   * @returns what it holds then.
   * @throws {LanyardError} `too-many` before the first step.
   */
  *put(holder: Holder, files: readonly SharedFile[], most: number): Generator<void, Totals> {
    const totals = this.#sessions.totals(holder);
    // Of what is said of one path only the last counts.
    const given = new Map(files.map((file) => [file.path, file]));
    const folders = this.#folders.known(holder, given.keys());
    const known = this.#tables.copiesAt(
      holder,
      this.#whereSomethingIs(holder, given.keys(), folders),
    );
    const changes = new FolderChanges();
    for (const file of given.values()) changes.add(file);
    for (const copy of known.values()) changes.take(copy);
    const added = given.size - known.size;
    if (totals.files + added > most) {
      throw tooManyOfPeer(most);
    }
    const needed = roomOfMissing(given.keys(), known) + roomOfMissing(gaining(changes), folders);
    if (added > this.#mostFiles - this.#files || needed > this.#room - this.#tables.taken) {
      throw noRoom();
    }
    this.#forget(holder);
    const news = [...withContents([...given.values()])];
    this.#tables.readAhead(news.flatMap(({ content }) => content ?? []));
    for (const { file, content } of news) {
      const earlier = known.get(file.path);
      if (earlier !== undefined) this.#takeFile(totals, earlier);
      this.#addFile(totals, holder, file, content);
      if (this.#tables.flushIfFull()) yield;
    }
    this.#tables.flush();
    yield* this.#folders.change(holder, changes, folders);
    return { ...totals };
  }

  /** Takes files of a session out; returns what it holds then. */
  *remove(holder: Holder, paths: readonly SharePath[]): Generator<void, Totals> {
    const totals = this.#sessions.totals(holder);
    this.#forget(holder);
    const changes = new FolderChanges();
    const copies = this.#tables.copiesAt(holder, paths);
    for (const copy of copies.values()) {
      this.#takeFile(totals, copy);
      changes.take(copy);
      yield;
    }
    yield* this.#folders.change(holder, changes, this.#folders.known(holder, copies.keys()));
    return { ...totals };
  }

  /** Keeps a text with a session until its list changes. */
  note(holder: Holder, text: string): void {
    this.#database.run("insert or replace into notes values (?, ?)", holder, text);
  }

  /** Forgets a session; it has to be hidden before. */
  *drop(holder: Holder): Generator<void, undefined> {
    const totals = this.#sessions.totals(holder);
    this.#forget(holder);
    for (;;) {
      const copy = this.#tables.firstCopy(holder);
      if (copy === undefined) break;
      if (isFolderPath(copy.path)) this.#tables.takeCopy(copy);
      else this.#takeFile(totals, copy);
      yield;
    }
    this.#sessions.delete(holder);
    return;
  }

  /** Those of some paths at which a session may have something: others lie in folders it has not. */
  #whereSomethingIs(holder: Holder, paths: Iterable<string>, folders: KnownFolders): string[] {
    // A part counts for no folder.
    if (this.#sessions.hasParts(holder)) return [...paths];
    return [...paths].filter((path) => {
      const folder = innermostFolder(path);
      return folder === "" || folders.has(folder);
    });
  }

  #forget(holder: Holder): void {
    this.#database.run("delete from notes where holder = ?", holder);
  }

  #count(): void {
    this.#files = 0;
    this.#sessions.clearTotals();
    this.#tables.count(({ holder, size, path, partial }) => {
      const totals = this.#sessions.totals(holder);
      if (!isFolderPath(path)) this.#tally(totals, size, 1);
      if (partial === 1) this.#sessions.notePart(holder);
    });
  }

  #tally(totals: Totals, size: number, sign: 1 | -1): void {
    totals.files += sign;
    totals.bytes += BigInt(sign * size);
    this.#files += sign;
  }

  #addFile(totals: Totals, holder: Holder, file: SharedFile, content?: NamedContent): void {
    const { path, size, modified, executable, partial = false } = file;
    this.#tally(totals, size, 1);
    if (partial) this.#sessions.notePart(holder);
    this.#tables.addCopy({
      entry: this.#entryFor(holder, file, content),
      holder,
      path,
      modified,
      executable: executable === undefined ? null : Number(executable),
      partial: Number(partial),
    });
  }

  #entryFor(holder: Holder, file: SharedFile, content: NamedContent | undefined): number {
    const { path, size } = file;
    const type = typeOfFile(file);
    if (content !== undefined) {
      const { id, name } = content;
      return this.#tables.entryWith(content) ??
        this.#tables.addEntry({ name, size, id, type, owner: null, files: null }, content);
    }
    const owner = ownerOf(holder, path);
    return this.#tables.entryOf(owner) ??
      this.#tables.addEntry({ name: nameOf(path), size, id: null, type, owner, files: null });
  }

  #takeFile(totals: Totals, copy: SizedCopy): void {
    this.#tables.takeCopy(copy);
    this.#tally(totals, copy.size, -1);
  }
}

/** A file that is announced, and its content if it has an id. */
interface News {
  file: SharedFile;
  content: NamedContent | undefined;
}

/** Ids are made bytes all together: one by one that takes three times as long. */
function* withContents(files: readonly SharedFile[]): Generator<News> {
  const ids = Uint8Array.fromHex(files.map(({ id }) => id ?? "").join(""));
  let end = 0;
  for (const file of files) {
    const { id: hex, size, path } = file;
    const id = ids.subarray(end, end += (hex?.length ?? 0) / 2);
    const content = hex === undefined
      ? undefined
      : new NamedContent({ id, size, name: nameOf(path) });
    yield { file, content };
  }
}

/** The paths of folders that gain files. */
function* gaining(changes: FolderChanges): Generator<string> {
  for (const [folder, { files }] of changes) if (files > 0) yield folderPath(folder);
}

/** Bytes that those of some paths take that are not known. */
function roomOfMissing(paths: Iterable<string>, known: ReadonlyMap<string, unknown>): number {
  let room = 0;
  for (const path of paths) if (!known.has(path)) room += roomOf(path).whole;
  return room;
}
