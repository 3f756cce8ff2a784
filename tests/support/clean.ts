/** What a terminal would obey, or hide. */
const forbidden =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff]|[\u{e0000}-\u{e0fff}]|\p{Cs}/u;

/** That a program's output has nothing in it that a terminal would obey or hide. */
export function assertClean(what: string, ...texts: string[]): void {
  for (const text of texts) {
    const found = forbidden.exec(text);
    if (found === null) continue;
    const around = text.slice(Math.max(0, found.index - 40), found.index + 20);
    const code = found[0].codePointAt(0)?.toString(16);
    throw new Error(`${what}: U+${code} in ${JSON.stringify(around)}`);
  }
}
