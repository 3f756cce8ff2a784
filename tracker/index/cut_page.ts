import { compareKeys, type Cursors } from "./cursor.ts";
import { type Page, type PageRequest, totalCountedTo } from "./file_index.ts";

/** One entry of a sorted list: its place in the order, and what is there. */
export interface Ranked<T> {
  readonly key: readonly number[];
  readonly at: T;
}

/**
 * Cuts one page out of a sorted list, looking at no more of it than the page and its total need.
 *
 * @param keyLength numbers in each key
 * @throws {LanyardError} `bad-cursor`.
 */
export function cutPage<F, T>(
  found: Iterable<Ranked<F>>,
  { cursor, limit }: PageRequest,
  cursors: Cursors,
  keyLength: number,
  toValue: (at: F) => T,
): Page<T> {
  const after = cursor === undefined ? undefined : cursors.read(cursor, keyLength);
  const entries: Page<T>["entries"] = [];
  let total = 0;
  let more = false;
  for (const { key, at } of found) {
    total = Math.min(total + 1, totalCountedTo);
    if (after === undefined || compareKeys(key, after) > 0) {
      if (entries.length < limit) entries.push({ value: toValue(at), cursor: cursors.write(key) });
      else more = true;
    }
    if (more && total === totalCountedTo) break;
  }
  return { entries, more, total };
}
