import type { Holder } from "../file_index.ts";
import type { Value } from "./database.ts";

/** Whose copies count. */
export class Visibility {
  /** Those of all sessions. */
  static readonly all = new Visibility("true", [], () => true);

  /** Only those of some sessions. */
  static only(holders: Iterable<Holder>): Visibility {
    const set = new Set(holders);
    const condition = "holder in (select value from json_each(?))";
    return new Visibility(condition, [JSON.stringify([...set])], (holder) => set.has(holder));
  }

  /** Those of all sessions but some. */
  static except(holders: Iterable<Holder>): Visibility {
    const set = new Set(holders);
    if (set.size === 0) return Visibility.all;
    const condition = "holder not in (select value from json_each(?))";
    return new Visibility(condition, [JSON.stringify([...set])], (holder) => !set.has(holder));
  }

  /** The condition that a row of `copies` counts. */
  readonly condition: string;
  /** The values of that condition. */
  readonly values: readonly Value[];
  /** Whether the copies of a session count. */
  readonly has: (holder: Holder) => boolean;

  private constructor(
    condition: string,
    values: readonly Value[],
    has: (holder: Holder) => boolean,
  ) {
    this.condition = condition;
    this.values = values;
    this.has = has;
  }
}
