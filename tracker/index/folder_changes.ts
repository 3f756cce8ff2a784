import { foldersOf, innermostFolder, type SharePath } from "../../shared/mod.ts";

/** How much more a folder holds, at every depth. */
export interface FolderChange {
  /** Whole files; negative if it has lost some. */
  files: number;
  /** Their bytes. */
  bytes: number;
  /** When the latest of those that were added was modified, in Unix ms; 0 if none was. */
  newest: number;
}

/** A file of a session, as it counts for the folders that it is in. */
interface Counted {
  path: string;
  size: number;
  modified: number;
  /** A part counts for nothing. */
  partial?: boolean | number;
}

/** What a session's folders gain and lose, put together so that each is written once. */
export class FolderChanges {
  /** By the innermost folder: most files lie beside others. */
  readonly #changes = new Map<string, FolderChange>();

  add(file: Counted): void {
    this.#count(file, 1);
  }

  take(file: Counted): void {
    this.#count(file, -1);
  }

  /** The folders, each with those that they lie in. */
  [Symbol.iterator](): Iterator<[SharePath, FolderChange]> {
    const all = new Map<SharePath, FolderChange>();
    for (const [inner, change] of this.#changes) {
      for (const folder of foldersOf(inner)) {
        const { files, bytes, newest } = all.get(folder) ?? unchanged;
        all.set(folder, {
          files: files + change.files,
          bytes: bytes + change.bytes,
          newest: Math.max(newest, change.newest),
        });
      }
    }
    return all.entries();
  }

  #count({ path, size, modified, partial }: Counted, sign: 1 | -1): void {
    if (partial) return;
    const inner = innermostFolder(path);
    let change = this.#changes.get(inner);
    if (change === undefined) this.#changes.set(inner, change = { ...unchanged });
    change.files += sign;
    change.bytes += sign * size;
    if (sign === 1) change.newest = Math.max(change.newest, modified);
  }
}

const unchanged: FolderChange = { files: 0, bytes: 0, newest: 0 };

/** The type of a folder, where a file has its extension. */
export const folderType = "folder";

/** A folder as it stands among the paths of a session, where no file's path ends like that. */
export function folderPath(folder: SharePath): string {
  return `${folder}/`;
}

/** Whether something at this path is a folder. */
export function isFolderPath(path: string): boolean {
  return path.endsWith("/");
}
