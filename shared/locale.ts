/**
 * Whether a terminal shows UTF-8: all of Windows and macOS do, and elsewhere those that are not told
 * of another character set. Where nothing is said, nobody meant to forbid it.
 *
 * @param os `Deno.build.os`
 * @param env the value of an environment variable
 */
export function showsUtf8(os: string, env: (name: string) => string | undefined): boolean {
  if (os === "windows" || os === "darwin") return true;
  const locale = env("LC_ALL") || env("LC_CTYPE") || env("LANG") || "";
  return locale === "" || /utf-?8/i.test(locale);
}

const inAscii: Record<string, string> = { "·": "-", "…": "...", "–": "-" };

/** A text of ours for where UTF-8 is not shown: its punctuation becomes that of ASCII. */
export function asciiPunctuation(text: string): string {
  return text.replace(/[·…–]/g, (mark) => inAscii[mark] ?? mark);
}
