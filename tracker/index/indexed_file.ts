import { nameOf, type SharedFile, type SharePath, typeOf } from "../../shared/mod.ts";
import type { Holder, IndexedFile } from "./file_index.ts";

/** The type of a file that is announced: classic peers may say another than the name does. */
export function typeOfFile({ type, path }: Pick<SharedFile, "type" | "path">): string {
  return type?.toLowerCase() ?? typeOf(nameOf(path));
}

/** Content under a name, as a store has it. */
export interface StoredEntry {
  name: string;
  size: number;
  /** In hex. */
  id: string | null;
  type: string;
  /** Files of a folder; null for anything else. */
  files: number | null;
}

/** A session's file, as a store has it. */
export interface StoredCopy {
  path: string;
  modified: number;
  executable: boolean | null;
}

/**
 * Content under a name, as it is told.
 *
 * @param first the copy whose path it is
 * @param holders of all its copies, the first one's first; a session may have several
 */
export function toIndexed(
  { name, size, id, type, files }: StoredEntry,
  { path, modified, executable }: StoredCopy,
  holders: readonly Holder[],
): IndexedFile {
  return {
    name,
    // What came through the protocol was checked there, but for the slash behind a folder.
    path: (files === null ? path : path.slice(0, -1)) as SharePath,
    size,
    modified,
    type,
    ...(id === null ? {} : { id }),
    ...(executable === null ? {} : { executable }),
    ...(files === null ? {} : { files }),
    holders: [...new Set(holders)],
  };
}
