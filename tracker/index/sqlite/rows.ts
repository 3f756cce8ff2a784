import { encodeHex } from "@std/encoding";
import type { Holder, IndexedFile } from "../file_index.ts";
import { toIndexed } from "../indexed_file.ts";

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

/** Rows as they are told: the first copy is the one whose path it is. */
export function told(
  { name, size, id, type }: Pick<Entry, "name" | "size" | "id" | "type">,
  copies: readonly Copy[],
): IndexedFile {
  const [first] = copies;
  if (first === undefined) throw new RangeError("Cannot describe a file that nobody holds");
  const { path, modified } = first;
  const executable = first.executable === null ? null : first.executable === 1;
  return toIndexed(
    { name, size, id: id === null ? null : encodeHex(id), type },
    { path, modified, executable },
    copies.map(({ holder }) => holder),
  );
}
