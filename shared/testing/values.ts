/** Arbitrary values of the protocol's fields, for property tests. */
import { encodeBase64Url } from "@std/encoding";
import fc from "fast-check";
import { utf8Length } from "../fields.ts";
import { limits } from "../limits.ts";
import {
  hasControlCharacter,
  parseSharePath,
  type SharePath,
  sharePathFault,
} from "../share_path.ts";

/**
 * Any character of Unicode, control characters included; halves of surrogate pairs are none. (The
 * unit "binary" of fast-check is the same, but takes a second to make.)
 */
export const character: fc.Arbitrary<string> = fc.oneof(
  fc.nat({ max: 0x7f }),
  fc.nat({ max: 0x10f7ff }).map((rank) => rank < 0xd800 ? rank : rank + 0x800),
).map((point) => String.fromCodePoint(point));

/** Any well-formed text. */
export const anyText: fc.Arbitrary<string> = fc.string({ unit: character, maxLength: 24 });

/** Text as people type it: whole graphemes, so that combining marks and emoji are met. */
const typed = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });

const oddName = fc.constantFrom(
  "a b.txt",
  "a, b.txt",
  'say "hi".md',
  "<b>.html",
  "x|y.log",
  "SEARCH: a",
  "<a, b, 1, , 10.0.0.1, 1>",
  "FOUND: <",
  "🎵 été.flac",
  "a.b,c",
  "con.txt",
  "-rf",
  "%2e%2e%2f",
  "__proto__",
);

/** A file name that a share path may end in. */
export const name: fc.Arbitrary<string> = fc.oneof(oddName, typed.map(toName))
  .filter((text) => !text.includes("/") && sharePathFault(text) === undefined);

/** A share path of one to four components. */
export const path: fc.Arbitrary<SharePath> = fc.array(name, { minLength: 1, maxLength: 4 })
  .map((names) => names.join("/")).filter((text) => sharePathFault(text) === undefined)
  .map(parseSharePath);

/** A label of a peer or tracker. */
export const label: fc.Arbitrary<string> = fc.oneof(fc.constant("ana"), typed).filter((text) =>
  text.trim() !== "" && !hasControlCharacter(text) && utf8Length(text) <= limits.labelBytes
);

/** A number of bytes. */
export const bytes: fc.Arbitrary<number> = fc.oneof(fc.nat(), fc.maxSafeNat());
/** Unix time in ms, as far as a `Date` goes. */
export const time: fc.Arbitrary<number> = fc.nat({ max: 8_640_000_000_000_000 });
export const port: fc.Arbitrary<number> = fc.nat({ max: 65_535 });
export const hexId: fc.Arbitrary<string> = fc.stringMatching(/^[0-9a-f]{64}$/);
export const address: fc.Arbitrary<string> = fc.oneof(fc.ipV4(), fc.ipV6());
/** Something that only its maker reads. */
export const opaque: fc.Arbitrary<string> = fc.oneof(fc.base64String({ maxLength: 40 }), anyText);

/** What a server makes up for one connection. */
export const nonce: fc.Arbitrary<string> = fc.uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => encodeBase64Url(bytes));

function toName(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.normalize("NFC").replace(/[/\\\u0000-\u001f\u007f-\u009f]/g, "_");
}
