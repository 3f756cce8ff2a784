import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "./errors.ts";
import { limits } from "./limits.ts";
import { parseStrictJson } from "./strict_json.ts";
import { anyText, character } from "./testing/values.ts";

Deno.test({
  name: "parseStrictJson parses what JSON.parse parses",
  permissions: "none",
  fn: () => {
    const shallow = fc.jsonValue({ maxDepth: limits.jsonDepth, stringUnit: character });
    fc.assert(fc.property(shallow, (value) => {
      const text = JSON.stringify(value);
      assertEquals(parseStrictJson(text), JSON.parse(text));
    }));
  },
});

Deno.test({
  name: "parseStrictJson refuses what is not JSON",
  permissions: "none",
  fn: () => {
    for (const text of ["", "{", "{}}", "{'a':1}", "{a:1}", '{"a":1,}', "NaN", '{"a":"\n"}']) {
      assertRefused(text);
    }
  },
});

Deno.test({
  name: "hostile 32: parseStrictJson refuses numbers with leading zeros, signs or other digits",
  permissions: "none",
  fn: () => {
    for (const number of ["007", "+1", "0x10", "1_000", "٣", "１", ".5", "1.", "--1", "Infinity"]) {
      assertRefused(`{"size":${number}}`);
    }
  },
});

Deno.test({
  name: "parseStrictJson refuses a key twice in one object",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        '{"a":1,"a":2}',
        '{"a":1,"a":1}',
        '{"":1,"":2}',
        '{"a":1,"b":{"c":[{"d":1,"e":2,"d":3}]}}',
        '{"a":{"b":1},"a":2}',
        '[{"x":1},{"a":1,"b":[],"a":2}]',
        '{ "a" : 1 , "b" : 2 , "a" : 3 }',
        '{"a":"}","a":1}',
        '{"__proto__":1,"__proto__":2}',
      ]
    ) assertRefused(text, "key twice");
  },
});

Deno.test({
  name: "parseStrictJson refuses a key twice when escapes hide it",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        String.raw`{"a":1,"\u0061":2}`,
        String.raw`{"\u0061":1,"a":2}`,
        String.raw`{"\u00e9":1,"\u00E9":2}`,
        String.raw`{"/":1,"\/":2}`,
        String.raw`{"\"":1,"\u0022":2}`,
        String.raw`{"\\":1,"\u005c":2}`,
      ]
    ) assertRefused(text, "key twice");
  },
});

Deno.test({
  name: "parseStrictJson accepts one key in several objects, and as a value",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        '[{"a":1},{"a":2}]',
        '{"a":{"a":{"a":1}},"b":{"a":2}}',
        '{"a":"a","b":"a"}',
        '{"a":["a","a",{"a":"a"},"a"],"b":1}',
        '{"a":"\\"a\\":1,","b":"{\\"a\\":"}',
        String.raw`{"a":"\\","b":"\\\\","c":"\\\""}`,
        '{"a":1,"A":2,"á":3,"a ":4}',
      ]
    ) assertEquals(parseStrictJson(text), JSON.parse(text));
  },
});

Deno.test({
  name: "parseStrictJson finds a doubled key wherever it is, and nothing where there is none",
  permissions: "none",
  fn: () => {
    const key = fc.oneof(anyText, fc.constantFrom("a", '"', "\\", "}", ","));
    const value = fc.jsonValue({ maxDepth: 2, stringUnit: character });
    fc.assert(fc.property(fc.array(fc.tuple(key, value), { maxLength: 6 }), (entries) => {
      const text = `{${entries.map((pair) => pair.map(stringify).join(":")).join(", ")}}`;
      const doubled = new Set(entries.map(([key]) => key)).size < entries.length;
      if (doubled) assertRefused(text, "key twice");
      else assertEquals(parseStrictJson(text), JSON.parse(text));
    }));
  },
});

Deno.test({
  name: "parseStrictJson accepts the depth that FOUND needs and refuses one container more",
  permissions: "none",
  fn: () => {
    // body, files, file, sources, source
    assertEquals(parseStrictJson('{"f":[{"s":[{"p":1}]}]}'), { f: [{ s: [{ p: 1 }] }] });
    assertRefused('{"f":[{"s":[{"p":{}}]}]}', "nested too deeply");
    assertRefused("[".repeat(6) + "]".repeat(6), "nested too deeply");
    assertEquals(parseStrictJson("[[[[[]]],[[[]]]],[[[[]]]]]"), [[[[[]]], [[[]]]], [[[[]]]]]);
  },
});

Deno.test({
  name: "hostile 33: parseStrictJson survives a line of nothing but brackets",
  permissions: "none",
  fn: () => {
    const half = limits.lineBytes / 2;
    assertRefused("[".repeat(half) + "]".repeat(half), "nested too deeply");
    assertRefused('{"a":'.repeat(10_000) + "1" + "}".repeat(10_000), "nested too deeply");
    assertRefused("[".repeat(limits.lineBytes));
  },
});

Deno.test({
  name: "hostile 9: parseStrictJson refuses half of a surrogate pair in keys and values",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        String.raw`{"a":"\ud800"}`,
        String.raw`{"a":"\uDC00x"}`,
        String.raw`{"a":"\udc00\ud800"}`,
        String.raw`{"a":[["x","\ud83d"]]}`,
        String.raw`{"\ud800":1}`,
        String.raw`{"a":{"b\udfff":1}}`,
      ]
    ) assertRefused(text, "surrogate");
    const whole = String.raw`{"a":"\ud83d\ude00","\ud83d\ude00":"😀"}`;
    assertEquals(parseStrictJson(whole), { a: "😀", "😀": "😀" });
  },
});

Deno.test({
  name: "parseStrictJson makes a key named __proto__ an ordinary one",
  permissions: "none",
  fn: () => {
    const value = parseStrictJson('{"__proto__":{"admin":true},"constructor":1}') as object;
    assertEquals(Object.keys(value), ["__proto__", "constructor"]);
    assertEquals(Object.getPrototypeOf(value), Object.prototype);
    assert(!("admin" in {}));
  },
});

Deno.test({
  name: "parseStrictJson throws nothing but LanyardError",
  permissions: "none",
  fn: () => {
    const pieces = fc.array(
      fc.constantFrom(
        "{",
        "}",
        "[",
        "]",
        '"',
        ":",
        ",",
        "\\",
        "a",
        "1",
        "\\u",
        "d800",
        " ",
        "null",
      ),
      { maxLength: 16 },
    );
    const text = fc.oneof(anyText, fc.json(), pieces.map((p) => p.join("")));
    fc.assert(
      fc.property(text, (text) => {
        try {
          parseStrictJson(text);
        } catch (error) {
          assert(error instanceof LanyardError && error.fatal, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  },
});

function assertRefused(text: string, because = ""): void {
  const error = assertThrows(() => parseStrictJson(text), LanyardError, because);
  assertEquals([error.code, error.fatal], ["syntax", true]);
}

function stringify(value: unknown): string {
  return JSON.stringify(value);
}
