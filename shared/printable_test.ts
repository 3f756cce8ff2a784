import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { printable } from "./printable.ts";
import { hasControlCharacter } from "./share_path.ts";
import { anyText } from "./testing/values.ts";

Deno.test({
  name: "hostile 7: printable writes out what a terminal would obey or hide",
  permissions: "none",
  fn: () => {
    for (
      const [text, shown] of [
        ["a\0b", "a\\u{0}b"],
        ["a\r\nERROR", "a\\u{d}\\u{a}ERROR"],
        ["\u001b[2J", "\\u{1b}[2J"],
        ["\u009b2J\u007f", "\\u{9b}2J\\u{7f}"],
        ["cod\u202etxt.exe", "cod\\u{202e}txt.exe"],
        ["\u2066a\u2069\u200f", "\\u{2066}a\\u{2069}\\u{200f}"],
        ["a\u200bb\ufeff", "a\\u{200b}b\\u{feff}"],
        ["a\u2028b", "a\\u{2028}b"],
        ["a\u{e0041}b", "a\\u{e0041}b"],
        ["\ud800x", "\\u{d800}x"],
      ] as const
    ) assertEquals(printable(text), shown);
  },
});

Deno.test({
  name: "printable leaves text that can be seen as it is",
  permissions: "none",
  fn: () => {
    for (const text of ["", "a b.txt", "Übung", "日本語", "😀", "עברית", "e\u0301", "a\u00a0b"]) {
      assertEquals(printable(text), text);
    }
  },
});

Deno.test({
  name: "hostile 7: printable leaves no control character in any text",
  permissions: "none",
  fn: () => {
    fc.assert(fc.property(anyText, (text) => {
      assertEquals(hasControlCharacter(printable(text)), false);
      assertEquals(printable(printable(text)), printable(text));
    }));
  },
});
