import type { Lab } from "./lab.ts";
import type { Result } from "./result.ts";

/** Something that can be measured. */
export interface Bench {
  /** As it is named on the command line. */
  name: string;
  /** What it is about, in a sentence. */
  about: string;
  run(lab: Lab): Promise<Measured>;
}

/** What came out of a bench. */
export interface Measured {
  results: Result[];
  /** More to read: Markdown. */
  appendix?: string;
}
