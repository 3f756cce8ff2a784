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
}

/** How no tests went. */
export const noTests: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** How two runs went together. */
export function sum(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
  };
}
