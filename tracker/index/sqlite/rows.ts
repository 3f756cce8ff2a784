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

/** All copies of an entry that may be seen: what the first one says, and who has them. */
export interface Copies extends Pick<Copy, "entry" | "path" | "modified" | "executable"> {
  /** Holders as a JSON array, the first copy's first; a session may have several. */
  holders: string;
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

/**
 * An entry as it is told.
 *
 * @param copies of entries, among them this one
 * @param held the copy whose path it is; the first one if missing
 */
export function told(
  { serial, name, size, id, type, files }: Omit<Entry, "folded" | "owner">,
  copies: ReadonlyMap<number, Copies>,
  held?: Copy,
): IndexedFile {
  const all = copies.get(serial);
  if (all === undefined) throw new RangeError("Cannot describe a file that nobody holds");
  const { path, modified, executable } = held ?? all;
  const holders: Holder[] = JSON.parse(all.holders);
  return toIndexed(
    { name, size, id: id === null ? null : encodeHex(id), type, files },
    { path, modified, executable: executable === null ? null : executable === 1 },
    held === undefined ? holders : [held.holder, ...holders],
  );
}
