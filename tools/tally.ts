/** A test, or a step of one, that failed. */
export interface Failure {
  file: string;
  name: string;
  /** What was thrown, and the first lines of where. */
  reason: string;
}

/** How the tests of a run went. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** Tests that failed, and steps of theirs. */
  failures: Failure[];
  /** Those that passed only when they were run again. */
  unsteady: Failure[];
}

/** How no tests went. */
export const noTests: Tally = { passed: 0, failed: 0, skipped: 0, failures: [], unsteady: [] };

/** How two runs went together. */
export function sum(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
    unsteady: [...a.unsteady, ...b.unsteady],
  };
}

/**
 * How a run went of which some files with failures were run again: a test counts as passed if it
 * passed once, and is remembered as one that did so only the second time.
 */
export function withSecondRun(first: Tally, second: Tally, files: readonly string[]): Tally {
  // A run that broke off says of no test that it passed.
  if (second.passed + second.failed === 0 || second.failures.some(({ file }) => file === "")) {
    return first;
  }
  const key = ({ file, name }: Failure): string => `${file} ${name}`;
  const still = new Set(second.failures.map(key));
  const failures = first.failures.filter((one) => !files.includes(one.file) || still.has(key(one)));
  const unsteady = first.failures.filter((one) => !failures.includes(one));
  const isTest = (one: Failure): boolean => !first.failures.some((test) => isStepOf(one, test));
  const recovered = unsteady.filter(isTest).length;
  return {
    ...first,
    passed: first.passed + recovered,
    failed: first.failed - recovered,
    failures,
    unsteady: [...first.unsteady, ...unsteady],
  };
}

function isStepOf(one: Failure, test: Failure): boolean {
  return one.file === test.file && one.name.startsWith(`${test.name} > `);
}
