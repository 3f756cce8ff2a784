import type { FoundTracker } from "../net/discovery/mod.ts";

/** By what to choose among trackers that were found. */
export interface Wishes {
  /** The name that was asked for, if one was. */
  name?: string | undefined;
  /** The ids that count for each name; without encryption nobody can tell, so there are none. */
  known: ReadonlyMap<string, readonly string[]>;
  /** Ids that the user trusts from now on; no others then. */
  trusted: readonly string[];
}

/** What is to be done about what was found. */
export type Choice =
  | { outcome: "none" }
  | { outcome: "one"; tracker: FoundTracker }
  | { outcome: "several"; trackers: readonly FoundTracker[] }
  /** There is a tracker of a known name, with a key that does not count for it. */
  | { outcome: "other-key"; tracker: FoundTracker; expected: string };

/**
 * Chooses among trackers that were found: one that is known before all that are not, so that nobody
 * who makes up trackers is in the way, and none in place of one that is known.
 */
export function chooseTracker(found: readonly FoundTracker[], wishes: Wishes): Choice {
  const { name, known, trusted } = wishes;
  const named = found.filter((one) => name === undefined || one.name === name);
  if (trusted.length > 0) {
    const [first] = named;
    const wanted = named.filter(({ id }) => trusted.includes(id));
    if (wanted.length > 0 || first === undefined) return oneOf(wanted);
    return { outcome: "other-key", tracker: first, expected: trusted[0] ?? "" };
  }
  const expected = (tracker: FoundTracker): readonly string[] => known.get(tracker.name) ?? [];
  const familiar = named.filter((one) => expected(one).includes(one.id));
  if (familiar.length > 0) return oneOf(familiar);
  const [first] = named;
  const isStrange = named.every((one) => one.name === first?.name && expected(one).length > 0);
  if (first === undefined || !isStrange) return oneOf(named);
  return { outcome: "other-key", tracker: first, expected: expected(first).at(-1) ?? "" };
}

function oneOf(trackers: readonly FoundTracker[]): Choice {
  const [tracker, ...others] = trackers;
  if (tracker === undefined) return { outcome: "none" };
  return others.length === 0 ? { outcome: "one", tracker } : { outcome: "several", trackers };
}
