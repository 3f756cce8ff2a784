import { foldersOf, innermostFolder, nameOf, type SharePath } from "../../../shared/mod.ts";
import type { Holder } from "../file_index.ts";
import {
  type FolderChange,
  type FolderChanges,
  folderPath,
  folderType,
} from "../folder_changes.ts";
import type { Database } from "./database.ts";
import type { Copy } from "./rows.ts";
import { ownerOf, type Tables } from "./tables.ts";

/** Folders that a session has, by their paths with the slash behind them. */
export type KnownFolders = ReadonlyMap<string, Copy>;

/** The folders of sessions: entries that are found by their names, and know how much is in them. */
export class Folders {
  readonly #database: Database;
  readonly #tables: Tables;

  constructor(database: Database, tables: Tables) {
    this.#database = database;
    this.#tables = tables;
  }

  /** Those that a session has of the folders that some paths lie in. */
  known(holder: Holder, paths: Iterable<string>): KnownFolders {
    const inner = new Set(Array.from(paths, innermostFolder));
    const folders = new Set([...inner].flatMap(foldersOf));
    return this.#tables.copiesAt(holder, Array.from(folders, folderPath));
  }

  /**
   * Changes how much a session's folders hold, step by step; none is there that is empty.
   *
   * @param known those that there are
   */
  *change(holder: Holder, changes: FolderChanges, known: KnownFolders): Generator<void> {
    for (const [folder, change] of changes) {
      const copy = known.get(folderPath(folder));
      if (copy !== undefined) this.#grow(copy, change);
      else if (change.files > 0) this.#add(holder, folder, change);
      if (this.#tables.flushIfFull()) yield;
    }
    this.#tables.flush();
  }

  #add(holder: Holder, folder: SharePath, { files, bytes, newest }: FolderChange): void {
    const path = folderPath(folder);
    const entry = this.#tables.addEntry({
      ...{ name: nameOf(folder), size: Math.min(bytes, Number.MAX_SAFE_INTEGER), id: null },
      ...{ type: folderType, owner: ownerOf(holder, path), files },
    });
    const copy = { entry, holder, path, modified: newest, executable: null, partial: 0 };
    this.#tables.addCopy(copy);
  }

  #grow(copy: Copy, { files, bytes, newest }: FolderChange): void {
    const largest = Number.MAX_SAFE_INTEGER;
    const left = this.#database.get<{ files: number }>(
      `update entries set files = files + ?, size = max(0, min(size + ?, ${largest}))
       where serial = ? returning files`,
      ...[files, Math.max(-largest, Math.min(bytes, largest)), copy.entry],
    )?.files ?? 0;
    if (left <= 0) return this.#tables.takeCopy(copy);
    if (newest > copy.modified) this.#tables.touch(copy, newest);
  }
}
