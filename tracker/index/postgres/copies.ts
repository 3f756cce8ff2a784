import type { Holder } from "../file_index.ts";
import type { Transaction } from "./connections.ts";

/** A copy that is there already. */
export interface HeldCopy {
  path: string;
  entry: number;
  serial: number;
  size: number;
  modified: number;
  partial: boolean;
}

/** The copies that a session has at some paths. */
export function copiesAt(
  sql: Transaction,
  holder: Holder,
  paths: readonly string[],
): Promise<HeldCopy[]> {
  return sql<HeldCopy[]>`
    select c.path, c.entry, c.serial, e.size, c.modified, c.partial
    from unnest(${[...paths]}::text[]) as p (path)
    join lanyard.copies c on c.holder = ${holder}
      and hashtextextended(c.path, 0) = hashtextextended(p.path, 0) and c.path = p.path
    join lanyard.entries e on e.serial = c.entry`;
}

/** Takes copies out, and the entries that nobody has then. */
export async function takeCopies(
  sql: Transaction,
  copies: readonly Pick<HeldCopy, "entry" | "serial">[],
): Promise<void> {
  if (copies.length === 0) return;
  const entries = copies.map(({ entry }) => entry);
  const serials = copies.map(({ serial }) => serial);
  await sql`
    delete from lanyard.copies c
    using unnest(${entries}::bigint[], ${serials}::bigint[]) as t (entry, serial)
    where c.entry = t.entry and c.serial = t.serial`;
  await sql`
    delete from lanyard.entries e where e.serial = any(${[...new Set(entries)]}::bigint[])
    and not exists (select from lanyard.copies c where c.entry = e.serial)`;
}
