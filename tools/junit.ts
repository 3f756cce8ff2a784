/** How the tests of a run went. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** Names of the tests that failed. */
  failures: string[];
}

/** Counts the tests in a JUnit report of `deno test`; steps belong to their tests. */
export function countTests(report: string): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const suite of report.split("<testsuite ").slice(1)) {
    const names = new Set<string>();
    for (const test of suite.split("<testcase ").slice(1)) {
      const name = /^name="([^"]*)"/.exec(test)?.[1] ?? "";
      names.add(name);
      if (isStep(name, names)) continue;
      if (/<(?:failure|error)\b/.test(test)) {
        tally.failed++;
        tally.failures.push(unescape(name));
      } else if (/<skipped\b/.test(test)) tally.skipped++;
      else tally.passed++;
    }
  }
  return tally;
}

/** A step is listed after its test, under the names of both. */
function isStep(name: string, names: ReadonlySet<string>): boolean {
  const parts = name.split(" &gt; ");
  return parts.some((_, end) => end > 0 && names.has(parts.slice(0, end).join(" &gt; ")));
}

const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole);
}
