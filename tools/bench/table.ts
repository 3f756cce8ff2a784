import type { Result } from "./result.ts";

const head = ["what", "ours", "theirs", "ratio", "budget", ""];

function cells({ name, ours, theirs, ratio, budget, verdict }: Result): string[] {
  return [name, ours, theirs ?? "", ratio ?? "", budget ?? "", verdict ?? ""];
}

/** Results in columns, for a terminal. */
export function asText(results: readonly Result[]): string {
  const rows = [head, ...results.map(cells)];
  // Why something was skipped is longer than any figure, and nothing stands beside it.
  const figures = rows.filter(([_name, ours]) => !ours?.startsWith("skipped"));
  const widths = head.map((_, column) =>
    Math.max(...(column === 0 ? rows : figures).map((row) => row[column]?.length ?? 0))
  );
  const lines = rows.map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd()
  );
  lines.splice(1, 0, widths.map((width) => "-".repeat(width)).join("  ").trimEnd());
  return lines.join("\n");
}

/** Results as a table of Markdown. */
export function asMarkdown(results: readonly Result[]): string {
  const row = (values: readonly string[]): string =>
    `| ${values.map((value) => value.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    row(head),
    "| --- | ---: | ---: | ---: | ---: | --- |",
    ...results.map((result) => row(cells(result))),
  ].join("\n");
}
