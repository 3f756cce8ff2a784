import { assertEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { parseTarget } from "./target.ts";

const id = "0123456789abcdef".repeat(4);

Deno.test({
  name: "parseTarget takes 64 hex digits for an id, in any case",
  permissions: "none",
  fn: () => {
    assertEquals(parseTarget(id), { kind: "id", id });
    assertEquals(parseTarget(id.toUpperCase()), { kind: "id", id });
    assertEquals(parseTarget(id.slice(1)), { kind: "name", name: id.slice(1) });
    assertEquals(parseTarget(`${id}0`), { kind: "name", name: `${id}0` });
  },
});

Deno.test({
  name: "parseTarget takes a slash for a path, and one at the end for a folder",
  permissions: "none",
  fn: () => {
    const paths = ["docs/a.txt", "docs/", "docs/deep/", "a//"].map(parseTarget);
    assertEquals(
      paths.map((target) => target.kind === "path" ? [String(target.path), target.folder] : []),
      [["docs/a.txt", false], ["docs", true], ["docs/deep", true], ["a", true]],
    );
  },
});

Deno.test({
  name: "parseTarget brings a typed path into Unicode form NFC",
  permissions: "none",
  fn: () => {
    const target = parseTarget("caf\u0065\u0301/x");
    assertEquals(target.kind === "path" ? String(target.path) : "", "caf\u00e9/x");
  },
});

Deno.test({
  name: "hostile 1: parseTarget refuses paths that leave their folder, as wrong usage",
  permissions: "none",
  fn: () => {
    for (const text of ["../x", "a/../../x", "/etc/passwd", "/", "//x", "./x", "a\\b/c", "C:/x"]) {
      const error = assertThrows(() => parseTarget(text), LanyardError);
      assertEquals(error.code, "usage", text);
    }
  },
});

Deno.test({
  name: "parseTarget takes everything else for a name, as it is",
  permissions: "none",
  fn: () => {
    for (const name of ["lecture.mp4", "..", "%2e%2e%2f", "a b*?", "lanyard", "C:x"]) {
      assertEquals(parseTarget(name), { kind: "name", name });
    }
  },
});

Deno.test({
  name: "parseTarget reads links, with size and name or without",
  permissions: "none",
  fn: () => {
    assertEquals(parseTarget(`lanyard:${id}`), { kind: "id", id });
    assertEquals(parseTarget(`lanyard:${id}?size=0`), { kind: "id", id, size: 0 });
    const whole = parseTarget(`lanyard:${id}?name=a%20%26+b.txt&size=9007199254740991&later=1`);
    assertEquals(JSON.parse(JSON.stringify(whole)), {
      kind: "id",
      id,
      size: 9007199254740991,
      name: "a & b.txt",
    });
    assertEquals(parseTarget(`lanyard:${id}?name=`), { kind: "id", id });
  },
});

Deno.test({
  name: "hostile 1: parseTarget refuses links whose name is not that of a file",
  permissions: "none",
  fn: () => {
    const names = ["..", ".", "../x", "a/b", "/etc/passwd", "a\\b", "C:x", "a\nb", "a\u0000"];
    for (const name of [...names, "cafe\u0301", "x".repeat(256)]) {
      const link = `lanyard:${id}?name=${encodeURIComponent(name)}`;
      const error = assertThrows(() => parseTarget(link), LanyardError, "The link is damaged");
      assertEquals(error.code, "usage", name);
    }
  },
});

Deno.test({
  name: "hostile 24: parseTarget refuses links with a damaged id or size",
  permissions: "none",
  fn: () => {
    const damaged = [
      "lanyard:",
      `lanyard:${id.slice(1)}`,
      `lanyard:${id}&size=1`,
      ...["-1", "", "1e9", "0x10", "9007199254740992", "18446744073709551616", "1.5", " 1", "١"]
        .map((size) => `lanyard:${id}?size=${size}`),
    ];
    for (const text of damaged) {
      const error = assertThrows(() => parseTarget(text), LanyardError, "The link is damaged");
      assertEquals(error.code, "usage", text);
    }
  },
});
