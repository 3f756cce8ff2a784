import { noTests, type Tally } from "./tally.ts";

/** Lines of what was thrown, and lines of where, that are enough to see what went wrong. */
const mostLines = { what: 20, where: 4 };

/** Counts the tests in a JUnit report of `deno test`; steps belong to their tests. */
export function countTests(report: string): Tally {
  const tally: Tally = { ...noTests, failures: [] };
  for (const suite of report.split("<testsuite ").slice(1)) {
    const file = unescape(/^name="(?:\.\/)?([^"]*)"/.exec(suite)?.[1] ?? "");
    const names = new Set<string>();
    for (const test of suite.split("<testcase ").slice(1)) {
      const name = /^name="([^"]*)"/.exec(test)?.[1] ?? "";
      names.add(name);
      const isTest = !isStep(name, names);
      const [, thrown] = /<(?:failure|error) message="[^"]*">([^<]*)/.exec(test) ?? [];
      if (thrown !== undefined) {
        if (isTest) tally.failed++;
        tally.failures.push({ file, name: unescape(name), reason: shorten(unescape(thrown)) });
      } else if (isTest && /<skipped\b/.test(test)) tally.skipped++;
      else if (isTest) tally.passed++;
    }
  }
  return tally;
}

/** A step is listed after its test, under the names of both. */
function isStep(name: string, names: ReadonlySet<string>): boolean {
  const parts = name.split(" &gt; ");
  return parts.some((_, end) => end > 0 && names.has(parts.slice(0, end).join(" &gt; ")));
}

/** Leaves out colours, empty lines, and the far end of a long message or stack. */
function shorten(thrown: string): string {
  // deno-lint-ignore no-control-regex -- colours begin with one
  const lines = thrown.replaceAll(/\x1b\[[\d;]*m/g, "").split("\n").filter((line) => line.trim());
  const isWhere = (line: string): boolean => /^\s+at /.test(line);
  const where = lines.filter(isWhere).slice(0, mostLines.where);
  return [...lines.filter((line) => !isWhere(line)).slice(0, mostLines.what), ...where].join("\n");
}

const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole);
}
