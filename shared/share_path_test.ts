import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "./errors.ts";
import { limits } from "./limits.ts";
import {
  hasControlCharacter,
  nameOf,
  parseSharePath,
  sharePath,
  sharePathFault,
  typeOf,
} from "./share_path.ts";
import { path } from "./testing/values.ts";

Deno.test({
  name: "hostile 1: parseSharePath refuses paths that leave their folder or name none",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        ...["../x", "a/../../x", "a/..", "..", ".", "./x", "a/./b", "a/.", "", "foo/", "/", "//x"],
        ...["a//b", "a/", "../", "..//x", "a/../b"],
      ]
    ) assertRefused(text);
  },
});

Deno.test({
  name: "hostile 2: parseSharePath refuses absolute paths of every system",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        "/etc/passwd",
        "C:\\x",
        "C:/x",
        "C:x",
        "c:",
        "D:relative",
        "\\\\server\\share",
        "//server/share",
        "\\??\\C:\\x",
        "\\\\?\\C:\\x",
        "\\x",
      ]
    ) assertRefused(text);
  },
});

Deno.test({
  name: "hostile 3: parseSharePath refuses backslashes and decodes nothing",
  permissions: "none",
  fn: () => {
    for (const text of ["a\\b", "..\\x", "a/..\\x", "..\\/x", "a\\..\\..\\x", "\\"]) {
      assertRefused(text, "backslash");
    }
    // Per cent signs are ordinary: a name that looks encoded stays what it is.
    for (const text of ["%2e%2e%2fx", "..%5Cx", "%252e%252e", "a%00"]) {
      assertEquals(String(parseSharePath(text)), text);
    }
  },
});

Deno.test({
  name: "hostile 5: parseSharePath refuses NUL",
  permissions: "none",
  fn: () => {
    for (const text of ["\0", "a\0", "a.txt\0.exe", "a/\0/b"]) assertRefused(text, "control");
  },
});

Deno.test({
  name: "hostile 7: parseSharePath refuses C0, DEL and C1 wherever they are",
  permissions: "none",
  fn: () => {
    for (let code = 0; code <= 0x9f; code++) {
      if (code >= 0x20 && code < 0x7f) continue;
      const control = String.fromCharCode(code);
      for (const text of [control, `a${control}`, `${control}a`, `a/b${control}c`]) {
        assert(hasControlCharacter(text));
        assertRefused(text, "control");
      }
    }
    assertRefused("a\r\nFOUND: <x>", "control");
    assertRefused("\u001b[2Ja", "control");
  },
});

Deno.test({
  name: "hostile 9: parseSharePath refuses halves of surrogate pairs and any form but NFC",
  permissions: "none",
  fn: () => {
    for (const text of ["\ud800", "a\udc00.txt", "a/\udc00\ud800"]) {
      assertRefused(text, "not valid Unicode");
    }
    assertRefused("U\u0308bung", "NFC");
    assertRefused("docs/e\u0301.txt", "NFC");
    assertRefused("\u212b", "NFC");
    assertEquals(String(parseSharePath("Übung/é.txt")), "Übung/é.txt");
  },
});

Deno.test({
  name: "hostile 11: parseSharePath refuses components over 255 bytes and paths over 4096",
  permissions: "none",
  fn: () => {
    const longest = "a".repeat(limits.nameBytes);
    assertEquals(String(parseSharePath(longest)), longest);
    assertEquals(sharePathFault(`${"é".repeat(127)}a/b`), undefined);
    for (const text of [`${longest}a`, "é".repeat(128), "😀".repeat(64), `a/${longest}b/c`]) {
      assertRefused(text, "component is longer");
    }
    // Sixteen components of 255 bytes with their slashes are 4095 bytes.
    const deepest = Array(16).fill(longest).join("/");
    assertEquals(sharePathFault(deepest), undefined);
    assertEquals(sharePathFault("a/".repeat(2047) + "ab"), undefined);
    assertRefused("a/".repeat(2047) + "abc", "longer than 4096");
    assertRefused(`${deepest}/b`, "longer than 4096");
  },
});

Deno.test({
  name: "parseSharePath accepts names that are legal though odd",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        "a",
        " leading and trailing ",
        'say "hi".txt',
        "it's",
        "a, b, c.txt",
        "<script>alert(1)</script",
        "a|b",
        "x > y",
        "🎵 music/😀.flac",
        "...",
        "..a/a..",
        ".hidden/.profile",
        "con.txt",
        "nul",
        "trailing.",
        "file:stream",
        "docs/C:",
        "~",
        "$(rm -rf)",
        "*?",
        "-rf",
        "日本語.txt",
        "NOT FOUND",
        "a\u200bb\u202etxt.exe",
      ]
    ) assertEquals(String(parseSharePath(text)), text);
  },
});

Deno.test({
  name: "parseSharePath accepts no path that a join would move",
  permissions: "none",
  fn: () => {
    const part = fc.oneof(
      fc.constantFrom("..", ".", "", "a", "b", "/", "\\", "C:", " ", "..."),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const text = parts.join("/");
        if (sharePathFault(text) !== undefined) return;
        // URL resolution is an independent reading of dots and slashes.
        const url = new URL(text.split("/").map(encodeURIComponent).join("/"), "file:///root/");
        assertEquals(decodeURIComponent(url.pathname), `/root/${text}`);
      }),
      { numRuns: 1000 },
    );
  },
});

Deno.test({
  name: "sharePath refuses what is no string",
  permissions: "none",
  fn: () => {
    for (const value of [null, 1, ["a"], { path: "a" }, undefined]) {
      const error = assertThrows(() => sharePath.parse(value, "path"), LanyardError, '"path"');
      assertEquals([error.code, error.fatal], ["syntax", true]);
    }
    assertThrows(() => sharePath.parse("../x", "path"), LanyardError);
  },
});

Deno.test({
  name: "nameOf is the last component",
  permissions: "none",
  fn: () => {
    assertEquals(nameOf("a"), "a");
    assertEquals(nameOf("docs/2024/a b.txt"), "a b.txt");
    fc.assert(fc.property(path, (path) => {
      assertEquals(nameOf(path), path.split("/").at(-1));
      assertEquals(sharePathFault(`folder/${nameOf(path)}`), undefined);
    }));
  },
});

Deno.test({
  name: "typeOf is the extension in lower case",
  permissions: "none",
  fn: () => {
    for (
      const [name, type] of [
        ["a.txt", "txt"],
        ["A.TXT", "txt"],
        ["a.tar.gz", "gz"],
        ["README", ""],
        [".profile", ""],
        [".profile.bak", "bak"],
        ["a.", ""],
        ["a..b", "b"],
        ["été.ÉTÉ", "été"],
      ] as const
    ) assertEquals(typeOf(name), type, name);
  },
});

function assertRefused(text: string, because = ""): void {
  const error = assertThrows(() => parseSharePath(text), LanyardError, because);
  assertEquals([error.code, error.fatal], ["syntax", true], JSON.stringify(text));
}
