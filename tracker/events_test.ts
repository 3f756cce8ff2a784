import { assertEquals } from "@std/assert";
import { hex } from "./_fakes.ts";
import { describeEvent, type TrackerEvent } from "./events.ts";

const permissions = "none";
const peer = hex(1);

Deno.test("describeEvent says each event as one sentence", { permissions }, () => {
  const sentences: [TrackerEvent, string][] = [
    [
      { event: "ready", port: 2222, tlsPort: null, httpPort: null, id: hex(2) },
      "listening on port 2222",
    ],
    [
      { event: "ready", port: 2222, tlsPort: 2223, httpPort: null, id: hex(2) },
      "listening on port 2222 and port 2223 with encryption",
    ],
    [
      { event: "ready", port: null, tlsPort: 2223, httpPort: null, id: hex(2) },
      "listening on port 2223 with encryption",
    ],
    [
      { event: "joined", peer, name: "ana", address: "192.0.2.7", port: 2224, known: false },
      "ana joined from 192.0.2.7:2224",
    ],
    [
      { event: "joined", peer, name: "ana", address: "2001:db8::7", port: 2224, known: true },
      "ana is back from [2001:db8::7]:2224",
    ],
    [{ event: "accepted", peer, name: "ana", files: 3 }, "ana is accepted, sharing 3 files"],
    [{ event: "left", peer, name: "ana", reason: "bye" }, "ana left (bye)"],
    [{ event: "search", peer, found: 4, ms: 5 }, "a search found 4 files in 5 ms"],
    [
      { event: "error", code: "syntax", message: "What", address: "192.0.2.7" },
      "error from 192.0.2.7: What",
    ],
    [
      { event: "error", code: "internal", message: "Oh", address: "" },
      "error from this tracker: Oh",
    ],
  ];
  for (const [event, sentence] of sentences) assertEquals(describeEvent(event), sentence);
});

Deno.test("hostile 07: describeEvent shows what cannot be seen", { permissions }, () => {
  const name = "\u202egpj.exe\u200b";
  for (
    const event of [
      { event: "joined", peer, name, address: "192.0.2.7", port: 1, known: false },
      { event: "accepted", peer, name, files: 1 },
      { event: "left", peer, name, reason: "lost" },
      { event: "error", code: "syntax", message: `${name}\u001b[2J\n`, address: "192.0.2.7" },
    ] satisfies TrackerEvent[]
  ) {
    const sentence = describeEvent(event);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\u0000-\u001f\u200b\u202e]/.test(sentence), false, sentence);
    assertEquals(sentence.includes("\\u{202e}gpj.exe\\u{200b}"), true, sentence);
  }
});
