import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { printable, printableJson, printableLines } from "./printable.ts";
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
        ["a\u3164\u{1d173}b", "a\\u{3164}\\u{1d173}b"],
      ] as const
    ) assertEquals(printable(text), shown);
  },
});

Deno.test({
  name: "printable leaves text that can be seen as it is",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        "",
        "a b.txt",
        "Übung",
        "日本語",
        "😀",
        "עברית",
        "e\u0301",
        "a\u00a0b",
        "❤\ufe0f",
      ]
    ) {
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

Deno.test({
  name: "hostile 7: printableLines keeps lines apart, and nothing else that is unseen",
  permissions: "none",
  fn: () => {
    assertEquals(printableLines("a\u202eb\n\u001b[2J\r\nc"), "a\\u{202e}b\n\\u{1b}[2J\\u{d}\nc");
    fc.assert(fc.property(fc.array(anyText), (lines) => {
      const shown = printableLines(lines.map(printable).join("\n"));
      assertEquals(shown, lines.map(printable).join("\n"));
    }));
  },
});

Deno.test({
  name: "hostile 7: printableJson is JSON of the same value with nothing unseen in it",
  permissions: "none",
  fn: () => {
    const names = [
      "cod\u202etxt",
      "a\u200b\ufeff",
      "\u009b2J\u007f",
      "\u{e0041}",
      "\u2028",
      "é 😀",
    ];
    const line = printableJson({ names });
    assertEquals(
      line,
      '{"names":["cod\\u202etxt","a\\u200b\\ufeff","\\u009b2J\\u007f","\\udb40\\udc41","\\u2028",' +
        '"é 😀"]}',
    );
    assertEquals(JSON.parse(line), { names });
    fc.assert(fc.property(fc.dictionary(anyText, fc.oneof(anyText, fc.integer())), (value) => {
      const json = printableJson(value);
      assertEquals(JSON.parse(json), JSON.parse(JSON.stringify(value)));
      assertEquals(printable(json), json);
    }));
  },
});
