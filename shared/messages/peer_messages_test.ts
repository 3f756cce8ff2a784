import { assertEquals, assertThrows } from "@std/assert";
import { encodeBase64 } from "@std/encoding";
import { LanyardError } from "../errors.ts";
import { limits } from "../limits.ts";
import { decodeMessage } from "./codec.ts";
import { peerReplies, peerRequests } from "./peer_messages.ts";
import type { MessageTable } from "./table.ts";

const encoder = new TextEncoder();
const id = "a".repeat(64);

Deno.test({
  name: "hostile 24: peerRequests refuses sizes and ranges that are no numbers of bytes",
  permissions: "none",
  fn: () => {
    for (const wrong of ["-1", "1.5", "9007199254740992", "9223372036854775808", '"1e9"', "null"]) {
      for (const key of ["size", "offset", "length"]) {
        const range = { size: "5", offset: "0", length: "5", [key]: wrong };
        const body = Object.entries(range).map(([name, value]) => `"${name}":${value}`).join();
        assertRefused(peerRequests, `DOWNLOAD {"id":"${id}",${body}}`);
      }
    }
    for (const wrong of ["007", "+1", "0x5", "٣", "1e", "-"]) {
      assertRefused(peerRequests, `PIECES {"id":"${id}","size":${wrong}}`);
    }
  },
});

Deno.test({
  name: "hostile 24: peerReplies refuses more pieces than a file has and longer units than 1 MiB",
  permissions: "none",
  fn: () => {
    decode(peerReplies, `HASHES {"count":${limits.pieces}}`);
    assertRefused(peerReplies, `HASHES {"count":${limits.pieces + 1}}`);
    decode(peerReplies, `FILE {"offset":0,"length":${limits.unitBytes}}`);
    assertRefused(peerReplies, `FILE {"offset":0,"length":${limits.unitBytes + 1}}`);
    assertRefused(peerReplies, 'FILE {"offset":0,"length":-1}');
  },
});

Deno.test({
  name: "peerReplies takes a bitmap of as many pieces as a file can have",
  permissions: "none",
  fn: () => {
    const have = encodeBase64(new Uint8Array(limits.pieces / 8));
    const hashes = { count: limits.pieces, have };
    assertEquals(decode(peerReplies, `HASHES ${JSON.stringify(hashes)}`), {
      verb: "HASHES",
      ...hashes,
    });
    assertRefused(peerReplies, `HASHES {"count":1,"have":"${"A".repeat(have.length + 1)}"}`);
  },
});

Deno.test({
  name: "hostile 1: peer messages refuse paths that leave their folder",
  permissions: "none",
  fn: () => {
    for (const path of ["../x", "/etc/passwd", "a/../../x", "C:\\\\x", "a\\\\b", "", "a\\u0000"]) {
      assertRefused(peerRequests, `UPLOAD {"path":"${path}","size":1,"id":"${id}"}`);
      assertRefused(peerReplies, `STORED {"path":"${path}"}`);
    }
    decode(peerReplies, 'STORED {"path":"docs/a.txt"}');
  },
});

function decode(table: MessageTable, line: string): unknown {
  return decodeMessage(table, encoder.encode(line));
}

function assertRefused(table: MessageTable, line: string): void {
  const error = assertThrows(() => decode(table, line), LanyardError);
  assertEquals([error.code, error.fatal], ["syntax", true], line);
}
