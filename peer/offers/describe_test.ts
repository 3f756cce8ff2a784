import { assertEquals } from "@std/assert";
import { parseSharePath } from "../../shared/mod.ts";
import { type OfferedPush, offerEvent, offerQuestion, offerText } from "./describe.ts";

const permissions = "none";

const push: OfferedPush = {
  verb: "OFFERED",
  offer: "o",
  from: "ab".repeat(32),
  name: "ana",
  file: { path: parseSharePath("films/lecture.mp4"), size: 212e6, modified: 1, id: "c".repeat(64) },
  message: "For today",
};

Deno.test("offerText says what is offered and how it is taken", { permissions }, () => {
  assertEquals(
    offerText(push),
    'ana offers lecture.mp4 (212 MB): "For today"; take it with: peer receive',
  );
  const { name: _, ...nameless } = push;
  assertEquals(
    offerText({ ...nameless, message: "" }),
    "abababab offers lecture.mp4 (212 MB); take it with: peer receive",
  );
});

Deno.test("offerQuestion says where the file would go", { permissions }, () => {
  assertEquals(
    offerQuestion(push, "/home/bo/lecture.mp4"),
    '"For today" lecture.mp4 exists, 212 MB, from ana. It goes to /home/bo/lecture.mp4. ' +
      "Download? (Y/N) ",
  );
});

Deno.test("hostile 07: what is told of an offer has no control characters", { permissions }, () => {
  const evil = { ...push, name: "a\u202eb", message: "x\n$ \u001b[2J" };
  for (const text of [offerText(evil), offerQuestion(evil, "/p")]) {
    // deno-lint-ignore no-control-regex -- that there are none is what is tested
    assertEquals(/[\u0000-\u001f\u202e]/.test(text), false, text);
  }
});

Deno.test("offerEvent has the offer for programs", { permissions }, () => {
  assertEquals(offerEvent(push), {
    event: "offered",
    offer: "o",
    from: push.from,
    name: "ana",
    file: "lecture.mp4",
    size: 212e6,
    modified: 1,
    id: push.file.id,
    message: "For today",
  });
});
