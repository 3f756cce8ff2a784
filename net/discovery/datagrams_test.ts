import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { encodeMessage } from "../../shared/mod.ts";
import { anyText, hexId, label, nonce } from "../../shared/testing/values.ts";
import {
  decodeAnswer,
  decodeQuestion,
  encodeAnswer,
  encodeQuestion,
  longestDatagram,
  questionBytes,
} from "./datagrams.ts";
import type { TrackerNotice } from "./tracker_notice.ts";

const permissions = "none";
const encoder = new TextEncoder();
const openPort = fc.integer({ min: 1, max: 65_535 });

/** What a tracker may say of itself. */
const notice: fc.Arbitrary<TrackerNotice> = fc.oneof(
  fc.record({ name: label, id: hexId, port: openPort, tlsPort: openPort }),
  fc.record({ name: label, id: hexId, port: openPort }),
  fc.record({ name: label, id: hexId, tlsPort: openPort }),
);

Deno.test("a question is read back, and is as long as any answer may be", { permissions }, () => {
  fc.assert(fc.property(nonce, (nonce) => {
    const question = encodeQuestion(nonce);
    assertEquals(question.length, questionBytes);
    assertEquals(decodeQuestion(question), nonce);
    assertEquals(decodeAnswer(question), undefined);
  }));
});

Deno.test("an answer is read back, and is no longer than its question", { permissions }, () => {
  fc.assert(fc.property(nonce, notice, (nonce, notice) => {
    const answer = encodeAnswer({ nonce, notice });
    assert(answer.length <= questionBytes);
    assertEquals(decodeAnswer(answer), { nonce, notice });
    assertEquals(decodeQuestion(answer), undefined);
  }));
  const name = '"'.repeat(64); // Nothing else is longer when it is written.
  const longest = { name, id: "a".repeat(64), port: 65_535, tlsPort: 65_535 };
  assert(encodeAnswer({ nonce: "A".repeat(43), notice: longest }).length <= questionBytes);
});

Deno.test("hostile 47: a question that is shorter than an answer is none", { permissions }, () => {
  const question = encodeQuestion("A".repeat(43));
  for (const padding of ["", "-"]) {
    const short = { verb: "WHERE", version: 2, nonce: "A".repeat(43), padding };
    assertEquals(decodeQuestion(encodeMessage(short)), undefined);
  }
  assertEquals(decodeQuestion(question.subarray(0, -1)), undefined);
  assertEquals(decodeQuestion(question.subarray(1)), undefined);
});

Deno.test("hostile 47: datagrams of anything are neither questions nor answers", {
  permissions,
}, () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    anyText.map((text) => encoder.encode(`${text}\n`)),
    fc.json().map((text) => encoder.encode(`HERE ${text}\n`)),
    fc.json().map((text) => encoder.encode(`WHERE ${text}${" ".repeat(questionBytes)}\n`)),
  );
  fc.assert(fc.property(anything, (bytes) => {
    assertEquals([decodeQuestion(bytes), decodeAnswer(bytes)], [undefined, undefined]);
  }));
});

Deno.test("hostile 47: an answer with any byte changed is read by the same rules, or not at all", {
  permissions,
}, () => {
  fc.assert(fc.property(nonce, notice, fc.nat(), fc.nat({ max: 255 }), (nonce, notice, at, to) => {
    const bytes = encodeAnswer({ nonce, notice });
    bytes[at % bytes.length] = to;
    const read = decodeAnswer(bytes);
    if (read !== undefined) assertEquals(decodeAnswer(encodeAnswer(read)), read);
  }));
});

Deno.test("hostile 47: answers of two lines, without a port, or too long are not read", {
  permissions,
}, () => {
  const sound = {
    verb: "HERE",
    version: 2,
    nonce: "A".repeat(43),
    name: "lab",
    id: "a".repeat(64),
  };
  const read = (more: object): unknown => decodeAnswer(encodeMessage({ ...sound, ...more }));
  assertEquals(read({ port: 1 }), {
    nonce: sound.nonce,
    notice: { name: "lab", id: sound.id, port: 1 },
  });
  assert(read({ port: 1, later: ["versions", "may add"] }) !== undefined);
  for (
    const more of [
      {},
      { port: 0 },
      { port: 65_536 },
      { port: "1" },
      { port: 1, tlsPort: -1 },
      { port: 1, id: "A".repeat(64) },
      { port: 1, name: "" },
      { port: 1, name: "a\nb" },
      { port: 1, name: "a\u001b[2J" },
      { port: 1, name: "a".repeat(65) },
      { port: 1, nonce: "short" },
      { port: 1, later: "-".repeat(longestDatagram) },
    ]
  ) assertEquals(read(more), undefined, JSON.stringify(more).slice(0, 80));
  const twice = encoder.encode('HERE {"port":1}\nHERE {"port":1}\n');
  assertEquals(decodeAnswer(twice), undefined);
});
