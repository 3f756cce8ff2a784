import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "../errors.ts";
import { limits } from "../limits.ts";
import { hostileLine } from "../testing/lines.ts";
import { decodeMessage, decodeText, encodeMessage } from "./codec.ts";
import { peerReplies, peerRequests } from "./peer_messages.ts";
import type { MessageTable } from "./table.ts";
import { trackerReplies, trackerRequests } from "./tracker_messages.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const tables: MessageTable[] = [trackerRequests, trackerReplies, peerRequests, peerReplies];

Deno.test({
  name: "encodeMessage writes a verb, a space, one JSON object and LF",
  permissions: "none",
  fn: () => {
    const lines: [{ verb: string }, string][] = [
      [{ verb: "PING" }, "PING {}\n"],
      [{ verb: "NOT FOUND" }, "NOT FOUND\n"],
      [{ verb: "REACHABLE", ok: true } as { verb: string }, 'REACHABLE {"ok":true}\n'],
      [{ verb: "SEARCH", text: 'a "b"\n' } as { verb: string }, 'SEARCH {"text":"a \\"b\\"\\n"}\n'],
    ];
    for (const [message, line] of lines) assertEquals(decoder.decode(encodeMessage(message)), line);
  },
});

Deno.test({
  name: "decodeMessage reads lines with and without CR",
  permissions: "none",
  fn: () => {
    for (const line of ['REACHABLE {"ok":true}', 'REACHABLE {"ok":true}\r']) {
      assertEquals(decode(trackerReplies, line), { verb: "REACHABLE", ok: true });
    }
    assertEquals(decode(trackerReplies, "NOT FOUND"), { verb: "NOT FOUND" });
    assertEquals(decode(trackerReplies, "NOT FOUND\r"), { verb: "NOT FOUND" });
    assertEquals(decode(trackerReplies, 'REACHABLE { "ok" : false }'), {
      verb: "REACHABLE",
      ok: false,
    });
  },
});

Deno.test({
  name: "decodeMessage refuses lines that break the grammar",
  permissions: "none",
  fn: () => {
    for (
      const line of [
        "",
        " ",
        "\r",
        "{}",
        "PING  {}",
        "PING\t{}",
        " PING {}",
        "PING {} ",
        "PING{}",
        "PING []",
        "PING null",
        "PING 1",
        "PING {",
        "PING {}{}",
        "PING {}\r\r",
        "PING {}\0",
        "PING2 {}",
        "PÏNG {}",
        "NOT  FOUND",
        "NOT FOUND ",
        "FOUND NOT",
        "\ufeffPING {}",
        'PING {"a":1,"a":2}',
        "PING {'a':1}",
      ]
    ) assertRefused(trackerRequests, line, "syntax");
  },
});

Deno.test({
  name: "decodeMessage refuses verbs in the wrong case",
  permissions: "none",
  fn: () => {
    for (const line of ["ping {}", "Ping {}", "not found", "pING {}"]) {
      assertRefused(trackerRequests, line, "syntax");
    }
  },
});

Deno.test({
  name: "decodeMessage answers unknown verbs with unsupported, which ends nothing",
  permissions: "none",
  fn: () => {
    for (const line of ["DANCE {}", 'DANCE {"x":[1]}', "HI {}", "NOT FOUND", "X {}"]) {
      assertRefused(trackerRequests, line, "unsupported");
    }
    // Tables are objects, but what every object has is no verb.
    for (const line of ["CONSTRUCTOR {}", "PROTO {}"]) {
      assertRefused(trackerRequests, line, "unsupported");
    }
    // Malformed is malformed, known or not.
    assertRefused(trackerRequests, 'DANCE {"a":1,"a":2}', "syntax");
  },
});

Deno.test({
  name: "hostile 33: decodeMessage answers a verb as long as its line with a sentence",
  permissions: "none",
  fn: () => {
    const line = "A".repeat(limits.lineBytes - 4) + " {}";
    const error = assertRefused(trackerRequests, line, "unsupported");
    assert(error.message.length < 100);
  },
});

Deno.test({
  name: "hostile 9: decodeMessage refuses bytes that are not UTF-8",
  permissions: "none",
  fn: () => {
    const sequences = {
      "lone continuation": [0x80],
      "byte of no encoding": [0xff],
      "Latin-1 é": [0xe9],
      "overlong /": [0xc0, 0xaf],
      "overlong NUL": [0xc0, 0x80],
      "overlong in three": [0xe0, 0x80, 0xaf],
      "surrogate half": [0xed, 0xa0, 0x80],
      "pair of surrogates": [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
      "beyond Unicode": [0xf4, 0x90, 0x80, 0x80],
      "cut short": [0xe2, 0x82],
    };
    for (const [what, bytes] of Object.entries(sequences)) {
      const line = Uint8Array.from([
        ...encoder.encode('SEARCH {"text":"a'),
        ...bytes,
        ...encoder.encode('"}'),
      ]);
      const error = assertThrows(() => decodeMessage(trackerRequests, line), LanyardError, "UTF-8");
      assertEquals([error.code, error.fatal], ["syntax", true], what);
    }
  },
});

Deno.test({
  name: "hostile 9: decodeMessage refuses a path in NFD and takes its twin in NFC",
  permissions: "none",
  fn: () => {
    assertRefused(trackerRequests, 'UNSHARE {"paths":["U\u0308bung.txt"]}', "syntax");
    assertRefused(trackerRequests, String.raw`UNSHARE {"paths":["U\u0308bung.txt"]}`, "syntax");
    decode(trackerRequests, 'UNSHARE {"paths":["Übung.txt"]}');
  },
});

Deno.test({
  name: "hostile 8: encodeMessage lets no text forge a line",
  permissions: "none",
  fn: () => {
    for (
      const text of ["a\nBYE {}\n", "a\r\nFOUND: <x>", '"}\nBYE {', "a\u2028b\u0085c", "\\n\n\\"]
    ) {
      const line = encodeMessage({ verb: "SEARCH", text } as { verb: string });
      assertEquals(line.indexOf(0x0a), line.length - 1);
      assertEquals(decodeMessage(trackerRequests, line.subarray(0, -1)), { verb: "SEARCH", text });
    }
  },
});

Deno.test({
  name: "hostile 57: decodeMessage ignores keys that a later version added",
  permissions: "none",
  fn: () => {
    assertEquals(
      decode(trackerRequests, 'SEARCH {"text":"a","fuzzy":{"by":[1]},"__proto__":{"x":1}}'),
      { verb: "SEARCH", text: "a" },
    );
    assertEquals(decode(trackerReplies, 'FOUND {"files":[],"hint":"new"}'), {
      verb: "FOUND",
      files: [],
    });
    assertEquals(decode(trackerRequests, 'PING {"verb":"BYE"}'), { verb: "PING" });
  },
});

Deno.test({
  name: "encodeMessage refuses to write a line over the limit",
  permissions: "none",
  fn: () => {
    const frame = 'SHARED {"digest":""}\n'.length;
    const message = (bytes: number): { verb: string } => ({
      verb: "SHARED",
      ...{ digest: "a".repeat(bytes - frame) },
    });
    assertEquals(encodeMessage(message(limits.lineBytes)).length, limits.lineBytes);
    assertThrows(() => encodeMessage(message(limits.lineBytes + 1)), RangeError, "SHARED");
  },
});

Deno.test({
  name: "decodeText drops one CR at the end and keeps a byte order mark",
  permissions: "none",
  fn: () => {
    for (
      const [line, text] of [["", ""], ["\r", ""], ["a\r", "a"], ["a\r\r", "a\r"], [
        "\ufeffa",
        "\ufeffa",
      ]]
    ) assertEquals(decodeText(encoder.encode(line)), text);
  },
});

Deno.test({
  name: "decodeMessage throws nothing but LanyardError, fatal unless the verb is unknown",
  permissions: "none",
  fn: () => {
    fc.assert(
      fc.property(hostileLine, (line) => {
        for (const table of tables) {
          try {
            decodeMessage(table, line);
          } catch (error) {
            assert(error instanceof LanyardError, String(error));
            assertEquals(error.fatal, error.code === "syntax");
            assert(error.fatal || error.code === "unsupported", error.code);
          }
        }
      }),
      { numRuns: 3000 },
    );
  },
});

Deno.test({
  name: "decodeMessage gives only what encodeMessage can write and it can read again",
  permissions: "none",
  fn: () => {
    fc.assert(
      fc.property(hostileLine, (line) => {
        for (const table of tables) {
          const message = decodedOrNothing(table, line);
          if (message === undefined) continue;
          assertEquals(decodeMessage(table, encodeMessage(message).subarray(0, -1)), message);
        }
      }),
      { numRuns: 2000 },
    );
  },
});

function decode(table: MessageTable, line: string): unknown {
  return decodeMessage(table, encoder.encode(line));
}

function decodedOrNothing(table: MessageTable, line: Uint8Array): { verb: string } | undefined {
  try {
    return decodeMessage(table, line);
  } catch (error) {
    if (error instanceof LanyardError) return undefined;
    throw error;
  }
}

function assertRefused(
  table: MessageTable,
  line: string,
  code: "syntax" | "unsupported",
): LanyardError {
  const error = assertThrows(() => decode(table, line), LanyardError);
  assertEquals([error.code, error.fatal], [code, code === "syntax"], JSON.stringify(line));
  return error;
}
