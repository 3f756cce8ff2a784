import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import fc from "fast-check";
import { LineReader } from "../line_reader.ts";
import { cutAt } from "../testing/lines.ts";
import {
  messagesByVerb,
  peerReplyBodies,
  peerRequestBodies,
  trackerReplyBodies,
  trackerRequestBodies,
} from "../testing/messages.ts";
import { decodeMessage, encodeMessage } from "./codec.ts";
import { peerReplies, peerRequests } from "./peer_messages.ts";
import type { MessageTable } from "./table.ts";
import { trackerReplies, trackerRequests } from "./tracker_messages.ts";

interface Direction {
  what: string;
  table: MessageTable;
  verbs: { verb: string; message: fc.Arbitrary<{ verb: string }> }[];
}

const directions: Direction[] = [
  {
    what: "trackerRequests",
    table: trackerRequests,
    verbs: messagesByVerb(trackerRequestBodies),
  },
  { what: "trackerReplies", table: trackerReplies, verbs: messagesByVerb(trackerReplyBodies) },
  { what: "peerRequests", table: peerRequests, verbs: messagesByVerb(peerRequestBodies) },
  { what: "peerReplies", table: peerReplies, verbs: messagesByVerb(peerReplyBodies) },
];

for (const { what, table, verbs } of directions) {
  const anyMessage = fc.oneof(...verbs.map(({ message }) => message));

  Deno.test({
    name: `${what}: decodeMessage reads back every message that encodeMessage writes`,
    permissions: "none",
    fn: () => {
      assertEquals(verbs.map(({ verb }) => verb).toSorted(), Object.keys(table).toSorted());
      for (const { message } of verbs) {
        fc.assert(
          fc.property(message, (message) => {
            assertEquals(decodeMessage(table, encodeMessage(message).subarray(0, -1)), message);
          }),
          { numRuns: 50 },
        );
      }
    },
  });

  Deno.test({
    name: `${what}: messages survive LineReader with their line cut at every byte`,
    permissions: "none",
    fn: () => {
      for (const { message } of verbs) {
        for (const sample of fc.sample(message, 2)) {
          const line = encodeMessage(sample);
          for (let cut = 0; cut <= line.length; cut++) {
            assertEquals(received(table, [line.subarray(0, cut), line.subarray(cut)]), [sample]);
          }
          assertEquals(received(table, Array.from(line, (byte) => Uint8Array.of(byte))), [sample]);
        }
      }
    },
  });

  Deno.test({
    name: `hostile 33: ${what}: rows of messages survive LineReader cut anywhere`,
    permissions: "none",
    fn: () => {
      fc.assert(fc.property(
        fc.array(anyMessage, { maxLength: 6 }),
        fc.array(fc.nat({ max: 10_000 })),
        (messages, places) => {
          const chunks = cutAt(concat(messages.map(encodeMessage)), places);
          assertEquals(received(table, chunks), messages);
        },
      ));
    },
  });
}

function received(table: MessageTable, chunks: Uint8Array[]): unknown[] {
  const reader = new LineReader();
  const messages: unknown[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let line = reader.line(); line !== undefined; line = reader.line()) {
      messages.push(decodeMessage(table, line));
    }
  }
  return messages;
}
