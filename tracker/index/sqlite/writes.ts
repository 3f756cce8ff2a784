import { foldersOf, nameOf, type SharedFile, type SharePath } from "../../../shared/mod.ts";
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
    const paths = [...given.keys()];
    const known = this.#tables.copiesAt(holder, paths);
    const fresh = paths.filter((path) => !known.has(path));
    const added = fresh.length;
    const whole = paths.filter((path) => given.get(path)?.partial !== true);
    const knownFolders = this.#folders.known(holder, new Set(paths.flatMap(foldersOf)));
    const needed = [...fresh, ...missingFolders(whole, knownFolders)]
      .reduce((sum, path) => sum + roomOf(path), 0);
    if (totals.files + added > most) {
      throw tooManyOfPeer(most);
    }
    if (added > this.#mostFiles - this.#files || needed > this.#room - this.#tables.taken) {
      throw noRoom();
    }
    this.#forget(holder);
    const changes = new FolderChanges();
    for (const file of given.values()) {
      const earlier = known.get(file.path);
      if (earlier !== undefined) this.#takeFile(totals, earlier, changes);
      this.#addFile(totals, holder, file);
      changes.add(file);
      yield* this.#tables.flushIfFull();
    }
    this.#tables.flush();
    yield* this.#folders.change(holder, changes, knownFolders);
    return { ...totals };
  }

  /** Takes files of a session out; returns what it holds then. */
  *remove(holder: Holder, paths: readonly SharePath[]): Generator<void, Totals> {
    const totals = this.#sessions.totals(holder);
    this.#forget(holder);
    const changes = new FolderChanges();
    const copies = this.#tables.copiesAt(holder, paths);
    for (const copy of copies.values()) {
      this.#takeFile(totals, copy, changes);
      yield;
    }
    const folders = Array.from(changes, ([folder]) => folder);
    yield* this.#folders.change(holder, changes, this.#folders.known(holder, folders));
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

  #forget(holder: Holder): void {
    this.#database.run("delete from notes where holder = ?", holder);
  }

  #count(): void {
    this.#files = 0;
    this.#sessions.clearTotals();
    this.#tables.count(({ holder, size, path }) => {
      const totals = this.#sessions.totals(holder);
      if (!isFolderPath(path)) this.#tally(totals, size, 1);
    });
  }

  #tally(totals: Totals, size: number, sign: 1 | -1): void {
    totals.files += sign;
    totals.bytes += BigInt(sign * size);
    this.#files += sign;
  }

  #addFile(totals: Totals, holder: Holder, file: SharedFile): void {
    const { path, size, modified, executable = null, partial = false } = file;
    const entry = this.#entryFor(holder, file);
    this.#tally(totals, size, 1);
    this.#tables.addCopy({
      ...{ entry, holder, path, modified },
      executable: executable === null ? null : Number(executable),
      partial: Number(partial),
    });
  }

  #entryFor(holder: Holder, file: SharedFile): number {
    const { path, size, id } = file;
    const name = nameOf(path);
    const made = id === undefined
      ? { id: null, owner: ownerOf(holder, path) }
      : { id: Uint8Array.fromHex(id), owner: null };
    const known = made.id === null
      ? this.#tables.entryOf(made.owner)
      : this.#tables.entryWith({ id: made.id, size, name });
    return known ??
      this.#tables.addEntry({ ...made, name, size, files: null, type: typeOfFile(file) });
  }

  #takeFile(totals: Totals, copy: SizedCopy, changes?: FolderChanges): void {
    this.#tables.takeCopy(copy);
    this.#tally(totals, copy.size, -1);
    changes?.take({ ...copy, partial: copy.partial === 1 });
  }
}

/** The folders of some files that are not known. */
function missingFolders(paths: readonly SharePath[], known: KnownFolders): string[] {
  const folders = new Set(paths.flatMap(foldersOf).map(folderPath));
  return [...folders].filter((path) => !known.has(path));
}
