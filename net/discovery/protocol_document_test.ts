/** Holds the section of docs/PROTOCOL.md on discovery against the code. */
import { assert, assertEquals } from "@std/assert";
import { defaultPorts } from "../../shared/mod.ts";
import {
  blocksOf,
  documentPermissions as permissions,
  readDocument,
} from "../../tracker/_document.ts";
import {
  decodeAnswer,
  decodeQuestion,
  encodeAnswer,
  encodeQuestion,
  longestDatagram,
  questionBytes,
} from "./datagrams.ts";
import { group } from "./links.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

Deno.test("PROTOCOL.md shows a question and an answer as they travel", { permissions }, () => {
  const [block] = blocksOf("datagrams");
  const [question = "", answer = ""] = block?.lines.map((line) => line.slice("C: ".length)) ?? [];
  const nonce = "A".repeat(43);
  const asked = decoder.decode(encodeQuestion(nonce)).replace(/-+/, "---…").trimEnd();
  assertEquals(question, asked);
  assertEquals(
    decodeQuestion(encoder.encode(question.replace("…", "-".repeat(600)) + "\n")),
    nonce,
  );
  const id = "a".repeat(64);
  const read = decodeAnswer(encoder.encode(`${answer.replace("…", id)}\n`));
  assertEquals(read, { nonce, notice: { name: "lab", id, port: 2222, tlsPort: 2223 } });
  assert(read !== undefined);
  assertEquals(decoder.decode(encodeAnswer(read)).replace(id, "…").trimEnd(), answer);
});

Deno.test("PROTOCOL.md has the numbers of discovery", { permissions }, () => {
  const [, section = ""] = readDocument().split("\n## 20. Finding a tracker\n");
  for (const part of [questionBytes, defaultPorts.discovery, group, "1,200"]) {
    assert(section.includes(String(part)), String(part));
  }
  assertEquals(longestDatagram, 1200);
});
