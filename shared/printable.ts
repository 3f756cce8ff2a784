/**
 * Characters that change what a terminal or log shows without being seen: controls, line and
 * paragraph separators, halves of surrogate pairs, and all that Unicode calls ignorable: bidi marks,
 * overrides and isolates, zero-width characters, the byte order mark, fillers, tags. Left as they
 * are: those that only choose between forms of the character before them, as many emoji have.
 */
const unseen =
  /[[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]--[\ufe00-\ufe0f]]/gv;

/** Text from a remote or a file system as it may be shown: what cannot be seen is written `\u{…}`. */
export function printable(text: string): string {
  return text.replace(unseen, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The same for a text of several lines, which stay lines. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/**
 * A value as one line of JSON, for programs whose output somebody may look at all the same: what
 * cannot be seen is written as JSON's own escapes, so that whoever parses it gets the very value.
 */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(
    unseen,
    (character) =>
      Array.from(
        { length: character.length },
        (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
      ).join(""),
  );
}
