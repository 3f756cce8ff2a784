import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "../../shared/mod.ts";
import { isAlike, readOrder } from "./order.ts";
import { findVerb, helpText, menu, menuNumber, menuText, verbs } from "./verbs.ts";

Deno.test({
  name: "readOrder takes names, other names, beginnings and numbers of commands",
  permissions: "none",
  fn: () => {
    const orders: Record<string, unknown> = {
      "": undefined,
      "  ": undefined,
      "search week 3": { verb: "search", words: ["week", "3"] },
      'SEARCH "week 3"': { verb: "search", words: ["week 3"] },
      "get 2": { verb: "download", words: ["2"] },
      "dow 2": { verb: "download", words: ["2"] },
      "send a.txt to ana": { verb: "upload", words: ["a.txt", "to", "ana"] },
      "1 week": { verb: "search", words: ["week"] },
      "0": { verb: "exit", words: [] },
      "q": { verb: "exit", words: [] },
    };
    for (const [line, order] of Object.entries(orders)) assertEquals(readOrder(line), order, line);
  },
});

Deno.test({
  name: "readOrder says what to type instead of what is no command",
  permissions: "none",
  fn: () => {
    const wrong: Record<string, string> = {
      "serch x": "did you mean search?",
      "donwload 1": "did you mean download?",
      "lst": "did you mean list?",
      "s": "search s", // It may be search or share.
      "week 3": "type: search week 3",
      "99": "The menu has no number 99",
      'get "week': "has no other",
    };
    for (const [line, says] of Object.entries(wrong)) {
      const error = assertThrows(() => readOrder(line), LanyardError, says);
      assertEquals(error.code, "usage");
    }
  },
});

Deno.test({
  name: "readOrder reads any line, or says in a sentence why it does not",
  permissions: "none",
  fn: () => {
    const line = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("get", " ", '"', "'", "1", "x", "__proto__", "\t") }),
    );
    fc.assert(fc.property(line, (typed) => {
      try {
        const order = readOrder(typed);
        assertEquals(order === undefined, typed.trim() === "");
        if (order !== undefined) assertEquals(Object.hasOwn(verbs, order.verb), true);
      } catch (error) {
        assertEquals(error instanceof LanyardError && error.code === "usage", true);
      }
    }));
  },
});

Deno.test({
  name: "the menu has every command, under the number that stands for it",
  permissions: "none",
  fn: () => {
    const rows = menuText().split("\n");
    assertEquals(rows.length, menu.length);
    for (const [at, name] of menu.entries()) {
      const [, number = "", word] = /^ *(\d+) {2}(\w+)/.exec(rows[at] ?? "") ?? [];
      assertEquals([word, findVerb(number), menuNumber(name)], [name, name, Number(number)]);
      assertEquals(helpText(name).includes(verbs[name].example), true);
      assertEquals(readOrder(verbs[name].example)?.verb, name);
    }
  },
});

Deno.test({
  name: "isAlike takes one wrong, missing, doubled or exchanged letter, and no more",
  permissions: "none",
  fn: () => {
    for (const typed of ["searh", "seearch", "serach", "seorch", "search", "SEARCH"]) {
      assertEquals(isAlike(typed, "search"), true, typed);
    }
    for (const typed of ["serh", "reach", "", "searching"]) {
      assertEquals(isAlike(typed, "search"), false, typed);
    }
  },
});
