import type { SharePath } from "../../shared/mod.ts";
import type { Holder, IndexedFile } from "./file_index.ts";

/** Content under a name, as a store has it. */
export interface StoredEntry {
  name: string;
  size: number;
  /** In hex. */
  id: string | null;
  type: string;
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
  { name, size, id, type }: StoredEntry,
  { path, modified, executable }: StoredCopy,
  holders: readonly Holder[],
): IndexedFile {
  return {
    name,
    // What came through the protocol was checked there.
    path: path as SharePath,
    size,
    modified,
    type,
    ...(id === null ? {} : { id }),
    ...(executable === null ? {} : { executable }),
    holders: [...new Set(holders)],
  };
}
