/**
 * Characters that change what a terminal or log shows without being seen: C0 and C1 controls, DEL,
 * bidi marks, embeddings, overrides and isolates, zero-width characters, line and paragraph
 * separators, the byte order mark, tags, and halves of surrogate pairs.
 */
const unseen =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]/gu;

/** Text from a remote or a file system as it may be shown: what cannot be seen is written `\u{…}`. */
export function printable(text: string): string {
  return text.replace(unseen, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
