import { foldersOf, type SharePath } from "../../shared/mod.ts";

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
  partial?: boolean;
}

/** What a session's folders gain and lose, put together so that each is written once. */
export class FolderChanges {
  readonly #changes = new Map<SharePath, FolderChange>();

  add(file: Counted): void {
    this.#count(file, 1);
  }

  take(file: Counted): void {
    this.#count(file, -1);
  }

  [Symbol.iterator](): Iterator<[SharePath, FolderChange]> {
    return this.#changes.entries();
  }

  #count({ path, size, modified, partial }: Counted, sign: 1 | -1): void {
    if (partial) return;
    for (const folder of foldersOf(path)) {
      const { files, bytes, newest } = this.#changes.get(folder) ??
        { files: 0, bytes: 0, newest: 0 };
      this.#changes.set(folder, {
        files: files + sign,
        bytes: bytes + sign * size,
        newest: sign === 1 ? Math.max(newest, modified) : newest,
      });
    }
  }
}

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
