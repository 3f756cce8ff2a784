import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { encodeBase64 } from "@std/encoding";
import {
  type ErrorCode,
  hashPieces,
  idFromPieces,
  LanyardError,
  limits,
  Wire,
} from "../../shared/mod.ts";
import {
  type Answer,
  type Answers,
  Fake,
  honestSource,
  line,
  withBytes,
} from "../../tests/support/fakes.ts";
import { noise } from "../../tests/support/network.ts";
import { eventually, patience, within } from "../../tests/support/waiting.ts";
import { MovedClock } from "../testing/moved_clock.ts";
import { greetPeer } from "../greeting.ts";
import { connectTo } from "../net.ts";
import { SourceLink } from "./source_link.ts";

const content = noise(2 * 1024 * 1024 + 5, 3);
const size = content.length;
const id = idFromPieces(hashPieces(content), size);

async function connect(port: number): Promise<SourceLink> {
  const wire = new Wire(await connectTo({ host: "127.0.0.1", port }));
  await greetPeer(wire);
  return SourceLink.over(wire);
}

/** A link to a fake source that has the content, unless it answers something else. */
async function linked(
  answers?: Answers,
): Promise<{ fake: Fake; link: SourceLink } & AsyncDisposable> {
  const fake = new Fake({ ...honestSource(content), ...answers });
  const link = await within(connect(fake.port), patience);
  return {
    fake,
    link,
    [Symbol.asyncDispose]: async () => {
      link.close();
      await fake[Symbol.asyncDispose]();
    },
  };
}

/** Downloads a range; gives what went to the sink. */
async function download(link: SourceLink, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  await link.download({ id, size, offset, length }, {
    take: async (_offset, unit, fill) => {
      await fill(bytes.subarray(filled, filled += unit));
    },
  });
  return bytes;
}

async function fails(code: ErrorCode, run: () => Promise<unknown>): Promise<LanyardError> {
  const error = await assertRejects(() => within(run(), patience), LanyardError);
  assertEquals(error.code, code, error.message);
  return error;
}

function isRange(bytes: Uint8Array, offset: number): boolean {
  return bytes.every((byte, at) => byte === content[offset + at]);
}

Deno.test("SourceLink.download fetches ranges, many at a time, each into its own sink", async () => {
  await using both = await linked();
  const { link } = both;
  const ranges = [[0, 10], [5, 1_500_000], [size - 1, 1], [0, size], [1024 * 1024, 7]] as const;
  const downloads = ranges.map(([offset, length]) => download(link, offset, length));
  assertEquals(link.outstanding, ranges.reduce((sum, [, length]) => sum + length, 0));
  const came = await within(Promise.all(downloads), patience);
  assert(came.every((bytes, at) => isRange(bytes, ranges[at]?.[0] ?? 0)));
  assertEquals([link.outstanding, link.isOpen], [0, true]);
});

Deno.test("SourceLink goes on after an ERROR that is not fatal, also in the middle of a range", async () => {
  let bad = true;
  await using both = await linked({
    DOWNLOAD: (request) => {
      if (!bad) return honestSource(content)["DOWNLOAD"]?.(request) ?? "";
      bad = false;
      return async (connection) => {
        await connection.send(line("FILE", { offset: 0, length: 5 }));
        await connection.send(content.subarray(0, 5));
        await connection.send(line("ERROR", { code: "changed", message: "It has changed" }));
      };
    },
  });
  const { link } = both;
  const [first, second] = await Promise.allSettled([download(link, 0, 10), download(link, 7, 100)]);
  assertEquals(first.status === "rejected" && first.reason.code, "changed");
  assert(second.status === "fulfilled" && isRange(second.value, 7));
  assertEquals([link.outstanding, link.isOpen], [0, true]);
});

Deno.test("SourceLink fails everything at an ERROR that is fatal, or to nothing", async () => {
  const fatal = line("ERROR", { code: "refused", message: "x", fatal: true });
  await using both = await linked({ DOWNLOAD: () => fatal });
  const { link } = both;
  await Promise.all([
    fails("refused", () => download(link, 0, 10)),
    fails("refused", () => download(link, 0, 10)),
  ]);
  assertEquals([link.isOpen, link.outstanding], [false, 0]);
  await fails("refused", () => download(link, 0, 10));

  const unasked = line("ERROR", { code: "changed", message: "x" });
  await using other = await linked({ PIECES: () => unasked + unasked });
  await fails("changed", () => other.link.pieces(id, size));
  await eventually(() => other.link.isOpen ? undefined : true, patience);
  await fails("changed", () => other.link.pieces(id, size));
});

const badUnits: Record<string, Record<string, unknown>> = {
  "another place": { offset: 1, length: 9 },
  "too much": { offset: 0, length: 11 },
  "nothing": { offset: 0, length: 0 },
  "a unit that is too large": { offset: 0, length: limits.unitBytes + 1 },
  "a negative length": { offset: 0, length: -1 },
  "a length of 2^53": { offset: 0, length: 2 ** 53 },
  "a length of 1e1": { offset: 0, length: "1e1" },
};

for (const [what, unit] of Object.entries(badUnits)) {
  Deno.test(`hostile 25: SourceLink ends with a source that sends ${what}`, async () => {
    await using both = await linked({
      DOWNLOAD: () => withBytes("FILE", unit, new Uint8Array(20)),
    });
    await fails("syntax", () => download(both.link, 0, 10));
    assertEquals(both.link.isOpen, false);
  });
}

Deno.test("hostile 25: SourceLink ends with a source that sends more than it was asked for", async () => {
  await using both = await linked({
    DOWNLOAD: () => async (connection) => {
      for (const offset of [0, 10]) {
        await connection.send(line("FILE", { offset, length: 10 }));
        await connection.send(new Uint8Array(10));
      }
    },
  });
  const { link } = both;
  await download(link, 0, 10);
  await eventually(() => link.isOpen ? undefined : true, patience);
  await fails("syntax", () => download(link, 0, 10));
});

Deno.test("hostile 35: SourceLink tells a connection that ended early from bytes", async () => {
  for (const sent of [0, 1, 9]) {
    await using both = await linked({
      DOWNLOAD: () => async (connection) => {
        await connection.send(line("FILE", { offset: 0, length: 10 }));
        await connection.send(new Uint8Array(sent));
        connection.close();
      },
    });
    const { link } = both;
    await fails("closed", () => download(link, 0, 10));
    assertEquals([link.isOpen, link.outstanding], [false, 0]);
  }
});

Deno.test("hostile 22: SourceLink.pieces takes no list but that of the content", async () => {
  const hashes = hashPieces(content);
  const wrong = hashes.slice();
  wrong[95] = (wrong[95] ?? 0) ^ 1;
  const answers: [ErrorCode, Answer][] = [
    ["integrity", withBytes("HASHES", { count: 3 }, wrong)],
    ["integrity", withBytes("HASHES", { count: 2 }, hashes.slice(0, 64))],
    ["integrity", withBytes("HASHES", { count: 65_536 }, new Uint8Array())],
    ["syntax", withBytes("HASHES", { count: 65_537 }, new Uint8Array())],
    ["syntax", withBytes("HASHES", { count: -1 }, new Uint8Array())],
    ["syntax", line("FILE", { offset: 0, length: 0 })],
    ["not-found", line("ERROR", { code: "not-found", message: "x" })],
  ];
  for (const [code, answer] of answers) {
    await using both = await linked({ PIECES: () => answer });
    await fails(code, () => both.link.pieces(id, size));
  }
  await using both = await linked();
  assertEquals(await both.link.pieces(id, size), new Uint8Array(hashes));
});

Deno.test("hostile 24: SourceLink.have takes no bitmap but one of the file's pieces", async () => {
  const bitmaps: [string | undefined, number[] | undefined][] = [
    [undefined, undefined],
    [encodeBase64(Uint8Array.of(0b1010_0000)), [0, 2]],
    [encodeBase64(Uint8Array.of(0)), []],
  ];
  for (const [have, pieces] of bitmaps) {
    await using both = await linked({ PIECES: () => line("HASHES", { count: 0, have }) });
    const set = await both.link.have(id, size);
    assertEquals(set === undefined ? undefined : [...set], pieces);
  }
  const damaged = [
    { count: 0, have: encodeBase64(Uint8Array.of(0b0001_0000)) },
    { count: 0, have: encodeBase64(Uint8Array.of(0, 0)) },
    { count: 0, have: "" },
    { count: 0, have: "%%" },
    { count: 3 },
  ];
  for (const answer of damaged) {
    await using both = await linked({ PIECES: () => line("HASHES", answer) });
    await fails("syntax", () => both.link.have(id, size));
  }
});

Deno.test("SourceLink.finish sends a complaint before it closes, and fails what is under way", async () => {
  const silence = Promise.withResolvers<void>();
  await using both = await linked({ DOWNLOAD: () => () => silence.promise });
  const { link, fake } = both;
  const pending = fails("integrity", () => download(link, 0, 10));
  link.complain(id, size);
  await link.finish(new LanyardError("integrity", "Wrong bytes"));
  await pending;
  silence.resolve();
  await eventually(() => fake.requests.length === 3 ? true : undefined, patience);
  const { code, id: about, size: bytes } = Object(fake.requests[2]);
  assertEquals([code, about, bytes], ["integrity", id, size]);
});

Deno.test("hostile 25: SourceLink.silence grows only while the source owes us something", async () => {
  using clock = new MovedClock();
  const silence = Promise.withResolvers<void>();
  await using both = await linked({ DOWNLOAD: () => () => silence.promise });
  const { link } = both;
  link.silence(); // It has greeted us, which is progress.
  clock.forward(60_000);
  assertLess(link.silence(), 10_000);
  const pending = fails("closed", () => download(link, 0, 10));
  await eventually(() => both.fake.requests.length === 2 ? true : undefined, patience);
  link.silence(); // The request was sent.
  clock.forward(60_000);
  assertGreater(link.silence(), 50_000);
  link.close();
  await pending;
  silence.resolve();
});

Deno.test("SourceLink.silence does not count while our own disk keeps the source waiting", async () => {
  using clock = new MovedClock();
  await using both = await linked();
  const { link } = both;
  const disk = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const done = link.download({ id, size, offset: 0, length: 10 }, {
    take: async (_offset, length, fill) => {
      arrived.resolve();
      await disk.promise;
      await fill(new Uint8Array(length));
    },
  });
  await within(arrived.promise, patience);
  link.silence();
  clock.forward(60_000);
  assertLess(link.silence(), 10_000);
  disk.resolve();
  await within(done, patience);
});
