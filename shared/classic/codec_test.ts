import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { FoundFile, Source, TrackerReply, TrackerRequest } from "../messages/mod.ts";
import { parseSharePath, sharePathFault } from "../share_path.ts";
import { hostileLine } from "../testing/lines.ts";
import { anyMessage, foundFile, trackerReplyBodies } from "../testing/messages.ts";
import { decodeClassic, encodeClassic, isClassicDownload, parseClassicDownload } from "./codec.ts";
import { fitsClassicRecord, parseClassicRecords } from "./record.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const today = new Date(2026, 10, 21).getTime();
const day = new Date(2026, 10, 20).getTime();

const source: Source = {
  peer: "a".repeat(64),
  name: "ana",
  address: "10.0.0.7",
  port: 2224,
  reachable: true,
  encrypted: false,
};
const song: FoundFile = {
  name: "song.mp3",
  path: parseSharePath("music/song.mp3"),
  size: 5,
  modified: day,
  type: "mp3",
  peers: 1,
  sources: [source],
};

Deno.test({
  name: "decodeClassic reads HELLO, SEARCH and BYE as their version-2 requests",
  permissions: "none",
  fn: () => {
    const hello = { verb: "HELLO", version: 1, name: "classic", port: 0 } as const;
    for (const line of ["HELLO", "HELLO\r", " HELLO "]) assertEquals(decode(line), [hello]);
    assertEquals(decode("BYE\r"), [{ verb: "BYE" }]);
    for (const line of ["SEARCH: a, b.txt", "SEARCH:a, b.txt\r", "SEARCH:   a, b.txt  "]) {
      assertEquals(decode(line), [
        { verb: "SEARCH", text: "a, b.txt", exact: true, limit: limits.pageEntries },
      ]);
    }
  },
});

Deno.test({
  name: "decodeClassic reads a blank line as nothing",
  permissions: "none",
  fn: () => {
    for (const line of ["", "\r", "  "]) assertEquals(decode(line), []);
  },
});

Deno.test({
  name: "decodeClassic reads each record as SHARE of one file with its port",
  permissions: "none",
  fn: () => {
    assertEquals(
      decode("<a.txt, txt, 5, 20/11/26, 10.0.0.7, 1000>|<b, , 0, , 10.0.0.7, 1001>\r"),
      [
        {
          verb: "SHARE",
          port: 1000,
          files: [{ path: parseSharePath("a.txt"), type: "txt", size: 5, modified: day }],
        },
        {
          verb: "SHARE",
          port: 1001,
          files: [{ path: parseSharePath("b"), type: "", size: 0, modified: today }],
        },
      ],
    );
  },
});

Deno.test({
  name: "decodeClassic answers other verbs and other case with unsupported",
  permissions: "none",
  fn: () => {
    for (const line of ["hello", "HELLO x", "LIST", "SEARCH", "search: a", "DOWNLOAD: a, b, 1"]) {
      const error = assertThrows(() => decode(line), LanyardError);
      assertEquals([error.code, error.fatal], ["unsupported", false], line);
    }
  },
});

Deno.test({
  name: "decodeClassic refuses a search text that version 2 would refuse",
  permissions: "none",
  fn: () => {
    assertEquals(decode(`SEARCH: ${"a".repeat(limits.searchBytes)}`).length, 1);
    assertThrows(() => decode(`SEARCH: ${"a".repeat(limits.searchBytes + 1)}`), LanyardError);
  },
});

Deno.test({
  name: "hostile 9: decodeClassic refuses lines that are not UTF-8",
  permissions: "none",
  fn: () => {
    for (const tail of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xc3]]) {
      const line = Uint8Array.from([...encoder.encode("SEARCH: "), ...tail]);
      const error = assertThrows(() => decodeClassic(line, today), LanyardError, "UTF-8");
      assertEquals([error.code, error.fatal], ["syntax", true]);
    }
  },
});

Deno.test({
  name: "decodeClassic throws nothing but LanyardError, and lets no bad path through",
  permissions: "none",
  fn: () => {
    fc.assert(
      fc.property(hostileLine, (line) => {
        try {
          decodeClassic(line, today).forEach(assertGoodPaths);
        } catch (error) {
          assert(error instanceof LanyardError, String(error));
          assert(error.code === "syntax" && error.fatal || error.code === "unsupported");
        }
      }),
      { numRuns: 2000 },
    );
  },
});

Deno.test({
  name: "encodeClassic writes HI, NOT FOUND and silence",
  permissions: "none",
  fn: () => {
    const hi: TrackerReply = {
      verb: "HI",
      version: 2,
      tracker: "lab",
      id: "a".repeat(64),
      peer: "b".repeat(64),
      accepted: false,
      known: false,
      limits: {},
    };
    const replies: [TrackerReply, string | undefined][] = [
      [hi, "HI\n"],
      [{ verb: "NOT FOUND" }, "NOT FOUND\n"],
      [{ verb: "FOUND", files: [] }, "NOT FOUND\n"],
      [{ verb: "ACCEPTED", files: 1 }, undefined],
      [{ verb: "OK" }, undefined],
      [{ verb: "PONG", now: 0 }, undefined],
      [{ verb: "SOURCES", sources: [] }, undefined],
      [{ verb: "PEERS", peers: [] }, undefined],
      [{ verb: "REACHABLE", ok: true }, undefined],
      [{ verb: "REVOKED", peer: "a".repeat(64), at: 1 }, undefined],
      [{ verb: "ERROR", code: "nothing-shared", message: "Share first" }, undefined],
      [{ verb: "ERROR", code: "order", message: "Not now" }, "ERROR: Not now\n"],
    ];
    for (const [reply, line] of replies) assertEquals(encodeClassic(reply), line, reply.verb);
  },
});

Deno.test({
  name: "encodeClassic writes a record for each source of each file found",
  permissions: "none",
  fn: () => {
    const other = { ...source, address: "fd00::7", port: 1 };
    const files = [{ ...song, sources: [source, other] }, { ...song, name: "b", type: "" }];
    assertEquals(
      encodeClassic({ verb: "FOUND", files }),
      "FOUND: <song.mp3, mp3, 5, 20/11/26, 10.0.0.7, 2224>" +
        "|<song.mp3, mp3, 5, 20/11/26, fd00::7, 1>" +
        "|<b, , 5, 20/11/26, 10.0.0.7, 2224>\n",
    );
  },
});

Deno.test({
  name: "encodeClassic leaves out files whose name the dialect cannot write",
  permissions: "none",
  fn: () => {
    const files = ["a|b", "<x>", " a"].map((name) => ({ ...song, name }));
    assertEquals(encodeClassic({ verb: "FOUND", files }), "NOT FOUND\n");
    const found = encodeClassic({ verb: "FOUND", files: [...files, song] });
    assertEquals(found, "FOUND: <song.mp3, mp3, 5, 20/11/26, 10.0.0.7, 2224>\n");
  },
});

Deno.test({
  name: "hostile 8: encodeClassic writes one line whatever the reply holds",
  permissions: "none",
  fn: () => {
    const message = "a\nFOUND: <x, y, 1, 01/01/20, 6.6.6.6, 1>\r\nBYE";
    assertEquals(
      encodeClassic({ verb: "ERROR", code: "order", message }),
      "ERROR: a\\u{a}FOUND: <x, y, 1, 01/01/20, 6.6.6.6, 1>\\u{d}\\u{a}BYE\n",
    );
    fc.assert(fc.property(anyMessage<TrackerReply>(trackerReplyBodies), (reply) => {
      const line = encodeClassic(reply) ?? "\n";
      // deno-lint-ignore no-control-regex
      assertEquals(/[\u0000-\u001f]/.exec(line)?.index, line.length - 1);
    }));
  },
});

Deno.test({
  name: "hostile 8: encodeClassic writes the sources that were found and no others",
  permissions: "none",
  fn: () => {
    fc.assert(fc.property(fc.array(foundFile, { maxLength: 4 }), (files) => {
      const expected = files.filter(({ name }) => fitsClassicRecord(name))
        .flatMap(({ name, size, sources }) =>
          sources.map(({ address, port }) => ({ name, size, address, port }))
        );
      const line = encodeClassic({ verb: "FOUND", files }) ?? "";
      const records = expected.length === 0
        ? []
        : parseClassicRecords(line.slice("FOUND: ".length));
      assertEquals(
        records.map(({ name, size, address, port }) => ({ name, size, address, port })),
        expected,
      );
    }));
  },
});

Deno.test({
  name: "parseClassicDownload reads name, type and size; the name may have commas",
  permissions: "none",
  fn: () => {
    for (const text of ["DOWNLOAD: a, b.txt, txt, 5", "DOWNLOAD:a, b.txt,txt,5", " a "]) {
      assertEquals(isClassicDownload(text), text !== " a ");
      if (text === " a ") continue;
      assertEquals(parseClassicDownload(text), { name: "a, b.txt", type: "txt", size: 5 });
    }
    assertEquals(parseClassicDownload("DOWNLOAD: a, , 0"), { name: "a", type: "", size: 0 });
  },
});

Deno.test({
  name: "isClassicDownload tells it from the request of version 2",
  permissions: "none",
  fn: () => {
    assert(!isClassicDownload('DOWNLOAD {"id":"a"}'));
    assert(!isClassicDownload("download: a, b, 1"));
    assert(!isClassicDownload(" DOWNLOAD: a, b, 1"));
  },
});

Deno.test({
  name: "hostile 32: parseClassicDownload refuses sizes that are no plain numbers",
  permissions: "none",
  fn: () => {
    for (const size of ["-1", "007", "1e9", "9007199254740992", "", "٣", "5 bytes"]) {
      assertThrows(() => parseClassicDownload(`DOWNLOAD: a, b, ${size}`), LanyardError, "size");
    }
    for (const text of ["DOWNLOAD: a", "DOWNLOAD: a, 5", "DOWNLOAD:", "UPLOAD: a, b, 5"]) {
      assertThrows(() => parseClassicDownload(text), LanyardError, "Expected DOWNLOAD");
    }
  },
});

Deno.test({
  name: "parseClassicDownload throws nothing but LanyardError",
  permissions: "none",
  fn: () => {
    fc.assert(
      fc.property(hostileLine, (line) => {
        for (const start of ["", "DOWNLOAD:"]) {
          try {
            parseClassicDownload(start + decoder.decode(line));
          } catch (error) {
            assert(error instanceof LanyardError && error.code === "syntax", String(error));
          }
        }
      }),
      { numRuns: 1000 },
    );
  },
});

function decode(line: string): TrackerRequest[] {
  return decodeClassic(encoder.encode(line), today);
}

function assertGoodPaths(request: TrackerRequest): void {
  if (request.verb !== "SHARE") return;
  for (const { path } of request.files) assertEquals(sharePathFault(path), undefined);
}
