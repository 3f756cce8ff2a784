import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { LanyardError } from "../../shared/mod.ts";
import { PipeConsole } from "./pipe_console.ts";

/** A console with something in its pipe, in pieces of so many bytes. */
function consoleOf(text: string, size = 3, shown: string[] = []): PipeConsole {
  const bytes = new TextEncoder().encode(text);
  async function* input(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) {
      yield await Promise.resolve(bytes.subarray(at, at + size));
    }
  }
  return new PipeConsole({ input: input(), show: (line) => shown.push(line), isTerminal: false });
}

async function allLines(console: PipeConsole): Promise<string[]> {
  const lines: string[] = [];
  for (let line = await console.readOrder("> "); line !== undefined;) {
    lines.push(line);
    line = await console.readOrder("> ");
  }
  return lines;
}

Deno.test({
  name: "PipeConsole reads lines however they come, and shows questions only",
  permissions: "none",
  fn: async () => {
    const shown: string[] = [];
    const console = consoleOf("one\r\nsüß\n\nlast", 3, shown);
    assertEquals(await console.readOrder("> "), "one");
    assertEquals(await console.ask("Which? "), "süß");
    assertEquals(await allLines(console), ["", "last"]);
    assertEquals([await console.ask("Which? "), shown], [undefined, ["Which? ", "Which? "]]);
  },
});

Deno.test({
  name: "PipeConsole reads the same lines wherever they are cut",
  permissions: "none",
  fn: async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", "\n", " ", "𝄞") });
    await fc.assert(fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (typed, size) => {
      const expected = typed.split("\n");
      if (expected.at(-1) === "") expected.pop();
      assertEquals(await allLines(consoleOf(typed, size)), expected);
    }));
  },
});

Deno.test({
  name: "hostile 33: PipeConsole takes no line without an end",
  permissions: "none",
  fn: async () => {
    const console = consoleOf("x".repeat(200_000), 10_000);
    await assertRejects(() => console.readOrder("> "), LanyardError, "more than 65536 characters");
  },
});
