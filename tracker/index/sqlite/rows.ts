import { encodeHex } from "@std/encoding";
import type { SharePath } from "../../../shared/mod.ts";
import type { Holder, IndexedFile } from "../file_index.ts";

/** Content under a name, as a row. */
export interface Entry {
  serial: number;
  name: string;
  folded: string;
  size: number;
  id: Uint8Array | null;
  type: string;
  owner: string | null;
}

/** A session's file, as a row. */
export interface Copy {
  entry: number;
  serial: number;
  holder: Holder;
  path: string;
  modified: number;
  executable: number | null;
  partial: number;
}

/** What is looked at of an entry and one of its copies to find and rank it, as a row. */
export interface Look extends Pick<Entry, "serial" | "folded" | "size" | "type"> {
  holder: Holder;
  modified: number;
  partial: number;
}

/** The columns of a look. */
export const lookColumns =
  "entries.serial as serial, entries.folded as folded, size, type, holder, modified, partial";

/** Content under a name, as it is told: the first copy is the one whose path it is. */
export function toIndexed(
  entry: Pick<Entry, "name" | "size" | "id" | "type">,
  [first, ...others]: readonly Copy[],
): IndexedFile {
  if (first === undefined) throw new RangeError("Cannot describe a file that nobody holds");
  const { name, size, id, type } = entry;
  const { path, modified, executable } = first;
  return {
    name,
    // What came through the protocol was checked there.
    path: path as SharePath,
    size,
    modified,
    type,
    ...(id === null ? {} : { id: encodeHex(id) }),
    ...(executable === null ? {} : { executable: executable === 1 }),
    holders: [...new Set([first, ...others].map(({ holder }) => holder))],
  };
}
