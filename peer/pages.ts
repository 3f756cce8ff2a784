import { syntaxError } from "../shared/mod.ts";

/** Pages in a row that may have nothing on them: what was on them may have gone just then. */
const mostEmpty = 10;

/**
 * Asks for page after page of a list, as long as there are more.
 *
 * @param ask asks for the first page, or for the one behind a cursor
 * @param entries those on a page
 * @throws {LanyardError} `syntax` if the list does not come forward, or what `ask` throws.
 */
export async function* pages<P extends { more?: string }, E>(
  ask: (cursor: { cursor?: string }) => Promise<P | undefined>,
  entries: (page: P) => readonly E[],
): AsyncGenerator<E> {
  let cursor: string | undefined;
  let empty = 0;
  do {
    const page = await ask(cursor === undefined ? {} : { cursor });
    if (page === undefined) return;
    const found = entries(page);
    yield* found;
    empty = found.length === 0 ? empty + 1 : 0;
    if (page.more !== undefined && (empty > mostEmpty || page.more === cursor)) {
      throw syntaxError("The tracker tells a list that does not come forward");
    }
    cursor = page.more;
  } while (cursor !== undefined);
}
