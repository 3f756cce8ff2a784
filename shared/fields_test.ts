import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "./errors.ts";
import {
  array,
  boolean,
  type Field,
  integer,
  matching,
  object,
  oneOf,
  optional,
  text,
  utf8Length,
} from "./fields.ts";
import { anyText } from "./testing/values.ts";

const largest = Number.MAX_SAFE_INTEGER;

Deno.test({
  name: "hostile 24: integer accepts whole numbers from least to most",
  permissions: "none",
  fn: () => {
    for (const value of [0, 1, 65_536, 2 ** 32, largest]) accepts(integer(0), value);
    accepts(integer(-3, 3), -3);
    accepts(integer(1, 3), 3);
  },
});

Deno.test({
  name: "hostile 24: integer refuses fractions, other types and what is out of range",
  permissions: "none",
  fn: () => {
    const wrong = [1.5, -1, 2 ** 53, 2 ** 63, 1e300, NaN, Infinity, -Infinity];
    for (const value of [...wrong, "1", "1e9", "", null, undefined, true, [1], {}, 1n]) {
      refuses(integer(0), value);
    }
    refuses(integer(1, 3), 0);
    refuses(integer(1, 3), 4);
  },
});

Deno.test({
  name: "hostile 32: integer refuses lengths that JSON rounds to 2^53 and above",
  permissions: "none",
  fn: () => {
    for (const digits of ["9007199254740992", "9007199254740993", "18446744073709551616", "-1"]) {
      refuses(integer(0), JSON.parse(digits));
    }
    accepts(integer(0), JSON.parse("9007199254740991"));
  },
});

Deno.test({
  name: "integer makes negative zero zero",
  permissions: "none",
  fn: () => {
    assertEquals(Object.is(integer(0).parse(JSON.parse("-0"), "size"), 0), true);
  },
});

Deno.test({
  name: "object ignores keys that it does not name",
  permissions: "none",
  fn: () => {
    const point = object({ x: integer(0) });
    assertEquals(point.parse({ x: 1, y: "new", z: [{}] }, "POINT"), { x: 1 });
  },
});

Deno.test({
  name: "object takes a missing optional key for absent and refuses a missing required one",
  permissions: "none",
  fn: () => {
    const point = object({ x: integer(0), note: optional(text(5)) });
    assertEquals(Object.keys(point.parse({ x: 1 }, "POINT")), ["x"]);
    assertEquals(point.parse({ x: 1, note: "" }, "POINT"), { x: 1, note: "" });
    refuses(point, { note: "a" }, '"x" is missing in "list"');
  },
});

Deno.test({
  name: "object refuses an optional key of the wrong type",
  permissions: "none",
  fn: () => {
    const note = object({ note: optional(text(5)) });
    for (const value of [null, 1, "too long", [], undefined]) {
      refuses(note, { note: value }, "note");
    }
  },
});

Deno.test({
  name: "object refuses what is no object",
  permissions: "none",
  fn: () => {
    for (const value of [null, 1, "{}", [], true, undefined]) refuses(object({}), value);
  },
});

Deno.test({
  name: "object reads own keys only",
  permissions: "none",
  fn: () => {
    const field = object({ x: integer(0) });
    refuses(field, Object.create({ x: 1 }));
    // What JSON.parse makes of a key `__proto__` is an own property that nobody named.
    assertEquals(field.parse(JSON.parse('{"__proto__":{"x":2},"x":1}'), "X"), { x: 1 });
  },
});

Deno.test({
  name: "array parses each entry and counts them",
  permissions: "none",
  fn: () => {
    accepts(array(integer(0), 2), []);
    accepts(array(integer(0), 2), [1, 2]);
    refuses(array(integer(0), 2), [1, 2, 3], "more than 2");
    refuses(array(integer(0)), [1, "2"], "list");
    for (const value of [{}, "ab", null, { length: 1, 0: 1 }]) refuses(array(integer(0)), value);
  },
});

Deno.test({
  name: "text measures in bytes of UTF-8",
  permissions: "none",
  fn: () => {
    accepts(text(4), "abcd");
    accepts(text(4), "éé");
    accepts(text(4), "😀");
    refuses(text(4), "ééa", "longer than 4 bytes");
    refuses(text(3), "😀");
    for (const value of [1, null, ["a"], {}]) refuses(text(4), value, "not a string");
  },
});

Deno.test({
  name: "matching refuses other text and other types",
  permissions: "none",
  fn: () => {
    const digits = matching(/^[0-9]+$/, "digits");
    accepts(digits, "12");
    for (const value of ["", "a", "12\n", "１", 12, null]) refuses(digits, value, "not digits");
  },
});

Deno.test({
  name: "boolean accepts true and false alone",
  permissions: "none",
  fn: () => {
    accepts(boolean, true);
    accepts(boolean, false);
    for (const value of [0, 1, "true", null, undefined]) refuses(boolean, value);
  },
});

Deno.test({
  name: "oneOf accepts its words alone",
  permissions: "none",
  fn: () => {
    accepts(oneOf("yes", "no"), "no");
    for (const value of ["maybe", "NO", "", null, 0]) refuses(oneOf("yes", "no"), value, "yes, no");
  },
});

Deno.test({
  name: "utf8Length counts what TextEncoder writes",
  permissions: "none",
  fn: () => {
    fc.assert(fc.property(anyText, (text) => {
      assertEquals(utf8Length(text), new TextEncoder().encode(text).length);
    }));
  },
});

function accepts<T>(field: Field<T>, value: T): void {
  assertEquals(field.parse(value, "value"), value);
}

function refuses(field: Field<unknown>, value: unknown, because = ""): void {
  const error = assertThrows(() => field.parse(value, "list"), LanyardError, because);
  assertEquals([error.code, error.fatal], ["syntax", true]);
}
