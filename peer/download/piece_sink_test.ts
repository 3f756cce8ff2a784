import { assert, assertEquals, assertRejects } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { noise } from "../../tests/support/network.ts";
import { Buffers } from "./buffers.ts";
import { PieceSink } from "./piece_sink.ts";

const mebibyte = 1024 * 1024;
const content = noise(2 * mebibyte + 5);

interface Sunk {
  piece: number;
  bytes: Uint8Array;
}

/** A sink for pieces of `content` from `first` on, and where they go. */
function sinkFrom(first: number, buffers: Buffers): { sink: PieceSink; sunk: Sunk[] } {
  const sunk: Sunk[] = [];
  const sink = new PieceSink(buffers, content.length, first, (piece, length, buffer) => {
    sunk.push({ piece, bytes: new Uint8Array(buffer, 0, length).slice() });
    buffers.give(buffer);
  });
  return { sink, sunk };
}

/** Sends a part of the content to a sink, as a source link does. */
async function send(sink: PieceSink, offset: number, length: number): Promise<void> {
  let at = offset;
  await sink.take(offset, length, (into) => {
    into.set(content.subarray(at, at += into.length));
    return Promise.resolve();
  });
}

Deno.test({
  name: "PieceSink cuts units of any length into pieces",
  permissions: "none",
  fn: async () => {
    for (const unit of [mebibyte, 3 * mebibyte, 400_000, mebibyte + 1]) {
      const { sink, sunk } = sinkFrom(0, new Buffers(mebibyte, 0));
      for (let at = 0; at < content.length; at += unit) {
        await send(sink, at, Math.min(unit, content.length - at));
      }
      assertEquals(sunk.map(({ piece }) => piece), [0, 1, 2]);
      assertEquals(sunk.map(({ bytes }) => bytes.length), [mebibyte, mebibyte, 5]);
      assert(sunk.every(({ piece, bytes }) => isPiece(piece, bytes)));
    }
  },
});

Deno.test({
  name: "PieceSink begins at the piece it is told",
  permissions: "none",
  fn: async () => {
    const { sink, sunk } = sinkFrom(1, new Buffers(mebibyte, 0));
    await send(sink, mebibyte, mebibyte + 5);
    assertEquals(sunk.map(({ piece, bytes }) => isPiece(piece, bytes)), [true, true]);
  },
});

Deno.test({
  name: "PieceSink.release gives back the buffer of a piece that broke off, once",
  permissions: "none",
  fn: async () => {
    const buffers = new Buffers(mebibyte, 0);
    const { sink, sunk } = sinkFrom(0, buffers);
    await send(sink, 0, 10);
    await assertRejects(() => sink.take(10, 10, () => Promise.reject(new Error("gone"))));
    sink.release();
    sink.release();
    const taken = [await buffers.take(), await buffers.take()];
    assertEquals(new Set(taken).size, 2);
    assert(buffers.take() instanceof Promise, "there are no more than two");
    assertEquals(sunk, []);
  },
});

Deno.test({
  name: "PieceSink waits for a free buffer before it takes bytes from the network",
  permissions: "none",
  fn: async () => {
    const buffers = new Buffers(mebibyte, 0);
    const [one, _two] = [await buffers.take(), await buffers.take()];
    const { sink, sunk } = sinkFrom(2, buffers);
    const events: string[] = [];
    const sent = sink.take(2 * mebibyte, 5, (into) => {
      events.push("read");
      into.set(content.subarray(2 * mebibyte));
      return Promise.resolve();
    });
    await Promise.resolve();
    events.push("free");
    buffers.give(one);
    await sent;
    assertEquals(events, ["free", "read"]);
    assertEquals(sunk.length, 1);
  },
});

Deno.test({
  name: "PieceSink.release gives back a buffer that is being filled only when that has ended",
  permissions: "none",
  fn: async () => {
    const buffers = new Buffers(mebibyte, 0);
    const other = await buffers.take();
    const { sink, sunk } = sinkFrom(2, buffers);
    const [begun, filled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const sent = sink.take(2 * mebibyte, 5, () => {
      begun.resolve();
      return filled.promise;
    });
    const rejected = assertRejects(() => sent, LanyardError, "given up");
    await begun.promise;
    sink.release();
    const next = buffers.take();
    assert(next instanceof Promise, "the buffer is still written to");
    filled.resolve();
    await rejected;
    assert(await next !== other);
    assertEquals(sunk, []);
  },
});

Deno.test({
  name: "PieceSink.release and a full piece never both have the buffer, whichever is first",
  permissions: "none",
  fn: async () => {
    const ends = { full: 0, released: 0 };
    for (let ticks = 0; ticks < 20; ticks++) {
      const buffers = new Buffers(mebibyte, 0);
      const { sink, sunk } = sinkFrom(2, buffers);
      const sent = send(sink, 2 * mebibyte, 5).then(() => ends.full++, () => ends.released++);
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      sink.release();
      await sent;
      assert(sunk.every(({ piece, bytes }) => isPiece(piece, bytes) && bytes.length === 5));
      const taken = [await buffers.take(), await buffers.take()];
      assertEquals(taken.map((buffer) => buffer.byteLength), [mebibyte, mebibyte]);
      assertEquals(new Set(taken).size, 2);
      assert(buffers.take() instanceof Promise);
    }
    assert(ends.full > 0 && ends.released > 0);
  },
});

function isPiece(piece: number, bytes: Uint8Array): boolean {
  const offset = piece * mebibyte;
  return bytes.every((byte, at) => byte === content[offset + at]);
}
