import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { fold } from "./fold.ts";
import { character } from "./testing/values.ts";

Deno.test({
  name: "fold makes alike what people type alike",
  permissions: "none",
  fn: () => {
    for (
      const [name, typed] of [
        ["Übung", "ubung"],
        ["U\u0308bung", "ubung"],
        ["straße", "strasse"],
        ["STRAẞE", "strasse"],
        ["Łódź", "lodz"],
        ["İstanbul", "istanbul"],
        ["ısı", "isi"],
        ["ΣΊΣΥΦΟΣ", "σισυφοσ"],
        ["Σ", "ς"],
        ["smørrebrød", "smorrebrod"],
        ["SMØRREBRØD", "smorrebrod"],
        ["Æther", "aether"],
        ["ǽ", "ae"],
        ["Ｆｕｌｌ", "full"],
        ["ﬁle", "file"],
        ["Ⅳ", "iv"],
        ["naïve façade", "naive facade"],
        ["Ёлка", "елка"],
      ] as const
    ) assertEquals(fold(name), fold(typed), name);
  },
});

Deno.test({
  name: "fold keeps apart what is another word",
  permissions: "none",
  fn: () => {
    for (const [a, b] of [["a", "b"], ["a b", "ab"], ["α", "a"], ["1", "l"], ["a.b", "ab"]]) {
      assertNotEquals(fold(a ?? ""), fold(b ?? ""));
    }
  },
});

Deno.test({
  name: "fold leaves the words of plain text as they are",
  permissions: "none",
  fn: () => {
    assertEquals(fold("Read Me (2).TXT"), "read me (2).txt");
    assertEquals(fold(""), "");
    assertEquals(fold("日本語"), "日本語");
    // The index pads names with U+0001 and relies on it to stay.
    assertEquals(fold("\u0001Éa\u0001\u0001"), "\u0001ea\u0001\u0001");
  },
});

Deno.test({
  name: "fold changes no letter that was folded, of all there are",
  permissions: "none",
  fn: () => {
    const changed: string[] = [];
    for (let point = 0; point <= 0x10ffff; point++) {
      const letter = String.fromCodePoint(point);
      const folded = fold(letter);
      if (folded !== letter && fold(folded) !== folded) changed.push(letter);
    }
    assertEquals(changed, []);
  },
});

Deno.test({
  name: "fold changes nothing the second time",
  permissions: "none",
  fn: () => {
    const unit = fc.oneof(
      fc.string({ unit: character, maxLength: 3 }),
      fc.string({ unit: "grapheme", maxLength: 3 }),
      // What depends on its neighbours: sigma at a word's end, marks, dotted and dotless i.
      fc.constantFrom("Σ", "ς", "İ", "ı", "\u0307", "\u0345", "ẞ", "J\u030c", " ", "A", "\ud800"),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
        const folded = fold(units.join(""));
        assertEquals(fold(folded), folded);
      }),
      { numRuns: 2000 },
    );
  },
});

Deno.test({
  name: "fold does not care for upper and lower case, composed and decomposed",
  permissions: "none",
  fn: () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
      assertEquals(fold(text.normalize("NFD")), fold(text.normalize("NFC")));
      assertEquals(fold(text.toLowerCase()), fold(text));
    }));
  },
});
