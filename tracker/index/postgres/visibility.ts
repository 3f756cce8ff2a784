import type { Audience, Holder } from "../file_index.ts";
import type { Fragment, Transaction } from "./connections.ts";

/** Whose files count: a condition on a row of `sessions`, here called `s`. */
export function isOpen(
  sql: Transaction,
  { plainOnly = false, holders }: Audience & { holders?: readonly Holder[] },
): Fragment {
  const reachable = plainOnly ? sql`not s.hidden and not s.encrypted` : sql`not s.hidden`;
  return holders === undefined
    ? reachable
    : sql`${reachable} and s.holder = any(${[...holders]}::bigint[])`;
}

/** All of some conditions. */
export function allOf(sql: Transaction, conditions: readonly Fragment[]): Fragment {
  return conditions.reduce((all, one) => sql`${all} and ${one}`, sql`true`);
}
