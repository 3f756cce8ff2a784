/** Letters that stay apart under NFKD although people type them alike, and the final sigma. */
const lookAlikes: Record<string, string> = {
  "ß": "ss",
  "ø": "o",
  "ł": "l",
  "æ": "ae",
  "ı": "i",
  "ς": "σ",
};

// deno-lint-ignore no-control-regex
const ascii = /^[\u0000-\u007f]*$/;

/**
 * The form of a text in which names are compared: NFKD, marks dropped, lower case, ß→ss ø→o ł→l
 * æ→ae ı→i. `fold("Übung") === fold("ubung")`. Folding twice changes nothing.
 */
export function fold(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  // Lower case can bring a mark back (İ → i + U+0307), so marks are dropped after it as well.
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().normalize("NFKD")
    .replace(/\p{M}/gu, "").replace(/[ßøłæıς]/g, (letter) => lookAlikes[letter] ?? letter);
}
