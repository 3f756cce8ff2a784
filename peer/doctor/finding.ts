/** How good what was looked at is: a warning costs comfort or speed, a problem keeps from working. */
export type Verdict = "ok" | "warning" | "problem";

/** What one check has found. */
export interface Finding {
  /** What was looked at, in one word. */
  name: string;
  verdict: Verdict;
  /** What there is, in a sentence without a period. */
  message: string;
  /** What to do about it. */
  remedy?: string;
}
