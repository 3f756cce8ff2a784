import { assertEquals, assertStringIncludes } from "@std/assert";
import { eventually } from "../../tests/support/waiting.ts";
import { LiveTable, type Screen } from "./live_table.ts";

const permissions = "none";

/** A terminal that knows the few sequences that a table uses. */
class Terminal implements Screen {
  readonly #rows: string[][] = [[]];
  #row = 0;
  #column = 0;
  columns = 20;
  rows = 10;

  size(): { columns: number; rows: number } {
    return { columns: this.columns, rows: this.rows };
  }

  writeSync(bytes: Uint8Array): number {
    const text = new TextDecoder().decode(bytes);
    // deno-lint-ignore no-control-regex -- these are what a terminal obeys
    for (const [part] of text.matchAll(/\u001b\[\??\d*[a-zA-Z]|[^]/gu)) this.#obey(part);
    return bytes.length;
  }

  /** What is seen, line by line. */
  get lines(): string[] {
    return this.#rows.map((row) => row.join(""));
  }

  #obey(part: string): void {
    const up = /^[^a-z]\[(\d+)A$/.exec(part)?.[1];
    if (part === "\r") this.#column = 0;
    else if (part === "\n") this.#rows[++this.#row] ??= [];
    else if (up !== undefined) this.#row -= Number(up);
    else if (part === "\u001b[J") {
      this.#rows.length = this.#row + 1;
      this.#rows[this.#row]?.splice(this.#column);
    } else if (!part.startsWith("\u001b")) {
      const row = this.#rows[this.#row];
      if (row !== undefined) row[this.#column++] = part;
    }
  }
}

function say(terminal: Terminal, line: string): void {
  terminal.writeSync(new TextEncoder().encode(`${line}\r\n`));
}

Deno.test("LiveTable stays below what is printed", { permissions }, async () => {
  const terminal = new Terminal();
  let lines = ["one", "two"];
  const table = new LiveTable(terminal, () => lines);
  table.refresh();
  await eventually(() => terminal.lines.length === 2 || undefined);
  table.around(() => say(terminal, "printed"));
  assertEquals(terminal.lines, ["printed", "one", "two"]);
  lines = ["only"];
  table.around(() => say(terminal, "more"));
  assertEquals(terminal.lines, ["printed", "more", "only"]);
  lines = ["last", "sum"];
  table.close();
  say(terminal, "$");
  assertEquals(terminal.lines, ["printed", "more", "last", "sum", "$", ""]);
});

Deno.test("LiveTable has no more lines and columns than the terminal", { permissions }, () => {
  const terminal = new Terminal();
  terminal.rows = 4;
  let most = 0;
  const table = new LiveTable(terminal, (room) => {
    most = room;
    return ["a".repeat(50), "b", "c", "d", "e"];
  });
  table.around(() => {});
  assertEquals([most, terminal.lines], [3, ["a".repeat(20), "b", "c"]]);
  table.close();
});

Deno.test("hostile 07: LiveTable lets no line move the cursor", { permissions }, () => {
  const terminal = new Terminal();
  terminal.columns = 80;
  const table = new LiveTable(terminal, () => ["\u001b[5Aevil\nline"]);
  table.around(() => {});
  assertStringIncludes(terminal.lines[0] ?? "", "\\u{1b}[5Aevil\\u{a}line");
  table.close();
});
