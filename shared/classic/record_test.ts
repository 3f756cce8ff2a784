import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "../errors.ts";
import { typeOf } from "../share_path.ts";
import { address, anyText, bytes, name, port } from "../testing/values.ts";
import {
  type ClassicRecord,
  fitsClassicRecord,
  formatClassicRecord,
  parseClassicRecords,
  parseNumber,
} from "./record.ts";

const song: ClassicRecord = {
  name: "song.mp3",
  type: "mp3",
  size: 5,
  modified: new Date(2026, 10, 20).getTime(),
  address: "10.0.0.7",
  port: 2224,
};

const day = fc.date({
  min: new Date(1970, 0, 2),
  max: new Date(2069, 11, 31),
  noInvalidDate: true,
});

/** Records that can be written; midnights, because the dialect knows days only. */
const record: fc.Arbitrary<ClassicRecord> = fc.record({
  name: name.filter(fitsClassicRecord),
  size: bytes,
  day,
  address,
  port,
}).map(({ day, ...rest }) => ({
  ...rest,
  type: typeOf(rest.name),
  modified: new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime(),
}));

Deno.test({
  name: "formatClassicRecord writes the six fields of seed 003",
  permissions: "none",
  fn: () => {
    assertEquals(formatClassicRecord(song), "<song.mp3, mp3, 5, 20/11/26, 10.0.0.7, 2224>");
  },
});

Deno.test({
  name: "parseClassicRecords reads records with and without spaces, alone and joined",
  permissions: "none",
  fn: () => {
    const line = formatClassicRecord(song);
    const tight = line.replaceAll(", ", ",");
    for (const text of [line, tight, ` ${line}\t`, line.replaceAll(", ", " ,  ")]) {
      assertEquals(parseClassicRecords(text), [song], text);
    }
    for (const joint of ["|", "", " | ", " ", "||"]) {
      assertEquals(parseClassicRecords([line, tight, line].join(joint)), [song, song, song], joint);
    }
  },
});

Deno.test({
  name: "hostile 8: parseClassicRecords lets the name alone have commas",
  permissions: "none",
  fn: () => {
    const [record] = parseClassicRecords("<a, b,c.TXT, txt, 5, 20/11/26, 10.0.0.7, 2224>");
    assertEquals(record, { ...song, name: "a, b,c.TXT", type: "txt" });
    const [forged] = parseClassicRecords("<a, b, 1, , 1.2.3.4, 22, , 5, , 10.0.0.7, 2224>");
    assertEquals(forged?.name, "a, b, 1, , 1.2.3.4, 22");
    assertEquals(forged?.port, 2224);
  },
});

Deno.test({
  name: "parseClassicRecords takes the extension where the type is empty",
  permissions: "none",
  fn: () => {
    const [record] = parseClassicRecords("<a.Tar.GZ, , 5, 20/11/26, 10.0.0.7, 2224>");
    assertEquals(record?.type, "gz");
    const [given] = parseClassicRecords("<a.gz, Application/GZIP, 5, 20/11/26, 10.0.0.7, 2224>");
    assertEquals(given?.type, "application/gzip");
  },
});

Deno.test({
  name: "parseClassicRecords leaves out a date that it cannot read",
  permissions: "none",
  fn: () => {
    for (const date of ["", "unknown", "31/02/26", "2026-11-20"]) {
      const [record] = parseClassicRecords(`<song.mp3, mp3, 5, ${date}, 10.0.0.7, 2224>`);
      const { modified: _, ...undated } = song;
      assertEquals(record, undated);
    }
  },
});

Deno.test({
  name: "hostile 32: parseClassicRecords refuses sizes and ports that are no plain numbers",
  permissions: "none",
  fn: () => {
    for (
      const size of [
        "",
        "-1",
        "+1",
        "007",
        "1.5",
        "1e9",
        "0x10",
        "1 0",
        "٣",
        "１",
        "9007199254740992",
      ]
    ) {
      assertRefused(`<a, b, ${size}, 20/11/26, 10.0.0.7, 2224>`, "size");
    }
    for (const port of ["", "-1", "65536", "080", "http", "99999999999999999999"]) {
      assertRefused(`<a, b, 5, 20/11/26, 10.0.0.7, ${port}>`, "port");
    }
  },
});

Deno.test({
  name: "hostile 1: parseClassicRecords refuses names that are not one component",
  permissions: "none",
  fn: () => {
    for (
      const name of ["../x", "a/b", "/etc/passwd", "..", ".", "", "C:\\x", "C:x", "a\\b", "a/"]
    ) assertRefused(`<${name}, txt, 5, 20/11/26, 10.0.0.7, 2224>`, "name is not acceptable");
  },
});

Deno.test({
  name: "hostile 7: parseClassicRecords refuses control characters in names and types",
  permissions: "none",
  fn: () => {
    for (const control of ["\0", "\r", "\u001b", "\u007f", "\u009b", "\t"]) {
      assertRefused(`<a${control}b, txt, 5, 20/11/26, 10.0.0.7, 2224>`, "control");
      assertRefused(`<a, t${control}t, 5, 20/11/26, 10.0.0.7, 2224>`, "control");
    }
  },
});

Deno.test({
  name: "hostile 11: parseClassicRecords refuses names and types over 255 bytes",
  permissions: "none",
  fn: () => {
    const long = "a".repeat(256);
    assertRefused(`<${long}, txt, 5, 20/11/26, 10.0.0.7, 2224>`, "longer");
    // A longer type would make every FOUND that names the file unreadable.
    assertRefused(`<a, ${long}, 5, 20/11/26, 10.0.0.7, 2224>`, "longer");
  },
});

Deno.test({
  name: "parseClassicRecords refuses what is no record",
  permissions: "none",
  fn: () => {
    for (
      const text of [
        ...["", "a", "<", ">", "<>", "<a>", "<a, b>", "<a, b, 5, 20/11/26, 2224>", "<<a>>", "x<a>"],
        "<a, b, 5, 20/11/26, ::1, 1> and more",
        "<a, b, 5, 20/11/26, ::1, 1>,<a, b, 5, 20/11/26, ::1, 1>",
        "<a, b, 5, 20/11/26, ::1, 1>|",
        "|<a, b, 5, 20/11/26, ::1, 1>",
        "<a, b, 5, 20/11/26, ::1, 1>|<>",
        "<a > b, b, 5, 20/11/26, ::1, 1>",
      ]
    ) assertRefused(text);
  },
});

Deno.test({
  name: "parseClassicRecords reads what formatClassicRecord writes",
  permissions: "none",
  fn: () => {
    fc.assert(fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
      assertEquals(parseClassicRecords(records.map(formatClassicRecord).join("|")), records);
    }));
  },
});

Deno.test({
  name: "hostile 8: formatClassicRecord lets no type forge a field, a record or a line",
  permissions: "none",
  fn: () => {
    for (
      const type of ["b,c", "x>|<evil, exe", "x, 1, 01/01/20, 6.6.6.6, 1>|<", "\nFOUND: ", "|", " "]
    ) {
      const text = formatClassicRecord({ ...song, type });
      assertEquals(text, "<song.mp3, , 5, 20/11/26, 10.0.0.7, 2224>");
    }
    // Here the comma stands in the extension itself.
    const comma = { ...song, name: "a.b,c", type: "b,c" };
    assertEquals(parseClassicRecords(formatClassicRecord(comma)), [comma]);
    fc.assert(fc.property(record, anyText, (record, type) => {
      const found = parseClassicRecords(formatClassicRecord({ ...record, type }));
      assertEquals(
        found.map(({ type: _, ...rest }) => rest),
        [record].map(({ type: _, ...r }) => r),
      );
    }));
  },
});

Deno.test({
  name: "hostile 8: fitsClassicRecord refuses names that would end or divide a record",
  permissions: "none",
  fn: () => {
    for (const name of ["a<b", "a>b", "a|b", " a", "a ", "a\nb", "a\0", "C:x", "a/b", ".."]) {
      assert(!fitsClassicRecord(name));
    }
    for (const name of ["a", "a, b", "a b", 'say "hi"', "été", "😀", "ab:c"]) {
      assert(fitsClassicRecord(name));
    }
  },
});

Deno.test({
  name: "hostile 32: parseNumber reads ASCII digits without leading zeros up to its limit",
  permissions: "none",
  fn: () => {
    assertEquals(parseNumber("0", 10, "size"), 0);
    assertEquals(parseNumber("10", 10, "size"), 10);
    assertEquals(
      parseNumber("9007199254740991", Number.MAX_SAFE_INTEGER, "size"),
      Number.MAX_SAFE_INTEGER,
    );
    for (const text of ["11", "00", "01", "-0", "", " 1", "1 ", "1_0", "²", "9".repeat(400)]) {
      const error = assertThrows(() => parseNumber(text, 10, "size"), LanyardError, "A size");
      assertEquals([error.code, error.fatal], ["syntax", true]);
    }
  },
});

function assertRefused(line: string, because = ""): void {
  const error = assertThrows(() => parseClassicRecords(line), LanyardError, because);
  assertEquals([error.code, error.fatal], ["syntax", true], line);
}
