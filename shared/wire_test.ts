import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "./errors.ts";
import { limits } from "./limits.ts";
import { LineReader } from "./line_reader.ts";
import { cutAt } from "./testing/lines.ts";
import { MemoryStream } from "./testing/memory_stream.ts";
import { Wire } from "./wire.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

Deno.test({
  name: "Wire.readLine reads lines one after the other, then the end",
  permissions: "none",
  fn: async () => {
    const wire = new Wire(receiving("HELLO {}\nPING", " {}\n", "\n"));
    assertEquals(await lines(wire), ["HELLO {}", "PING {}", ""]);
    assertEquals(await wire.readLine(), undefined);
  },
});

Deno.test({
  name: "Wire reads the same lines and raw runs however the input is cut",
  permissions: "none",
  fn: async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 6 }),
      fc.array(fc.nat({ max: 30_000 })),
      async (runs, places) => {
        const input = runs.flatMap((run) => [...encoder.encode(`${run.length}\n`), ...run]);
        const wire = new Wire(new MemoryStream(cutAt(Uint8Array.from(input), places)));
        const found: Uint8Array[] = [];
        for (let line = await wire.readLine(); line !== undefined; line = await wire.readLine()) {
          const run = new Uint8Array(Number(decoder.decode(line)));
          await wire.readFull(run);
          found.push(run);
        }
        assertEquals(found, runs);
        assertEquals(wire.progress, input.length);
      },
    ));
  },
});

Deno.test({
  name: "hostile 33: Wire reads a line that arrives byte by byte",
  permissions: "none",
  fn: async () => {
    const line = "a".repeat(limits.lineBytes - 1);
    const bytes = Array.from(encoder.encode(`${line}\n`), (byte) => Uint8Array.of(byte));
    assertEquals(await lines(new Wire(new MemoryStream(bytes))), [line]);
  },
});

Deno.test({
  name: "hostile 33: Wire.readFirstLine refuses what is no text before it ends",
  permissions: "none",
  fn: async () => {
    for (const first of [0x00, 0x16, 0x1b]) {
      const wire = new Wire(new MemoryStream([Uint8Array.of(first, 3, 1, 2, 0, 1)]));
      await assertFails(() => wire.readFirstLine(), "syntax", "TLS");
    }
    for (const text of ["HELLO {}\n", "\n", "\r\n"]) {
      assertEquals(
        decoder.decode(await new Wire(receiving(text)).readFirstLine()),
        text.slice(0, -1),
      );
    }
    assertEquals(await new Wire(receiving()).readFirstLine(), undefined);
  },
});

Deno.test({
  name: "hostile 33: Wire.readLine refuses an endless line",
  permissions: "none",
  fn: async () => {
    const chunk = new Uint8Array(1024).fill(0x61);
    const stream = new MemoryStream(Array(1024).fill(chunk));
    const reader = new LineReader();
    await assertFails(() => new Wire(stream, reader).readLine(), "syntax", "longer than");
    assert(reader.buffered <= limits.lineBytes + chunk.length);
  },
});

Deno.test({
  name: "Wire.readLine fails when the connection ends in the middle of a line",
  permissions: "none",
  fn: async () => {
    const wire = new Wire(receiving("PING {}\nBY"));
    assertEquals(text(await wire.readLine()), "PING {}");
    await assertFails(() => wire.readLine(), "closed", "in the middle of a line");
  },
});

Deno.test({
  name: "Wire.readFull says how much was missing when the connection ends",
  permissions: "none",
  fn: async () => {
    const wire = new Wire(receiving("FILE\n123", "45"));
    await wire.readLine();
    await assertFails(() => wire.readFull(new Uint8Array(8)), "closed", "3 bytes too early");
  },
});

Deno.test({
  name: "Wire.readFull of nothing reads nothing",
  permissions: "none",
  fn: async () => {
    const wire = new Wire(receiving());
    await wire.readFull(new Uint8Array());
    assertEquals(wire.progress, 0);
  },
});

Deno.test({
  name: "Wire tells a broken connection by closed, with the cause",
  permissions: "none",
  fn: async () => {
    const stream = receiving("PING {}\n");
    const wire = new Wire(stream);
    assertEquals(text(await wire.readLine()), "PING {}");
    stream.readError = new Error("ECONNRESET");
    const error = await assertFails(() => wire.readLine(), "closed", "unexpectedly");
    assertStrictEquals(error.cause, stream.readError);
    await assertFails(() => wire.readFull(new Uint8Array(1)), "closed", "unexpectedly");
  },
});

Deno.test({
  name: "Wire.send sends in order, whatever each write takes",
  permissions: "none",
  fn: async () => {
    const messages = fc.array(fc.array(fc.string({ maxLength: 3000 }), { maxLength: 4 }), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(messages, fc.integer({ min: 1, max: 4000 }), async (messages, most) => {
        const stream = receiving();
        stream.mostWritten = most;
        const wire = new Wire(stream);
        const sent: number[] = [];
        await Promise.all(messages.map(async (chunks, index) => {
          await wire.send(...chunks.map((chunk) => encoder.encode(chunk)));
          sent.push(index);
        }));
        assertEquals(stream.written, messages.flat().join(""));
        // A message without chunks is sent at once; the others in their order.
        const filled = sent.filter((index) => messages[index]?.length !== 0);
        assertEquals(filled, filled.toSorted((a, b) => a - b));
        assertEquals(sent.length, messages.length);
        assertEquals([wire.queued, wire.progress], [0, encoder.encode(stream.written).length]);
      }),
      { numRuns: 50 },
    );
  },
});

Deno.test({
  name: "Wire.send joins small messages that wait and never copies content",
  permissions: "none",
  fn: async () => {
    const stream = receiving();
    const release = stream.hold();
    const wire = new Wire(stream);
    const content = new Uint8Array(64 * 1024);
    const sends = ["first", "a", "b", "c"].map((word) => wire.send(encoder.encode(word)));
    sends.push(wire.send(content));
    release();
    await Promise.all(sends);
    assertEquals(stream.writes.slice(0, -1).map(text), ["first", "abc"]);
    assertStrictEquals(stream.writes.at(-1)?.buffer, content.buffer);
  },
});

Deno.test({
  name: "Wire.queued counts what the connection has not taken",
  permissions: "none",
  fn: async () => {
    const stream = receiving();
    const wire = new Wire(stream);
    const steps: number[] = [];
    stream.mostWritten = 4;
    const release = stream.hold();
    const write = stream.write.bind(stream);
    stream.write = (bytes) => {
      steps.push(wire.queued);
      return write(bytes);
    };
    const sends = [wire.send(encoder.encode("12345678"), encoder.encode("9"))];
    sends.push(wire.send(encoder.encode("0")));
    assertEquals(wire.queued, 10);
    release();
    await Promise.all(sends);
    // The first write starts before the second send.
    assertEquals(steps, [9, 6, 2, 1]);
    assertEquals([wire.queued, wire.progress, stream.written], [0, 10, "1234567890"]);
  },
});

Deno.test({
  name: "Wire.send of nothing is done at once, of an empty chunk behind what waits",
  permissions: "none",
  fn: async () => {
    const stream = receiving();
    const release = stream.hold();
    const wire = new Wire(stream);
    const events: string[] = [];
    const first = wire.send(encoder.encode("a")).then(() => events.push("a"));
    const empty = wire.send(new Uint8Array()).then(() => events.push("empty"));
    await wire.send();
    events.push("nothing");
    release();
    await Promise.all([first, empty]);
    assertEquals(events, ["nothing", "a", "empty"]);
    assertEquals(stream.written, "a");
  },
});

Deno.test({
  name: "Wire.send fails with every send that waits when a write fails",
  permissions: "none",
  fn: async () => {
    const stream = receiving();
    stream.writeError = new Error("EPIPE");
    const wire = new Wire(stream);
    const sends = ["a", "b", "c"].map((word) => wire.send(encoder.encode(word)));
    for (const send of sends) {
      const error = await assertFails(() => send, "closed", "while sending");
      assertStrictEquals(error.cause, stream.writeError);
    }
    assertEquals(wire.queued, 0);
  },
});

Deno.test({
  name: "Wire.send never goes on after a failed write: half a message may be out",
  permissions: "none",
  fn: async () => {
    const stream = receiving("ERROR {}\n");
    stream.mostWritten = 3;
    const wire = new Wire(stream);
    const write = stream.write.bind(stream);
    stream.write = (bytes) => {
      if (stream.writes.length === 1) stream.writeError = new Error("EPIPE");
      return write(bytes);
    };
    await assertFails(() => wire.send(encoder.encode("123456")), "closed", "while sending");
    stream.writeError = undefined;
    await assertFails(() => wire.send(encoder.encode("789")), "closed", "before everything");
    assertEquals([stream.written, wire.queued], ["123", 0]);
    // The remote's last words can still be read: they may say why.
    assertEquals([wire.closed, ...await lines(wire)], [false, "ERROR {}"]);
  },
});

Deno.test({
  name: "Wire.close rejects the sends that wait and ends the read that waits",
  permissions: "none",
  fn: async () => {
    const stream = new MemoryStream([], { open: true });
    const release = stream.hold();
    const wire = new Wire(stream);
    const line = wire.readLine();
    const sends = ["a", "b"].map((word) => wire.send(encoder.encode(word)));
    wire.close();
    assertEquals([wire.closed, wire.queued], [true, 0]);
    for (const send of sends) await assertFails(() => send, "closed", "before everything was sent");
    assertEquals(await line, undefined);
    release();
    wire.close();
    assertEquals(stream.events, ["close"]);
  },
});

Deno.test({
  name: "Wire.close ends a read in the middle of a line or of raw bytes",
  permissions: "none",
  fn: async () => {
    const half = new Wire(new MemoryStream([encoder.encode("PI")], { open: true }));
    const line = half.readLine();
    const raw = new Wire(new MemoryStream([encoder.encode("12")], { open: true }));
    const full = raw.readFull(new Uint8Array(4));
    half.close();
    raw.close();
    assertEquals(await line, undefined);
    await assertFails(() => full, "closed", "too early");
  },
});

Deno.test({
  name: "Wire.send after close fails, even while a write is under way",
  permissions: "none",
  fn: async () => {
    const stream = receiving();
    const release = stream.hold();
    const wire = new Wire(stream);
    const before = wire.send(encoder.encode("before"));
    wire.close();
    const after = wire.send(encoder.encode("after"));
    // The pending write still succeeds: the bytes were on their way when the wire closed.
    release();
    await assertFails(() => before, "closed", "before everything");
    await assertFails(() => after, "closed", "before everything");
    await assertFails(() => wire.send(encoder.encode("later")), "closed", "before everything");
    assertEquals([stream.written, wire.queued], ["before", 0]);
  },
});

Deno.test({
  name: "Wire leaves no rejection unhandled when nobody waits for a send",
  permissions: "none",
  fn: async () => {
    const unhandled: unknown[] = [];
    const note = (event: PromiseRejectionEvent): void => {
      event.preventDefault();
      unhandled.push(event.reason);
    };
    globalThis.addEventListener("unhandledrejection", note);
    try {
      const failing = receiving();
      failing.writeError = new Error("EPIPE");
      const broken = new Wire(failing);
      void broken.send(encoder.encode("a"), encoder.encode("b"));
      void broken.send(encoder.encode("c"));
      const closed = new Wire(receiving());
      void closed.send(encoder.encode("a"));
      closed.close();
      void closed.send(encoder.encode("b"));
      // Rejections are reported when the event loop turns.
      await new Promise((resolve) => setTimeout(resolve, 0));
      void broken.send(encoder.encode("d"));
      await new Promise((resolve) => setTimeout(resolve, 0));
    } finally {
      globalThis.removeEventListener("unhandledrejection", note);
    }
    assertEquals(unhandled, []);
  },
});

Deno.test({
  name: "Wire.finish sends what waits, says that it is all, reads on and closes",
  permissions: "none",
  fn: async () => {
    const stream = receiving("PING {}\n", "PING {}\n");
    const wire = new Wire(stream);
    void wire.send(encoder.encode("ERROR {}\n"));
    await wire.finish();
    assertEquals(stream.written, "ERROR {}\n");
    assertEquals(stream.events, ["closeWrite", "close"]);
    assertEquals([wire.closed, wire.progress], [true, 9 + 16]);
  },
});

Deno.test({
  name: "Wire.finish does not read behind the end",
  permissions: "none",
  fn: async () => {
    let reads = 0;
    class Counted extends MemoryStream {
      override read(into: Uint8Array): Promise<number | null> {
        reads++;
        return super.read(into);
      }
    }
    const stream = new Counted();
    const wire = new Wire(stream);
    assertEquals(await wire.readLine(), undefined);
    await wire.finish();
    assertEquals([reads, stream.events], [1, ["closeWrite", "close"]]);
  },
});

Deno.test({
  name: "Wire.end sends what waits and says that it is all, and the remote is still heard",
  permissions: "none",
  fn: async () => {
    const stream = receiving("PING {}\n");
    const wire = new Wire(stream);
    void wire.send(encoder.encode("BYE {}\n"));
    await wire.end();
    assertEquals([stream.written, stream.events, wire.closed], ["BYE {}\n", ["closeWrite"], false]);
    assertEquals(decoder.decode(await wire.readLine()), "PING {}");

    const closed = new Wire(receiving());
    closed.close();
    await assertRejects(() => closed.end(), LanyardError);
  },
});

Deno.test({
  name: "Wire.finish reads no more than it is told, and closes a broken connection",
  permissions: "none",
  fn: async () => {
    const endless = new Wire(new MemoryStream(Array(100).fill(new Uint8Array(10))));
    await endless.finish(25);
    assertEquals([endless.closed, endless.progress], [true, 30]);

    const failing = receiving("PING {}\n");
    failing.writeError = new Error("EPIPE");
    const broken = new Wire(failing);
    void broken.send(encoder.encode("a"));
    await broken.finish();
    assertEquals([broken.closed, failing.events], [true, ["close"]]);

    const closed = new Wire(receiving());
    closed.close();
    await closed.finish();
  },
});

function receiving(...chunks: string[]): MemoryStream {
  return new MemoryStream(chunks.map((chunk) => encoder.encode(chunk)));
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : decoder.decode(bytes);
}

async function lines(wire: Wire): Promise<string[]> {
  const read: string[] = [];
  for (let line = await wire.readLine(); line !== undefined; line = await wire.readLine()) {
    read.push(decoder.decode(line));
  }
  return read;
}

async function assertFails(
  run: () => Promise<unknown>,
  code: "closed" | "syntax",
  because: string,
): Promise<LanyardError> {
  const error = await assertRejects(run, LanyardError, because);
  assertEquals([error.code, error.fatal], [code, true]);
  return error;
}
