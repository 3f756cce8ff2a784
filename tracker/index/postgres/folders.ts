import { fold, nameOf, type SharePath } from "../../../shared/mod.ts";
import type { Holder } from "../file_index.ts";
import {
  type FolderChange,
  type FolderChanges,
  folderPath,
  folderType,
} from "../folder_changes.ts";
import type { Transaction } from "./connections.ts";
import { copiesAt, type HeldCopy, takeCopies } from "./copies.ts";

/** Changes how much folders hold: those that are new are made, and the empty ones taken out. */
export async function changeFolders(
  sql: Transaction,
  holder: Holder,
  changes: FolderChanges,
): Promise<void> {
  const changed = [...changes];
  if (changed.length === 0) return;
  const paths = changed.map(([folder]) => folderPath(folder));
  const held = new Map((await copiesAt(sql, holder, paths)).map((copy) => [copy.path, copy]));
  await takeCopies(sql, await growFolders(sql, changed, held));
  const made = changed.filter(([folder, { files }]) => files > 0 && !held.has(folderPath(folder)));
  await addFolders(sql, holder, made);
}

/** Changes folders that are there; returns those that are empty then. */
async function growFolders(
  sql: Transaction,
  changed: readonly [SharePath, FolderChange][],
  held: ReadonlyMap<string, HeldCopy>,
): Promise<HeldCopy[]> {
  const known = changed.flatMap(([folder, change]) => {
    const copy = held.get(folderPath(folder));
    return copy === undefined ? [] : [{ copy, change }];
  });
  if (known.length === 0) return [];
  const entries = known.map(({ copy }) => copy.entry);
  const left = await sql<{ serial: number }[]>`
    update lanyard.entries e
    set files = e.files + f.files,
      size = greatest(0, least(e.size + f.bytes::numeric, ${`${Number.MAX_SAFE_INTEGER}`}::numeric))
    from unnest(
      ${entries}::bigint[], ${known.map(({ change }) => change.files)}::bigint[],
      ${known.map(({ change }) => `${change.bytes}`)}::numeric[]
    ) as f (serial, files, bytes)
    where e.serial = f.serial and e.files + f.files > 0
    returning e.serial`;
  await sql`
    update lanyard.copies c set modified = greatest(c.modified, f.modified)
    from unnest(
      ${entries}::bigint[], ${known.map(({ change }) => change.newest)}::bigint[]
    ) as f (entry, modified)
    where c.entry = f.entry`;
  const kept = new Set(left.map(({ serial }) => serial));
  return known.map(({ copy }) => copy).filter(({ entry }) => !kept.has(entry));
}

async function addFolders(
  sql: Transaction,
  holder: Holder,
  folders: readonly [SharePath, FolderChange][],
): Promise<void> {
  if (folders.length === 0) return;
  const names = folders.map(([folder]) => nameOf(folder));
  const changes = folders.map(([, change]) => change);
  await sql`
    with folders as (
      select *, nextval(pg_get_serial_sequence('lanyard.entries', 'serial')) as serial
      from unnest(
        ${names}::text[], ${names.map(fold)}::text[],
        ${folders.map(([folder]) => folderPath(folder))}::text[],
        ${changes.map(({ bytes }) => Math.min(bytes, Number.MAX_SAFE_INTEGER))}::bigint[],
        ${changes.map(({ files }) => files)}::bigint[],
        ${changes.map(({ newest }) => newest)}::bigint[]
      ) as f (name, folded, path, size, files, modified)
    ), made as (
      insert into lanyard.entries (serial, name, folded, size, type, files)
      overriding system value
      select serial, name, folded, size, ${folderType}, files from folders
    )
    insert into lanyard.copies (entry, holder, path, modified, partial)
    select serial, ${holder}::bigint, path, modified, false from folders`;
}
