import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "../../shared/mod.ts";
import { quoteWord, readWords, splitLine } from "./line.ts";

Deno.test({
  name: "splitLine takes words between spaces, and keeps together what is quoted",
  permissions: "none",
  fn: () => {
    const lines: Record<string, string[]> = {
      "": [],
      "   ": [],
      "  search  week\t3 ": ["search", "week", "3"],
      'get "week 3.pdf"': ["get", "week 3.pdf"],
      "get 'week 3.pdf'": ["get", "week 3.pdf"],
      'get "say ""hi"""': ["get", 'say "hi"'],
      "get it's": ["get", "it's"],
      'get 5"disk': ["get", '5"disk'],
      'get ""': ["get", ""],
      "share C:\\Music\\": ["share", "C:\\Music\\"],
      'share "C:\\My Music\\"': ["share", "C:\\My Music\\"],
    };
    for (const [line, words] of Object.entries(lines)) assertEquals(splitLine(line), words, line);
  },
});

Deno.test({
  name: "splitLine says which mark is missing",
  permissions: "none",
  fn: () => {
    for (const line of ['get "week 3', "get 'x", 'get "', 'get "a""']) {
      const error = assertThrows(() => splitLine(line), LanyardError, "has no other");
      assertEquals(error.code, "usage");
    }
  },
});

Deno.test({
  name: "quoteWord and splitLine: any words come back as they were",
  permissions: "none",
  fn: () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom('"', "'", " ", "\t", "\\", "a", "\u00a0", "é") }),
    );
    fc.assert(fc.property(fc.array(text), (words) => {
      assertEquals(splitLine(words.map(quoteWord).join(" ")), words);
    }));
  },
});

Deno.test({
  name: "readWords reads any line, and says where each word begins",
  permissions: "none",
  fn: () => {
    const line = fc.string({ unit: fc.constantFrom('"', "'", " ", "\\", "a", "b") });
    fc.assert(fc.property(line, (typed) => {
      const words = readWords(typed);
      for (const { text, start, mark } of words) {
        assertEquals(typed.startsWith(mark, start), true);
        if (mark === "") assertEquals(typed.startsWith(text, start), true);
        assertEquals(start === 0 || /[\s"']/.test(typed[start - 1] ?? ""), true);
      }
      assertEquals(words.slice(0, -1).every(({ closed }) => closed), true);
    }));
  },
});
