/** Holds the tables of docs/PROTOCOL.md against the code that they describe. */
import { assert, assertEquals } from "@std/assert";
import {
  exitCodes,
  hashPieces,
  idFromPieces,
  isPush,
  limits,
  peerReplies,
  peerRequests,
  refusal,
  trackerReplies,
  type TrackerReply,
  trackerRequests,
} from "../shared/mod.ts";
import { documentPermissions as permissions, readDocument, tableUnder } from "./_document.ts";

type Verb = keyof typeof trackerRequests;

Deno.test("PROTOCOL.md has every message in its index, with its direction", { permissions }, () => {
  const rows = tableUnder("6. Index of messages").filter(([message]) => message !== "message");
  const listed = rows.map(([message = "", direction = "", answer = ""]) =>
    `${message} ${direction} ${answer === "push" || answer === "" ? "says" : "asks"}`
  );
  const expected = [
    ...Object.keys(trackerRequests).map((verb) => `${verb} P→T asks`),
    ...Object.keys(trackerReplies).map((verb) => `${verb} T→P says`),
    ...Object.keys(peerRequests).map((verb) => `${verb} P→P asks`),
    ...Object.keys(peerReplies).map((verb) => `${verb} P→P says`),
  ];
  assertEquals(listed.toSorted(), expected.toSorted());
  const pushes = rows.filter(([, , answer]) => answer === "push").map(([message]) => message);
  const verbs = Object.keys(trackerReplies);
  assertEquals(pushes, verbs.filter((verb) => isPush({ verb } as TrackerReply)));
});

Deno.test("PROTOCOL.md has a card for every message", { permissions }, () => {
  const headings = [...readDocument().matchAll(/^### (.*)$/gm)]
    .flatMap(([, heading = ""]) => heading.split(/, | as /));
  const tables = [trackerRequests, trackerReplies, peerRequests, peerReplies];
  for (const verb of tables.flatMap((table) => Object.keys(table))) {
    assert(headings.includes(verb), verb);
  }
});

Deno.test("PROTOCOL.md has the state table of the code", { permissions }, () => {
  const rows = tableUnder("9. States");
  assertEquals(rows.map(([verb]) => verb), Object.keys(trackerRequests));
  for (const [verb, ...cells] of rows) {
    const expected = (["greeting", "unproven", "receiver", "member"] as const)
      .map((phase) => refusal(phase, verb as Verb) ?? "legal");
    assertEquals(cells, expected, verb);
  }
});

Deno.test("PROTOCOL.md has every limit, with unit and reason", { permissions }, () => {
  const rows = tableUnder("16. Limits");
  assertEquals(rows.map(([name, value]) => [name, Number(value)]), Object.entries(limits));
  for (const [name, , unit, why] of rows) {
    assert((unit ?? "") !== "" && (why ?? "").length > 10, name);
  }
});

Deno.test("PROTOCOL.md has every error code with its exit status", { permissions }, () => {
  const rows = tableUnder("17. Error codes");
  assertEquals(rows.map(([code, , exit]) => [code, Number(exit)]), Object.entries(exitCodes));
});

Deno.test("PROTOCOL.md has vectors that are right", { permissions }, () => {
  const rows = tableUnder("14. Content and its id");
  assert(rows.length >= 10);
  for (const [size, id] of rows) {
    const bytes = new Uint8Array(Number(size))
      .map((_, n) => (7 * n + 13 * Math.floor(n / 256)) % 256);
    assertEquals(idFromPieces(hashPieces(bytes), bytes.length), id, size);
  }
});

Deno.test("PROTOCOL.md links to headings that exist", { permissions }, () => {
  const text = readDocument();
  const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replace(/[^\p{L}\p{N} -]/gu, "").replaceAll(" ", "-")
  );
  for (const [, anchor = ""] of text.matchAll(/\]\(#([^)]+)\)/g)) {
    assert(anchors.includes(anchor), anchor);
  }
});
