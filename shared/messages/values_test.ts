import { assertEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../errors.ts";
import type { Field } from "../fields.ts";
import {
  address,
  bytes,
  cursor,
  fileName,
  fileType,
  foundFile,
  hexId,
  label,
  port,
  sharedFile,
  time,
} from "./values.ts";

const id = "0123456789abcdef".repeat(4);

Deno.test({
  name: "hostile 24: bytes refuses sizes that no file has",
  permissions: "none",
  fn: () => {
    accepts(bytes, 0, 1, Number.MAX_SAFE_INTEGER);
    refuses(bytes, -1, 2 ** 53, 2 ** 63, 1.5, "1e9", "5", null, NaN);
  },
});

Deno.test({
  name: "time refuses what no Date holds",
  permissions: "none",
  fn: () => {
    accepts(time, 0, Date.UTC(2026, 0), 8_640_000_000_000_000);
    refuses(time, 8_640_000_000_000_001, Number.MAX_SAFE_INTEGER, -1, "2026-01-01");
    assertEquals(new Date(time.parse(8_640_000_000_000_000, "")).getUTCFullYear(), 275_760);
  },
});

Deno.test({
  name: "hexId takes 64 lower-case hex digits",
  permissions: "none",
  fn: () => {
    accepts(hexId, id);
    refuses(hexId, id.toUpperCase(), id.slice(1), `${id}0`, `${id}\n`, "g".repeat(64), "", 0, [id]);
  },
});

Deno.test({
  name: "port takes 0 to 65535",
  permissions: "none",
  fn: () => {
    accepts(port, 0, 1, 65_535);
    refuses(port, -1, 65_536, "80", 80.5);
  },
});

Deno.test({
  name: "address takes IP addresses without zone",
  permissions: "none",
  fn: () => {
    accepts(address, "10.0.0.7", "::", "fe80::1", "::ffff:10.0.0.7");
    refuses(address, "", "localhost", "fe80::1%eth0", "10.0.0.7>", "10.0.0.7 ", "1".repeat(46), 1);
  },
});

Deno.test({
  name: "hostile 7: label refuses control characters, blanks and more than 64 bytes",
  permissions: "none",
  fn: () => {
    accepts(label, "ana", "Büro 2", "日本", "😀".repeat(16), "a".repeat(64));
    refuses(label, "", " ", "\t", "a\nb", "a\u001b[2J", "\u009b", "a\0", "a".repeat(65));
    refuses(label, "😀".repeat(16) + "a", null, 1);
  },
});

Deno.test({
  name: "hostile 1: fileName takes one component",
  permissions: "none",
  fn: () => {
    // A drive letter is one only where a path starts, and a name stands behind its folder.
    accepts(fileName, "a", "a b.txt", "C:x", ".hidden", "a".repeat(255));
    refuses(fileName, "", ".", "..", "a/b", "/a", "a/", "../x", "a\\b", "U\u0308", "a".repeat(256));
  },
});

Deno.test({
  name: "hostile 7: fileName and fileType refuse control characters",
  permissions: "none",
  fn: () => {
    for (const control of ["\0", "\n", "\r", "\u001b", "\u007f", "\u0085"]) {
      refuses(fileName, `a${control}b`);
      refuses(fileType, `a${control}b`);
    }
    accepts(fileType, "", "txt", "text/plain", "b,c");
    refuses(fileType, "a".repeat(256), null, 7);
  },
});

Deno.test({
  name: "cursor takes 200 bytes",
  permissions: "none",
  fn: () => {
    accepts(cursor, "", "a".repeat(200));
    refuses(cursor, "a".repeat(201), "é".repeat(101), null);
  },
});

Deno.test({
  name: "sharedFile refuses a file without path, size or time, and optional keys of another type",
  permissions: "none",
  fn: () => {
    const file = { path: "a/b.txt", size: 5, modified: 7, id };
    assertEquals<unknown>(sharedFile.parse({ ...file, colour: "red" }, "files"), file);
    for (const key of ["path", "size", "modified"]) {
      refuses(sharedFile, { ...file, [key]: undefined }, { ...file, [key]: null });
    }
    refuses(sharedFile, { ...file, id: null }, { ...file, executable: 1 }, { ...file, type: 5 });
    refuses(sharedFile, { ...file, path: "../b.txt" }, { ...file, path: "/b.txt" });
  },
});

Deno.test({
  name: "foundFile refuses more sources than a page may name",
  permissions: "none",
  fn: () => {
    const source = {
      peer: id,
      name: "ana",
      address: "10.0.0.7",
      port: 1,
      reachable: true,
      encrypted: false,
    };
    const file = { name: "b", path: "a/b", size: 5, modified: 7, type: "", peers: 9 };
    accepts<unknown>(foundFile, { ...file, sources: Array(4).fill(source) });
    refuses(foundFile, { ...file, sources: Array(5).fill(source) });
  },
});

function accepts<T>(field: Field<T>, ...values: T[]): void {
  for (const value of values) assertEquals(field.parse(value, "value"), value);
}

function refuses(field: Field<unknown>, ...values: unknown[]): void {
  for (const value of values) {
    const error = assertThrows(() => field.parse(value, "value"), LanyardError);
    assertEquals([error.code, error.fatal], ["syntax", true], JSON.stringify(value));
  }
}
