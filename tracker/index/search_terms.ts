import { fold, LanyardError, limits } from "../../shared/mod.ts";

/** A search text taken apart: folded, so that it is compared with folded names only. */
export interface SearchTerms {
  /** Words and quoted phrases, each of which must occur. */
  words: string[];
  /** The text as one, for names that equal it or start with it. */
  whole: string;
}

/**
 * Takes a search text apart. `two words` are two, `"two words"` is one; a quote without a partner
 * is a character like any other, and so is everything else.
 *
 * @throws {LanyardError} `too-many` beyond the limit on words.
 */
export function searchTerms(text: string): SearchTerms {
  const words = [...text.matchAll(/"([^"]+)"|(\S+)/g)]
    .map(([, phrase, word]) => fold(phrase ?? word ?? "").trim())
    .filter((word) => word !== "");
  if (words.length > limits.searchWords) {
    throw new LanyardError("too-many", `A search may have at most ${limits.searchWords} words`);
  }
  return { words, whole: words.join(" ") };
}

/** How well a name fits, best first: the order in which results are listed. */
export type Tier = 0 | 1 | 2 | 3;

/**
 * The tier of a folded name: 0 it is the text, 1 it starts with it, 2 every word starts a word of
 * it, 3 every word occurs somewhere; `undefined` if a word is missing.
 */
export function tierOf(name: string, { words, whole }: SearchTerms): Tier | undefined {
  if (!words.every((word) => name.includes(word))) return undefined;
  if (name === whole) return 0;
  if (name.startsWith(whole)) return 1;
  return words.every((word) => startsWord(name, word)) ? 2 : 3;
}

function startsWord(name: string, word: string): boolean {
  for (let at = name.indexOf(word); at !== -1; at = name.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(name.charAt(at - 1))) return true;
  }
  return false;
}
