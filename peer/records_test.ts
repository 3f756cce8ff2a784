import { assertEquals, assertMatch } from "@std/assert";
import { type FoundFile, parseSharePath, type Source } from "../shared/mod.ts";
import { describeFile, describeSource, distinctName, fileRecord, formatDate } from "./records.ts";

const ana: Source = {
  peer: "a1".repeat(32),
  name: "ana",
  address: "10.0.0.1",
  port: 2224,
  reachable: true,
  encrypted: false,
};
const file: FoundFile = {
  name: "week 3.mp4",
  path: parseSharePath("lectures/week 3.mp4"),
  size: 212_000_000,
  modified: new Date(2026, 10, 1, 9, 5).getTime(),
  id: "0".repeat(64),
  type: "mp4",
  peers: 3,
  sources: [ana],
};

Deno.test({
  name: "fileRecord has the documented keys, in their order, and no others",
  permissions: "none",
  fn: () => {
    const sources = [{ peer: ana.peer, name: "ana", address: "10.0.0.1", port: 2224 }];
    const { name, path, size, modified, id, type } = file;
    assertEquals(
      JSON.stringify(fileRecord(file)),
      JSON.stringify({ name, path, size, modified, id, type, sources }),
    );
  },
});

Deno.test({
  name: "fileRecord says null for the id that a classic peer's file lacks",
  permissions: "none",
  fn: () => {
    const { id: _, ...classic } = file;
    assertMatch(JSON.stringify(fileRecord(classic)), /"id":null/);
  },
});

Deno.test({
  name: "fileRecord and describeFile say how much is in a folder",
  permissions: "none",
  fn: () => {
    const { id: _, ...found } = file;
    const folder = {
      ...found,
      path: parseSharePath("lectures"),
      type: "folder",
      files: 12,
      peers: 1,
    };
    assertMatch(JSON.stringify(fileRecord(folder)), /"id":null,"type":"folder","files":12,/);
    assertEquals(
      describeFile(folder),
      "lectures/  folder  12 files, 212 MB  2026-11-01 09:05  ana at 10.0.0.1:2224",
    );
  },
});

Deno.test({
  name: "describeFile shows path, type, size, date and who has it",
  permissions: "none",
  fn: () => {
    assertEquals(
      describeFile(file),
      "lectures/week 3.mp4  mp4  212 MB  2026-11-01 09:05  ana at 10.0.0.1:2224 and 2 more",
    );
    assertEquals(
      describeFile({ ...file, type: "", peers: 1 }),
      "lectures/week 3.mp4  -  212 MB  2026-11-01 09:05  ana at 10.0.0.1:2224",
    );
    assertMatch(describeFile({ ...file, peers: 0, sources: [] }), /09:05 {2}$/);
  },
});

Deno.test({
  name: "hostile 7: describeFile shows names without what moves cursors or turns text around",
  permissions: "none",
  fn: () => {
    const evil = "\u202egnp.\u200bexe";
    const text = describeFile({
      ...file,
      name: evil,
      path: parseSharePath(`docs/${evil}`),
      type: evil,
      sources: [{ ...ana, name: "a\u001b[31mna" }],
    });
    // deno-lint-ignore no-control-regex
    assertEquals(/[\u0000-\u001f\u007f-\u009f\u200b\u202e]/.test(text), false, text);
    assertMatch(text, /^docs\/\\u\{202e\}gnp\.\\u\{200b\}exe {2}/);
    assertMatch(text, /a\\u\{1b\}\[31mna at 10\.0\.0\.1:2224/);
  },
});

Deno.test({
  name: "describeSource writes IPv6 addresses in brackets",
  permissions: "none",
  fn: () => {
    assertEquals(describeSource({ ...ana, address: "fe80::1" }), "ana at [fe80::1]:2224");
  },
});

Deno.test({
  name: "distinctName adds digits of the id only where another peer has the name, too",
  permissions: "none",
  fn: () => {
    const other = { name: "ana", peer: "b2".repeat(32) };
    assertEquals(distinctName(ana, [ana, { ...other, name: "ben" }]), "ana");
    assertEquals(distinctName(ana, [ana, { ...ana }]), "ana");
    assertEquals(distinctName(ana, [ana, other]), "ana·a1a1");
    assertEquals(distinctName({ ...ana, name: "a\u202ena" }, [ana]), "a\\u{202e}na");
  },
});

Deno.test({
  name: "formatDate shows local time",
  permissions: "none",
  fn: () => {
    assertEquals(formatDate(new Date(1999, 0, 2, 3, 4, 59).getTime()), "1999-01-02 03:04");
  },
});
