import type { Holder } from "../file_index.ts";

/** The condition that a copy is one of some sessions', or of any if they are missing. */
export function heldBy(holders: readonly Holder[] | undefined): string {
  return holders === undefined ? "true" : "holder in (select value from json_each(?))";
}

/** The values of that condition. */
export function valuesOf(holders: readonly Holder[] | undefined): string[] {
  return holders === undefined ? [] : [JSON.stringify(holders)];
}
