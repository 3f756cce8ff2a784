import { assert, assertEquals, assertLess, assertLessOrEqual, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "./errors.ts";
import { limits } from "./limits.ts";
import { LineReader } from "./line_reader.ts";
import { cutAt } from "./testing/lines.ts";
import { character } from "./testing/values.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

Deno.test({
  name: "LineReader takes nothing until a line is complete",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    assertEquals(reader.line(), undefined);
    push(reader, "HEL");
    assertEquals(reader.line(), undefined);
    push(reader, "LO\n");
    assertEquals(lines(reader), ["HELLO"]);
    assertEquals(reader.buffered, 0);
  },
});

Deno.test({
  name: "hostile 33: LineReader takes many lines out of one push, LF and CRLF alike",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    push(reader, "a\n\nb\r\n\rc\n".repeat(1000) + "rest");
    // The CR belongs to the text of the line; decodeText drops one at its end.
    assertEquals(lines(reader), Array(1000).fill(["a", "", "b\r", "\rc"]).flat());
    assertEquals(reader.buffered, "rest".length);
  },
});

Deno.test({
  name: "hostile 33: LineReader sees no line in CR alone",
  permissions: "none",
  fn: () => {
    const reader = new LineReader(8);
    push(reader, "HELLO\r");
    assertEquals(reader.line(), undefined);
    push(reader, "BYE\r");
    assertSyntax(() => reader.line());
  },
});

Deno.test({
  name: "LineReader hands back raw bytes after a line",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    push(reader, "FILE\n\n12\nNEXT\n");
    assertEquals(text(reader.line()), "FILE");
    const raw = new Uint8Array(4);
    assertEquals(reader.take(raw), 4);
    // An LF inside the raw bytes ends no line.
    assertEquals(decoder.decode(raw), "\n12\n");
    assertEquals(lines(reader), ["NEXT"]);
  },
});

Deno.test({
  name: "LineReader.take moves what there is when less is there than asked for",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    push(reader, "a\nxyz");
    assertEquals(text(reader.line()), "a");
    const raw = new Uint8Array(5);
    assertEquals(reader.take(raw), 3);
    assertEquals(reader.take(raw.subarray(3)), 0);
    push(reader, "!!b\n");
    assertEquals(reader.take(raw.subarray(3)), 2);
    assertEquals(decoder.decode(raw), "xyz!!");
    assertEquals(lines(reader), ["b"]);
  },
});

Deno.test({
  name: "LineReader takes raw bytes that it had searched for a line in vain",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    push(reader, "raw");
    assertEquals(reader.line(), undefined);
    assertEquals(reader.take(new Uint8Array(2)), 2);
    push(reader, "\n");
    assertEquals(lines(reader), ["w"]);
  },
});

Deno.test({
  name: "LineReader.space and commit add what was received in place",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    for (const part of ["PI", "NG", "\nPONG\n"]) {
      const space = reader.space(part.length);
      assertLessOrEqual(part.length, space.length);
      encoder.encodeInto(part, space);
      reader.commit(part.length);
    }
    assertEquals(lines(reader), ["PING", "PONG"]);
  },
});

Deno.test({
  name: "LineReader copies what is pushed",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    const chunk = encoder.encode("a\n");
    reader.push(chunk);
    chunk.fill(0);
    assertEquals(lines(reader), ["a"]);
  },
});

Deno.test({
  name: "hostile 33: LineReader accepts a line of the limit and refuses one byte more",
  permissions: "none",
  fn: () => {
    const reader = new LineReader(10);
    push(reader, "123456789\nab\n");
    assertEquals(lines(reader), ["123456789", "ab"]);
    push(reader, "1234567890\n");
    assertSyntax(() => reader.line());
  },
});

Deno.test({
  name: "hostile 33: LineReader refuses a long line before it is complete",
  permissions: "none",
  fn: () => {
    const reader = new LineReader(10);
    push(reader, "1234567890");
    assertEquals(reader.line(), undefined);
    push(reader, "1");
    assertSyntax(() => reader.line());
  },
});

Deno.test({
  name: "hostile 33: LineReader refuses an endless line while it holds little more than the limit",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    const chunk = new Uint8Array(4096).fill(0x61);
    const pushAll = (): void => {
      for (;;) {
        reader.push(chunk);
        reader.line();
      }
    };
    assertSyntax(pushAll);
    assertLessOrEqual(reader.buffered, limits.lineBytes + chunk.length);
  },
});

Deno.test({
  name: "LineReader cuts the same lines however the input is cut",
  permissions: "none",
  fn: () => {
    const line = fc.string({ unit: character, maxLength: 30 })
      .map((text) => text.replaceAll("\n", ""));
    fc.assert(fc.property(
      fc.array(line, { maxLength: 20 }),
      fc.array(fc.nat({ max: 2000 })),
      (expected, places) => {
        const input = encoder.encode(expected.map((line) => `${line}\n`).join(""));
        const reader = new LineReader();
        const found = cutAt(input, places).flatMap((chunk) => {
          reader.push(chunk);
          return lines(reader);
        });
        assertEquals(found, expected);
      },
    ));
  },
});

Deno.test({
  name: "LineReader cuts the same lines and raw runs however the input is cut",
  permissions: "none",
  fn: () => {
    const run = fc.uint8Array({ maxLength: 300 });
    fc.assert(fc.property(
      fc.array(run, { maxLength: 8 }),
      fc.array(fc.nat({ max: 3000 })),
      (runs, places) => {
        const input = runs.flatMap((run) => [...encoder.encode(`${run.length}\n`), ...run]);
        const chunks = cutAt(Uint8Array.from(input), places);
        const reader = new LineReader();
        const found: Uint8Array[] = [];
        let open: { bytes: Uint8Array; filled: number } | undefined;
        for (const chunk of chunks) {
          reader.push(chunk);
          for (;;) {
            if (open === undefined) {
              const line = reader.line();
              if (line === undefined) break;
              open = { bytes: new Uint8Array(Number(text(line))), filled: 0 };
            }
            open.filled += reader.take(open.bytes.subarray(open.filled));
            if (open.filled < open.bytes.length) break;
            found.push(open.bytes);
            open = undefined;
          }
        }
        assertEquals(found, runs);
      },
    ));
  },
});

Deno.test({
  name: "hostile 33: LineReader searches each byte of a line once, byte by byte",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    const buffers = new Set<ArrayBufferLike>();
    const searched = searchedBytes(() => {
      for (let at = 1; at < limits.lineBytes; at++) {
        reader.push(Uint8Array.of(0x61));
        assertEquals(reader.line(), undefined);
        buffers.add(reader.space(1).buffer);
      }
      push(reader, "\n");
      assertEquals(reader.line()?.length, limits.lineBytes - 1);
    });
    assertEquals(searched, limits.lineBytes);
    // Doubling: what is copied in all is less than twice what is held in the end.
    assertLessOrEqual(buffers.size, Math.log2(limits.lineBytes) + 2);
  },
});

Deno.test({
  name: "hostile 33: LineReader searches each byte of many lines once",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    const input = "PING {}\n".repeat(5000);
    const searched = searchedBytes(() => {
      push(reader, input);
      assertEquals(lines(reader).length, 5000);
    });
    assertEquals(searched, input.length);
  },
});

Deno.test({
  name: "LineReader does not grow while lines come and go",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    // Never empty between two pushes, so that the buffer must be moved rather than reset.
    push(reader, "x");
    for (let count = 0; count < 10_000; count++) {
      push(reader, "12345678\nx");
      assertEquals(lines(reader).length, 1);
    }
    assertLess(reader.space(1).buffer.byteLength, 256);
  },
});

Deno.test({
  name: "LineReader gives back the room of a long line once it is taken",
  permissions: "none",
  fn: () => {
    const reader = new LineReader();
    push(reader, "a".repeat(limits.lineBytes - 1) + "\n");
    assertEquals(lines(reader).length, 1);
    assertLessOrEqual(reader.space(1).buffer.byteLength, 16 * 1024);
    push(reader, "b\n");
    assertEquals(lines(reader), ["b"]);
  },
});

function push(reader: LineReader, text: string): void {
  reader.push(encoder.encode(text));
}

function text(line: Uint8Array | undefined): string | undefined {
  return line === undefined ? undefined : decoder.decode(line);
}

/** All complete lines. Each is decoded at once: its bytes are a view that the next push ends. */
function lines(reader: LineReader): string[] {
  const taken: string[] = [];
  for (let line = reader.line(); line !== undefined; line = reader.line()) {
    taken.push(decoder.decode(line));
  }
  return taken;
}

function assertSyntax(run: () => unknown): void {
  const error = assertThrows(run, LanyardError);
  assertEquals(error.code, "syntax");
  assert(error.fatal);
}

/** Bytes that `run` searches for LF. Counting proves linear work where a clock only suggests it. */
function searchedBytes(run: () => void): number {
  const indexOf = Uint8Array.prototype.indexOf;
  let searched = 0;
  Object.defineProperty(Uint8Array.prototype, "indexOf", {
    configurable: true,
    value(this: Uint8Array, element: number, from = 0): number {
      const found = indexOf.call(this, element, from);
      searched += (found === -1 ? this.length : found + 1) - from;
      return found;
    },
  });
  try {
    run();
  } finally {
    // The real one is inherited from %TypedArray%.
    Reflect.deleteProperty(Uint8Array.prototype, "indexOf");
  }
  return searched;
}
