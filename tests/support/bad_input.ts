/** What no side of the protocol may be impressed by. */

const encoder = new TextEncoder();

/** A line of bytes, some of which are no text. */
export function bytesOf(...parts: (string | number[])[]): Uint8Array {
  const chunks = parts.map((part) => typeof part === "string" ? encoder.encode(part) : part);
  return Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
}

/** The first bytes of a TLS client, with a body without any line feed. */
export const clientHello: Uint8Array = bytesOf(
  [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03],
  "A".repeat(500),
);

/** Paths that must not be taken from anybody: as JSON may carry them. */
export const badPaths: readonly string[] = [
  "",
  ".",
  "..",
  "/",
  "../x",
  "a/../../x",
  "a/..",
  "./x",
  "a/./x",
  "a//x",
  "//x",
  "x/",
  "/etc/passwd",
  "C:\\x",
  "C:x",
  "D:relative",
  "c:/x",
  "\\\\server\\share",
  "\\??\\C:\\x",
  "a\\..\\x",
  "..\\x",
  "nul\u0000byte",
  "line\nfeed",
  "carriage\rreturn",
  "escape\u001b[2J",
  "next\u0085line",
  "e\u0301 is not NFC",
  "x".repeat(256),
  "x/".repeat(2100) + "x",
];

/** Numbers that are no number of bytes, as JSON writes them. */
export const badSizes: readonly string[] = [
  "-1",
  "1.5",
  "9007199254740992",
  "9223372036854775808",
  "1e400",
  "-9007199254740993",
  '"10"',
  '"1e9"',
  "null",
  "true",
  "[]",
  "{}",
  "01",
  "0x10",
  "NaN",
  "٣",
];
