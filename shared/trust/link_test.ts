import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatJoinLink, looksLikeJoinLink, parseJoinLink } from "./link.ts";

const permissions = "none";
const id = "0123456789abcdef".repeat(4);
const link = "lanyard://10.0.0.7:2223#ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8";

Deno.test("formatJoinLink writes where a tracker is, its id, and the key if there is one", {
  permissions,
}, () => {
  assertEquals(formatJoinLink({ host: "10.0.0.7", port: 2223, id }), link);
  const key = new Uint8Array(16).fill(0xff);
  assertEquals(
    formatJoinLink({ host: "fe80::1", port: 5, id, key }),
    "lanyard://[fe80::1]:5#ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8._____________________w",
  );
});

Deno.test("parseJoinLink reads what formatJoinLink wrote", { permissions }, () => {
  const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
    fc.uint8Array({ minLength: length, maxLength: length });
  const host = fc.oneof(fc.ipV4(), fc.domain(), fc.constantFrom("::1", "fe80::1%eth0"));
  fc.assert(
    fc.property(host, fc.nat(65_535), bytes(32), fc.option(bytes(16)), (host, port, id, key) => {
      const given = {
        host,
        port,
        id: Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join(""),
        ...(key === null ? {} : { key }),
      };
      assertEquals(parseJoinLink(` ${formatJoinLink(given)}\n`), given);
    }),
  );
});

Deno.test("parseJoinLink takes the usual port where none is named", { permissions }, () => {
  assertEquals(parseJoinLink(link.replace(":2223", "")), { host: "10.0.0.7", port: 2223, id });
});

Deno.test("hostile 49: parseJoinLink takes no link that is cut, longer, or written differently", {
  permissions,
}, () => {
  const keyed = `${link}._____________________w`;
  for (let end = 0; end < keyed.length; end++) {
    if (keyed.slice(0, end) === link) continue;
    assertEquals(parseJoinLink(keyed.slice(0, end)), undefined, keyed.slice(0, end));
  }
  const wrong = [
    `${link}.`,
    `${keyed}w`,
    `${keyed}.x`,
    keyed.replace(/w$/, "x"), // Bits that stand for nothing.
    keyed.replace("lanyard", "http"),
    link.replace("10.0.0.7:2223", ""),
    link.replace("2223", "99999"),
    link.replace("#", "/path#"),
    link.replace("#", "?q#"),
    "10.0.0.7",
    "",
  ];
  for (const text of wrong) assertEquals(parseJoinLink(text), undefined, text);
});

Deno.test("hostile 49: looksLikeJoinLink knows a link that is wrong, so that it is not repeated", {
  permissions,
}, () => {
  for (const text of [link, link.slice(0, 20), " LANYARD://x#secret"]) {
    assertEquals(looksLikeJoinLink(text), true, text);
  }
  for (const text of ["lanyard", "10.0.0.7", "lanyard:ID?size=1"]) {
    assertEquals(looksLikeJoinLink(text), false, text);
  }
});
