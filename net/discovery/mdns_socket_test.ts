import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { isOfInterest } from "./mdns_socket.ts";

const permissions = "none";

/** A packet with so many questions, all for the type of our service. */
function packet(questions: number, type = "\x08_lanyard\x04_tcp\x05local\x00"): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(questions, 4);
  const first = Buffer.concat([Buffer.from(type, "latin1"), Buffer.from([0, 12, 0, 1])]);
  // The others have only a pointer to the name of the first one: six bytes each.
  const others = Buffer.alloc(6 * Math.max(0, questions - 1), Buffer.from([0xc0, 12, 0, 12, 0, 1]));
  return Buffer.concat([header, first, others]);
}

Deno.test("isOfInterest takes questions for our service, and no others", { permissions }, () => {
  assertEquals(isOfInterest(packet(1)), true);
  assertEquals(isOfInterest(packet(2)), true);
  assertEquals(isOfInterest(packet(1, "\x05_http\x04_tcp\x05local\x00")), false);
});

Deno.test("hostile 47: isOfInterest takes no packet of hundreds of questions, nor a huge one", {
  permissions,
}, () => {
  assertEquals(isOfInterest(packet(240)), false);
  assertEquals(isOfInterest(Buffer.concat([packet(1), Buffer.alloc(9000)])), false);
  for (const length of [0, 1, 11]) assertEquals(isOfInterest(Buffer.alloc(length)), false);
});
