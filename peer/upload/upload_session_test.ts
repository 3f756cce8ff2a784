import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { concat } from "@std/bytes";
import { Turns } from "../../net/mod.ts";
import { hashPieces, LanyardError, limits, Wire } from "../../shared/mod.ts";
import { MemoryStream } from "../../shared/testing/memory_stream.ts";
import { noise } from "../../tests/support/network.ts";
import { MemoryShelf } from "../testing/memory_shelf.ts";
import { Slots } from "./slots.ts";
import { UploadSession } from "./upload_session.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const mebibyte = 1024 * 1024;
const hello = 'HELLO {"version":2}\n';
const limitless = { slots: new Slots(Infinity), reads: new Slots(4), turns: new Turns() };

/** Keeps what a connection takes, which it does a little later: until then it must not change. */
class SlowStream extends MemoryStream {
  override async write(bytes: Uint8Array): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve));
    return await super.write(bytes.slice());
  }
}

/** For those who do not want to be told. */
const silence = { uploaded: (): void => {}, greeted: (): void => {} };

/** What a session answers to these requests, and what it tells. */
async function serve(
  shelf: MemoryShelf,
  ...requests: string[]
): Promise<{ sent: Uint8Array; text: string; uploads: string[] }> {
  const stream = new SlowStream([encoder.encode(requests.join(""))]);
  const uploads: string[] = [];
  const session = new UploadSession(new Wire(stream), shelf, limitless, {
    uploaded: ({ path }, bytes) => uploads.push(`${path} ${bytes}`),
    greeted: () => {},
  });
  await session.run();
  assertEquals(stream.events, ["closeWrite", "close"]);
  const sent = concat(stream.writes);
  return { sent, text: decoder.decode(sent), uploads };
}

/** A request of version 2. */
function ask(verb: string, body: Record<string, unknown>): string {
  return `${verb} ${JSON.stringify(body)}\n`;
}

/** The verbs and codes of a text of lines. */
function summary(text: string): string[] {
  return text.trimEnd().split("\n").map((line) => {
    const [, verb = line, code] = /^([A-Z]+) (?:.*"code":"([^"]+)")?/.exec(line) ?? [];
    return code === undefined ? verb : `${verb} ${code}`;
  });
}

Deno.test("UploadSession greets, and sends a range in units behind their lines", async () => {
  const shelf = new MemoryShelf();
  const { id, size, bytes } = shelf.add("a", noise(2 * mebibyte + 700_000));
  const [offset, length] = [10, 2 * mebibyte + 600_000];
  const { sent, uploads } = await serve(
    shelf,
    hello,
    ask("DOWNLOAD", { id, size, offset, length }),
  );
  const units: [number, number][] = [
    [offset, mebibyte],
    [offset + mebibyte, mebibyte],
    [offset + 2 * mebibyte, 600_000],
  ];
  const expected = concat([
    encoder.encode(ask("HI", {
      version: 2,
      limits: { line: limits.lineBytes, outstanding: limits.outstandingBytes },
    })),
    ...units.flatMap(([offset, length]) => [
      encoder.encode(ask("FILE", { offset, length })),
      bytes.subarray(offset, offset + length),
    ]),
  ]);
  assertEquals(sent.length, expected.length);
  assert(sent.every((byte, at) => byte === expected[at]));
  assertEquals(uploads, [`a ${length}`]);
  assertEquals(shelf.events, ["open a", "close a"]);
});

Deno.test("UploadSession sends many small and large ranges without mixing their bytes", async () => {
  const shelf = new MemoryShelf();
  const { id, size, bytes } = shelf.add("a", noise(3 * mebibyte));
  const ranges = Array.from({ length: 40 }, (_, at) => ({
    offset: at * 60_000,
    length: at % 3 === 0 ? 700_000 : 1 + at * 1000,
  }));
  const { sent } = await serve(
    shelf,
    hello,
    ...ranges.map((range) => ask("DOWNLOAD", { id, size, ...range })),
  );
  let at = sent.indexOf(0x0a) + 1;
  for (const { offset, length } of ranges) {
    at = sent.indexOf(0x0a, at) + 1;
    assert(sent.subarray(at, at + length).every((byte, i) => byte === bytes[offset + i]));
    at += length;
  }
  assertEquals(at, sent.length);
});

Deno.test("UploadSession opens content once, and tells of each how much was sent", async () => {
  const shelf = new MemoryShelf();
  const [a, b] = [shelf.add("a", noise(100, 1)), shelf.add("b", noise(100, 2))];
  const get = ({ id, size }: typeof a, length: number): string =>
    ask("DOWNLOAD", { id, size, offset: 0, length });
  const { uploads } = await serve(shelf, hello, get(a, 10), get(a, 20), get(b, 5), get(a, 1));
  assertEquals(uploads, ["a 30", "b 5", "a 1"]);
  assertEquals(shelf.events, ["open a", "close a", "open b", "close b", "open a", "close a"]);
});

Deno.test("UploadSession opens content anew that is not what it was", async () => {
  const shelf = new MemoryShelf();
  const a = shelf.add("a", noise(100));
  a.isCurrent = false;
  const get = ask("DOWNLOAD", { id: a.id, size: 100, offset: 0, length: 10 });
  await serve(shelf, hello, get, get);
  assertEquals(shelf.events, ["open a", "close a", "open a", "close a"]);
});

Deno.test("UploadSession sends the piece list, or in brief only which pieces there are", async () => {
  const shelf = new MemoryShelf();
  const a = shelf.add("a", noise(mebibyte + 1));
  const ask1 = ask("PIECES", { id: a.id, size: a.size });
  const brief = ask("PIECES", { id: a.id, size: a.size, brief: true });
  const whole = await serve(shelf, hello, brief, ask1);
  const [, first, second] = whole.text.split("\n");
  assertEquals([first, second], ['HASHES {"count":0}', 'HASHES {"count":2}']);
  assertEquals(whole.sent.subarray(-64), new Uint8Array(hashPieces(a.bytes)));
  a.have = () => Uint8Array.of(0b0100_0000);
  const partial = await serve(shelf, hello, brief, brief);
  assertEquals(
    partial.text.split("\n").slice(1, 3),
    Array(2).fill('HASHES {"count":0,"have":"QA=="}'),
  );
});

Deno.test("UploadSession answers what it does not have, and goes on", async () => {
  const shelf = new MemoryShelf();
  const { id, size } = shelf.add("a", noise(10));
  const { text } = await serve(
    shelf,
    hello,
    ask("DOWNLOAD", { id, size: 11, offset: 0, length: 1 }),
    ask("PIECES", { id: "1".repeat(64), size }),
    ask("UPLOAD", { path: "x", size: 1, id }),
    ask("PROVE", { certificate: "x", signature: "y" }),
    ask("DANCE", {}),
    ask("PIECES", { id, size, brief: true }),
  );
  assertEquals(summary(text), [
    "HI",
    "ERROR not-found",
    "ERROR not-found",
    "ERROR unsupported",
    "ERROR order",
    "ERROR unsupported",
    "HASHES",
  ]);
});

Deno.test("hostile 19: UploadSession says that a file has changed in place of a unit, and goes on", async () => {
  const shelf = new MemoryShelf();
  const { id, size, ...a } = shelf.add("a", noise(3 * mebibyte));
  const [content] = shelf.contents;
  assert(content !== undefined && a.path === "a");
  const read = content.read.bind(content);
  content.read = (offset, into) => {
    if (offset > 0) content.failure = new LanyardError("changed", "It has changed");
    return read(offset, into);
  };
  content.hashes = () => new Uint8Array(96);
  const { sent, text, uploads } = await serve(
    shelf,
    hello,
    ask("DOWNLOAD", { id, size, offset: 0, length: size }),
    ask("PIECES", { id, size, brief: true }),
  );
  assert(
    text.endsWith('ERROR {"code":"changed","message":"It has changed"}\nHASHES {"count":0}\n'),
  );
  assert(sent.length < mebibyte + 1000, "one unit was sent");
  assertEquals(uploads, [`a ${mebibyte}`]);
  assertEquals(shelf.events.filter((event) => event === "close a").length, 2);
});

const fatal: Record<string, [string, string[]]> = {
  "hostile 24: a range beyond the end": ["syntax", [hello, range(5, 6)]],
  "hostile 24: an empty range": ["syntax", [hello, range(0, 0)]],
  "hostile 32: a negative offset": ["syntax", [hello, range(-1, 1)]],
  "hostile 32: a length of 2^53": ["syntax", [hello, range(0, 2 ** 53)]],
  "hostile 24: a range whose end is beyond 2^53": ["syntax", [
    hello,
    range(2 ** 53 - 1, 2 ** 53 - 1),
  ]],
  "hostile 34: HELLO twice": ["order", [hello, hello]],
  "hostile 34: a request before HELLO": ["syntax", [range(0, 1)]],
  "hostile 57: an older version": ["version", ['HELLO {"version":1}\n']],
  "hostile 34: a classic HELLO": ["syntax", ["HELLO\n"]],
  "hostile 9: what is not UTF-8": ["syntax", ["HELLO \ud800\n"]],
  "hostile 34: a line of HTTP": ["syntax", ["GET / HTTP/1.1\r\n"]],
  "hostile 33: an endless line": ["syntax", [hello, "D".repeat(limits.lineBytes + 1)]],
};

function range(offset: number, length: number): string {
  const { id, size } = new MemoryShelf().add("a", noise(10));
  return ask("DOWNLOAD", { id, size, offset, length });
}

for (const [what, [code, requests]] of Object.entries(fatal)) {
  Deno.test(`${what} ends an upload session with ERROR ${code}`, async () => {
    const shelf = new MemoryShelf();
    shelf.add("a", noise(10));
    const { text, uploads } = await serve(shelf, ...requests, range(0, 10));
    const answers = summary(text).filter((line) => line !== "HI");
    assertEquals(answers, [`ERROR ${code}`]);
    assertStringIncludes(text, '"fatal":true');
    assertEquals(uploads, []);
  });
}

Deno.test("UploadSession heeds that somebody got wrong bytes, and no other complaint", async () => {
  const shelf = new MemoryShelf();
  const { id, size } = shelf.add("a", noise(10));
  const complaint = { message: "x", id, size };
  const { text } = await serve(
    shelf,
    hello,
    ask("ERROR", { code: "io", ...complaint }),
    ask("ERROR", { code: "integrity", message: "x" }),
    ask("ERROR", { code: "integrity", ...complaint, size: 11 }),
    ask("ERROR", { code: "integrity", ...complaint }),
  );
  assertEquals(shelf.events.filter((event) => event.startsWith("distrust")), ["distrust a"]);
  assertEquals(summary(text), ["HI"], "a complaint is not answered");
});

Deno.test("UploadSession serves the classic dialect without a greeting", async () => {
  const shelf = new MemoryShelf();
  const { bytes } = shelf.add("song.mp3", noise(mebibyte + 9));
  const { sent, uploads } = await serve(shelf, `DOWNLOAD: song.mp3, mp3, ${bytes.length}\r\n`);
  assertEquals(decoder.decode(sent.subarray(0, 6)), "FILE: ");
  assertEquals(sent.length, 6 + bytes.length);
  assert(sent.subarray(6).every((byte, at) => byte === bytes[at]));
  assertEquals(uploads, [`song.mp3 ${bytes.length}`]);
  assertEquals((await serve(shelf, "DOWNLOAD: other.mp3, mp3, 5\n")).text, "NOT FOUND\n");
});

Deno.test("hostile 19: UploadSession cuts a classic connection whose file has changed on the way", async () => {
  const shelf = new MemoryShelf();
  const content = shelf.add("a", noise(2 * mebibyte));
  const read = content.read.bind(content);
  content.read = (offset, into) =>
    offset === 0 ? read(offset, into) : Promise.reject(new LanyardError("changed", "It has"));
  const stream = new SlowStream([encoder.encode(`DOWNLOAD: a, , ${content.size}\n`)]);
  await new UploadSession(new Wire(stream), shelf, limitless, silence).run();
  assertEquals(stream.events, ["close"], "it looks like anything but the end of a file");
  assert(!stream.written.includes("ERROR"), "what follows FILE: is content");
});

Deno.test("hostile 1: UploadSession finds nothing in the classic dialect that is not on the shelf", async () => {
  const shelf = new MemoryShelf();
  shelf.add("a", noise(10));
  for (const name of ["../a", "/etc/passwd", "./a", "C:\\a"]) {
    const { text } = await serve(shelf, `DOWNLOAD: ${name}, , 10\n`);
    assertEquals(/^(?:NOT FOUND|ERROR .*"fatal":true.*)\n$/.test(text), true, text);
  }
});

Deno.test("UploadSession leaves at BYE", async () => {
  const shelf = new MemoryShelf();
  shelf.add("a", noise(10));
  const { text } = await serve(shelf, hello, "BYE {}\n", range(0, 10));
  assertEquals(summary(text), ["HI"]);
});

Deno.test("UploadSession tells when its remote is known, if it gets that far", async () => {
  for (
    const [request, expected] of [[hello, 1], ["HELLO\n", 0], ["DOWNLOAD: none, , 1\n", 1]] as const
  ) {
    let greetings = 0;
    const session = new UploadSession(
      new Wire(new MemoryStream([encoder.encode(request)])),
      new MemoryShelf(),
      limitless,
      { uploaded: () => {}, greeted: () => void greetings++ },
    );
    await session.run();
    assertEquals(greetings, expected, request);
  }
});

Deno.test("UploadSession is busy while it answers, and waits for the next request", async () => {
  const shelf = new MemoryShelf();
  const content = shelf.add("a", noise(10));
  const stands: string[] = [];
  const look = (what: string): void => void stands.push(`${what} ${session.standing}`);
  const read = content.read.bind(content);
  content.read = (offset, into) => {
    look("read");
    return read(offset, into);
  };
  const stream = new MemoryStream([encoder.encode(hello), encoder.encode(range(0, 10))]);
  const receive = stream.read.bind(stream);
  stream.read = (into) => {
    look("receive");
    return receive(into);
  };
  const session = new UploadSession(new Wire(stream), shelf, limitless, silence);
  await session.run();
  assertEquals(stands, [
    "receive silent",
    "receive waiting",
    "read busy",
    "receive waiting",
  ]);
  assertEquals([session.standing, session.heard], ["ended", 1]);
});

Deno.test("hostile 51: UploadSession gives whoever may have one content nothing beside it", async () => {
  const shelf = new MemoryShelf();
  const shared = shelf.add("docs/shared.txt", noise(10, 1));
  const sibling = shelf.add("docs/sibling.txt", noise(10, 2));
  const parent = shelf.add("parent.txt", noise(11, 1));
  const requests = [shared, sibling, parent].flatMap(({ id, size }) => [
    ask("PIECES", { id, size }),
    ask("DOWNLOAD", { id, size, offset: 0, length: 1 }),
  ]);
  const twin = ask("DOWNLOAD", { id: shared.id, size: 11, offset: 0, length: 1 });
  const stream = new SlowStream([encoder.encode([...requests, twin].join(""))]);
  const only = { id: shared.id, size: shared.size };
  const start = { address: "192.0.2.8", known: { peer: "b".repeat(64), only } };
  await new UploadSession(new Wire(stream), shelf, limitless, silence, start).run();
  const text = decoder.decode(concat(stream.writes));
  assertEquals(text.match(/"code":"ticket"/g)?.length, 5);
  assertEquals(text.match(/^(?:HASHES|FILE) /gm)?.length, 1, "and its bytes, which end no line");
  assert(text.startsWith("HASHES "));
});
