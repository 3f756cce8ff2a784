import type { Holder } from "../file_index.ts";
import type { StoredCopy, StoredEntry } from "../indexed_file.ts";

/** Content under a name, as a row. */
export interface EntryRow extends StoredEntry {
  serial: number;
}

/** A session's file, as a row. */
export interface CopyRow extends StoredCopy {
  entry: number;
  serial: number;
  holder: Holder;
}
