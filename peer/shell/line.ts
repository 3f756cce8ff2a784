import { LanyardError } from "../../shared/mod.ts";

/**
 * The grammar of a line: words between spaces. A word that begins with `"` or `'` goes on to the
 * same mark, and that mark doubled stands for itself: `"week ""3"""`. Inside of a word a mark is
 * nothing special, and a backslash never is: `it's` and `C:\Music` are what they look like.
 */

/** A word, and where it is. */
export interface Word {
  text: string;
  /** Index of its first character in the line, its mark included. */
  start: number;
  /** The mark it begins with, or nothing. */
  mark: string;
  /** Whether its mark is there at its end. */
  closed: boolean;
}

/** The words of a line; the last one may be open, as it is while it is typed. */
export function readWords(line: string): Word[] {
  const words: Word[] = [];
  for (let at = 0; at < line.length;) {
    if (isSpace(line[at])) at++;
    else {
      const [word, end] = readWord(line, at);
      words.push(word);
      at = end;
    }
  }
  return words;
}

/**
 * The words of a line that was entered.
 *
 * @throws {LanyardError} `usage` if a mark is not closed.
 */
export function splitLine(line: string): string[] {
  return readWords(line).map(({ text, mark, closed }) => {
    if (closed) return text;
    throw new LanyardError("usage", `A ${mark} has no other ${mark} at its end; add one`);
  });
}

/** A word as it has to be typed. */
export function quoteWord(text: string): string {
  const isPlain = text !== "" && !/\s/.test(text) && !/^["']/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

/** Reads one word; returns it and the index behind it. */
function readWord(line: string, start: number): [Word, number] {
  const first = line[start] ?? "";
  const mark = first === '"' || first === "'" ? first : "";
  let text = "";
  for (let at = start + mark.length; at < line.length; at++) {
    const character = line[at] ?? "";
    if (mark === "" && isSpace(character)) return [{ text, start, mark, closed: true }, at];
    if (mark !== "" && character === mark) {
      if (line[at + 1] !== mark) return [{ text, start, mark, closed: true }, at + 1];
      at++;
    }
    text += character;
  }
  return [{ text, start, mark, closed: mark === "" }, line.length];
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}
