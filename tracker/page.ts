import { limits, utf8Length } from "../shared/mod.ts";
import type { Page } from "./index/mod.ts";

/** What of a page fits a line, and the cursor of the rest. */
export interface Fitted<T> {
  values: T[];
  more?: string;
}

/** Cuts a page so that its entries, written as JSON, fit one line with room for the cursor. */
export function fitPage<T>(page: Page<T>): Fitted<T> {
  const values: T[] = [];
  let bytes = 0;
  let last: string | undefined;
  for (const { value, cursor } of page.entries) {
    // Whoever has left meanwhile is no value, and not written.
    if (value !== undefined) bytes += utf8Length(JSON.stringify(value)) + 1;
    if (bytes > limits.pageBytes) break;
    values.push(value);
    last = cursor;
  }
  const complete = values.length === page.entries.length && !page.more;
  return complete || last === undefined ? { values } : { values, more: last };
}

/** The same page with each entry translated. */
export function mapPage<A, B>(page: Page<A>, translate: (value: A) => B): Page<B> {
  return {
    ...page,
    entries: page.entries.map(({ value, cursor }) => ({ value: translate(value), cursor })),
  };
}
