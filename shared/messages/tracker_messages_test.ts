import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "../errors.ts";
import { limits } from "../limits.ts";
import { messagesByVerb, trackerReplyBodies } from "../testing/messages.ts";
import { decodeMessage } from "./codec.ts";
import { isPush, trackerReplies, trackerRequests } from "./tracker_messages.ts";

const encoder = new TextEncoder();
const id = "a".repeat(64);

Deno.test({
  name: "isPush knows the verbs that are never answers",
  permissions: "none",
  fn: () => {
    const pushes = messagesByVerb(trackerReplyBodies)
      .filter(({ message }) => fc.sample(message, 1).every(isPush))
      .map(({ verb }) => verb);
    assertEquals(pushes, ["OFFERED", "ANSWERED", "CALLED", "REACHABLE", "REVOKED"]);
  },
});

Deno.test({
  name: "trackerRequests refuses bodies that miss a key or have one of another type",
  permissions: "none",
  fn: () => {
    for (
      const line of [
        "HELLO {}",
        "HELLO",
        'HELLO {"version":0,"name":"ana","port":1}',
        'HELLO {"version":2,"name":"ana","port":"1"}',
        'HELLO {"version":2,"name":"ana","port":65536}',
        'HELLO {"version":2,"name":"","port":1}',
        "SHARE {}",
        'SHARE {"files":{}}',
        'SHARE {"files":[null]}',
        `SHARE {"files":[{"path":"a","size":-1,"modified":0,"id":"${id}"}]}`,
        'UNSHARE {"paths":"a"}',
        'SEARCH {"text":"a","limit":0}',
        'SEARCH {"text":"a","exact":null}',
        'SEARCH {"text":"a","peer":"ana"}',
        'LIST {"under":"../a"}',
        `CALL {"peer":"${id}","port":1023}`,
        'ANSWER {"offer":"a","answer":"perhaps"}',
      ]
    ) {
      const refused = (): unknown => decodeMessage(trackerRequests, encoder.encode(line));
      const error = assertThrows(refused, LanyardError);
      assertEquals([error.code, error.fatal], ["syntax", true], line);
    }
  },
});

Deno.test({
  name: "trackerRequests limits the text of a search and treats it as text",
  permissions: "none",
  fn: () => {
    const search = (text: string): unknown =>
      decodeMessage(trackerRequests, encoder.encode(`SEARCH ${JSON.stringify({ text })}`));
    for (const text of ["", "*", "%", "_", "' OR 1=1 --", '"a" NEAR b', "a".repeat(1024)]) {
      assertEquals(search(text), { verb: "SEARCH", text });
    }
    assertThrows(() => search("a".repeat(limits.searchBytes + 1)), LanyardError);
  },
});

Deno.test({
  name: "trackerReplies refuses pages of more entries than asked for",
  permissions: "none",
  fn: () => {
    const peer = {
      peer: id,
      name: "ana",
      address: "::1",
      port: 1,
      reachable: true,
      encrypted: false,
      files: 1,
      bytes: 1,
    };
    const page = (count: number): unknown => {
      const peers = JSON.stringify(Array(count).fill(peer));
      return decodeMessage(trackerReplies, encoder.encode(`PEERS {"peers":${peers}}`));
    };
    page(limits.pageEntries);
    assertThrows(() => page(limits.pageEntries + 1), LanyardError, "more than 200");
  },
});
