import { encodeHex } from "@std/encoding";
import type { Holder, IndexedFile } from "../file_index.ts";
import { toIndexed } from "../indexed_file.ts";

/** Content under a name, as a row. */
export interface Entry {
  serial: number;
  name: string;
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

/** A copy with the bytes that it has. */
export type SizedCopy = Copy & Pick<Entry, "size">;

/** All copies of an entry that may be seen: what the first one says, and who has them. */
export interface Copies extends Pick<Copy, "entry" | "path" | "modified" | "executable"> {
  /** Holders as a JSON array, the first copy's first; a session may have several. */
  holders: string;
}

/**
 * The copies of an entry that may be seen: its serial number, how many sessions have it (one with
 * many copies is still one place to fetch from), when the latest copy was modified, and its name. A
 * search sees hundreds, hence no names for the columns.
 */
export type Sight = [serial: number, sources: number, newest: number, name: string];

/**
 * The columns of a sight, of entries and copies grouped by entry. To count different sessions takes
 * longer than all the rest, and of most there is only one.
 *
 * @param held the condition that a copy may be seen, whose values come first
 */
export function sightColumns(held: string): string {
  return `entries.serial, case when min(holder) = max(holder) then 1 else (
      select count(distinct holder) from copies where entry = entries.serial and ${held}
    ) end, max(modified), name`;
}

/**
 * An entry as it is told.
 *
 * @param copies of entries, among them this one
 * @param held the copy whose path it is; the first one if missing
 */
export function told(
  { serial, name, size, id, type, files }: Omit<Entry, "owner">,
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
