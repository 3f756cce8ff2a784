/** Reads docs/PROTOCOL.md for the tests that hold it against the code. */

import { join } from "@std/path";

const file = join(import.meta.dirname ?? ".", "..", "docs", "PROTOCOL.md");

/** What the tests need to read the document. */
export const documentPermissions: Deno.PermissionOptions = { read: [file] };

/** The text of the document. */
export function readDocument(): string {
  return Deno.readTextFileSync(file);
}

/** One fenced block: the words behind its fence, and its lines. */
export interface Block {
  info: string[];
  lines: string[];
}

/** The fenced blocks of one kind. */
export function blocksOf(kind: string): Block[] {
  return [...readDocument().matchAll(/^```(\S+)(.*)\n([^]*?)^```$/gm)]
    .filter(([, first]) => first === kind)
    .map(([, , info = "", body = ""]) => ({
      info: info.trim().split(" "),
      lines: body.trimEnd().split("\n"),
    }));
}

/** The cells of the table under a heading, row by row, without the header; code marks are dropped. */
export function tableUnder(heading: string): string[][] {
  const from = readDocument().split(`\n## ${heading}\n`)[1];
  if (from === undefined) throw new RangeError(`There is no heading "${heading}"`);
  const [section = ""] = from.split("\n## ");
  return section.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim().replaceAll("`", "")))
    .filter((cells) => !/^-+$/.test(cells[0] ?? "")).slice(1);
}
