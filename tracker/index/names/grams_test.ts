import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { eachGram, gramsOf, nameStart, wholeName } from "./grams.ts";

const permissions = "none";

/** The keys of all grams of a text. */
function keysIn(text: string): Set<number> {
  const keys = new Set<number>();
  eachGram(text, (key) => keys.add(key));
  return keys;
}

const word = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" });

Deno.test("gramsOf asks for nothing that a name with these words has not", { permissions }, () => {
  const words = fc.array(word, { maxLength: 20 });
  fc.assert(fc.property(words, fc.string({ unit: "grapheme" }), (words, between) => {
    const keys = keysIn(wholeName(words.join(between)));
    for (const key of gramsOf(words)) assert(keys.has(key));
  }));
});

Deno.test("gramsOf asks for a few of what a text has, from its beginning to its end", {
  permissions,
}, () => {
  const text = Array.from({ length: 500 }, (_, at) => String.fromCharCode(at + 32)).join("");
  const keys = gramsOf([text]);
  assertEquals(keys.length, 12);
  const has = (part: string): boolean => keys.some((key) => keysIn(part).has(key));
  assertEquals([has(text.slice(0, 2)), has(text.slice(-2)), has("none")], [true, true, false]);
  assertEquals(gramsOf([]), []);
});

Deno.test("nameStart and wholeName tell what begins with a text, and what is it", {
  permissions,
}, () => {
  const hasAll = (name: string, text: string): boolean => {
    const keys = keysIn(wholeName(name));
    return gramsOf([text]).every((key) => keys.has(key));
  };
  for (const text of ["a", "ab", "abc", "雪"]) {
    assert(hasAll(`${text} tail`, nameStart(text)));
    assert(!hasAll(`head ${text}`, nameStart(text)));
    assert(hasAll(text, wholeName(text)));
    for (const other of [`${text} tail`, `head ${text}`]) assert(!hasAll(other, wholeName(text)));
  }
});
