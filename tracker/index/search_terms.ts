import { fold, LanyardError, limits } from "../../shared/mod.ts";
import type { SearchQuery } from "./file_index.ts";
import { folderType } from "./folder_changes.ts";

/** A search text taken apart: folded, so that it is compared with folded names only. */
export interface SearchTerms {
  /** Words and quoted phrases, each of which must occur; none twice. */
  words: string[];
  /**
   * The text as one, as it was typed and without its quotes: a name may equal either; once if
   * there is no difference.
   */
  wholes: string[];
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
  return {
    words: [...new Set(words)],
    wholes: [...new Set([words.join(" "), fold(text).trim()])],
  };
}

/** Whether folders are found, too: by texts with a word, and by their type. */
export function findsFolders(
  { filesOnly = false, type = "" }: SearchQuery,
  { words }: SearchTerms,
): boolean {
  return !filesOnly && (words.length > 0 || type.toLowerCase() === folderType);
}

/** What sorts behind all names that begin with a text: none has as many of the last character. */
export function beyond(text: string): string {
  return text + "\u{10ffff}".repeat(Math.ceil(limits.nameBytes / 4));
}

/** How well a name fits, best first: the order in which results are listed. */
export type Tier = 0 | 1 | 2 | 3;

/**
 * The tier of a folded name: 0 it is the text, 1 it starts with it, 2 every word starts a word of
 * it, 3 every word occurs somewhere; `undefined` if a word is missing.
 */
export function tierOf(name: string, { words, wholes }: SearchTerms): Tier | undefined {
  if (!words.every((word) => name.includes(word))) return undefined;
  if (wholes.includes(name)) return 0;
  if (wholes.some((whole) => name.startsWith(whole))) return 1;
  return words.every((word) => startsWord(name, word)) ? 2 : 3;
}

const letterOrDigit = /[\p{L}\p{N}]/u;

function startsWord(name: string, word: string): boolean {
  for (let at = name.indexOf(word); at !== -1; at = name.indexOf(word, at + 1)) {
    if (at === 0 || !letterOrDigit.test(name.charAt(at - 1))) return true;
  }
  return false;
}
