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
  /** Files of a folder; null for anything else. */
  files: number | null;
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

/** An entry as a search sees it, with its copies that may be seen together. */
export interface Sight {
  serial: number;
  folded: string;
  /** Sessions that have it: one with many copies is still one place to fetch from. */
  sources: number;
  /** When the latest copy was modified. */
  newest: number;
}

/** The columns of a sight, of entries and copies grouped by entry. */
export const sightColumns = `entries.serial as serial, entries.folded as folded,
  count(distinct holder) as sources, max(modified) as newest`;

/** Rows as they are told: the first copy is the one whose path it is. */
export function told(
  { name, size, id, type, files }: Omit<Entry, "serial" | "folded" | "owner">,
  copies: readonly Copy[],
): IndexedFile {
  const [first] = copies;
  if (first === undefined) throw new RangeError("Cannot describe a file that nobody holds");
  const { path, modified } = first;
  const executable = first.executable === null ? null : first.executable === 1;
  return toIndexed(
    { name, size, id: id === null ? null : encodeHex(id), type, files },
    { path, modified, executable },
    copies.map(({ holder }) => holder),
  );
}
