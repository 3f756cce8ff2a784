/** Lines as broken or hostile remotes send them, for property tests. */
import fc from "fast-check";
import { encodeMessage } from "../messages/codec.ts";
import {
  anyMessage,
  peerReplyBodies,
  peerRequestBodies,
  trackerReplyBodies,
  trackerRequestBodies,
} from "./messages.ts";
import { anyText } from "./values.ts";

const encoder = new TextEncoder();

/** Any message of any table as its line, without LF. */
export const validLine: fc.Arbitrary<Uint8Array> = fc.oneof(
  anyMessage(trackerRequestBodies),
  anyMessage(trackerReplyBodies),
  anyMessage(peerRequestBodies),
  anyMessage(peerReplyBodies),
).map((message) => encodeMessage(message).subarray(0, -1));

/** A line in the shape of a message, with any JSON behind a verb that may be ours. */
const looseLine = fc.tuple(
  fc.constantFrom("HELLO", "SHARE", "SEARCH", "FOUND", "NOT FOUND", "DOWNLOAD", "X", "hello", ""),
  fc.oneof(fc.json(), fc.dictionary(fc.string(), fc.jsonValue()).map((value) => stringify(value))),
).map(([verb, json]) => encoder.encode(`${verb} ${json}`));

/** A line in the shape of the classic dialect. */
const classicLine = fc.tuple(
  fc.constantFrom("<", "SEARCH:", "DOWNLOAD:", "HELLO", "<a, b, 1, 01/01/20, ::1, 1>|<"),
  fc.array(
    fc.constantFrom(",", "<", ">", "|", "/", "..", "1", "-1", "a", " ", "\r", "é", "31/12/99"),
  ),
).map(([start, parts]) => encoder.encode(start + parts.join("")));

const edit = fc.record({
  at: fc.nat(),
  removed: fc.nat({ max: 3 }),
  inserted: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.constantFrom('"', "\\", "{", "}", "[", "]", ",", ":", "-", "0", "1e99", "null", "\\ud800")
      .map((text) => encoder.encode(text)),
  ),
});

/** A valid line after one to four cuts and insertions. */
const mutatedLine = fc.tuple(validLine, fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([line, edits]) =>
    edits.reduce<Uint8Array>((bytes, { at, removed, inserted }) => {
      const from = at % (bytes.length + 1);
      return Uint8Array.from([
        ...bytes.subarray(0, from),
        ...inserted,
        ...bytes.subarray(from + removed),
      ]);
    }, line)
  );

/** Anything that may arrive where a line is expected, except LF. */
export const hostileLine: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  anyText.map((text) => encoder.encode(text)),
  looseLine,
  classicLine,
  mutatedLine,
).map((line) => line.filter((byte) => byte !== 0x0a));

/** Cuts `bytes` at these places (taken modulo the length). */
export function cutAt(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length]
    .sort((a, b) => a - b);
  return cuts.slice(1).map((cut, index) => bytes.subarray(cuts[index], cut));
}

function stringify(value: unknown): string {
  return JSON.stringify(value);
}
