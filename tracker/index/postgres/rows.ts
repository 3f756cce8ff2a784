import type { SharePath } from "../../../shared/mod.ts";
import type { Holder, IndexedFile } from "../file_index.ts";

/** Content under a name, as a row. */
export interface EntryRow {
  serial: number;
  name: string;
  size: number;
  /** In hex. */
  id: string | null;
  type: string;
}

/** A session's file, as a row. */
export interface CopyRow {
  entry: number;
  serial: number;
  holder: Holder;
  path: string;
  modified: number;
  executable: boolean | null;
}

/** Content under a name, as it is told: the first copy is the one whose path it is. */
export function toIndexed(
  { name, size, id, type }: Omit<EntryRow, "serial">,
  copies: readonly [CopyRow, ...CopyRow[]],
): IndexedFile {
  const [{ path, modified, executable }] = copies;
  return {
    name,
    // What came through the protocol was checked there.
    path: path as SharePath,
    size,
    modified,
    type,
    ...(id === null ? {} : { id }),
    ...(executable === null ? {} : { executable }),
    holders: [...new Set(copies.map(({ holder }) => holder))],
  };
}
