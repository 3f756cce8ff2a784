import { limits, parseSharePath, type SharedFile } from "../../../shared/mod.ts";
import type { FileIndex, IndexedFile, Page, PageRequest } from "../file_index.ts";

/** An empty index, closed when it is over. */
export type MakeIndex = () => Promise<FileIndex & Partial<AsyncDisposable>>;

/** Says what an index does, as a test. */
export type Say = (behaviour: string, run: (index: FileIndex) => Promise<void>) => void;

/** The longest page there is. */
export const page: PageRequest = { limit: limits.pageEntries };

/** A file of a classic peer: nobody knows what is in it. */
export function fileWithoutId(path: string, size = 5): SharedFile {
  return { path: parseSharePath(path), size, modified: 1 };
}

export function values(found: Page<IndexedFile>): IndexedFile[] {
  return found.entries.map(({ value }) => value);
}

export function names(found: Page<IndexedFile>): string[] {
  return values(found).map(({ name }) => name);
}

export function paths(found: Page<IndexedFile>): string[] {
  return values(found).map(({ path }) => path);
}
