import { fold, nameOf, type SharedFile, type SharePath } from "../../../shared/mod.ts";
import type { Holder } from "../file_index.ts";
import { FolderChanges } from "../folder_changes.ts";
import { typeOfFile } from "../indexed_file.ts";
import { noRoom, tooManyOfPeer } from "../too_many.ts";
import type { Totals } from "../totals.ts";
import type { Transaction } from "./connections.ts";
import { copiesAt, takeCopies } from "./copies.ts";
import { takenForDead } from "./database_error.ts";
import { changeFolders } from "./folders.ts";

/** How many files there may be. */
export interface Most {
  ofSession: number;
  inTotal: number;
}

/** A session, and the tracker that has it. */
export interface Owned {
  holder: Holder;
  tracker: number;
}

/** Copies taken out at a time: some ms, for which others wait. */
const slice = 2000;

/**
 * Adds files of a session.
 *
 * @returns what it holds then.
 * @throws {LanyardError} `too-many`; `io` and fatal if the session is not ours any more. Nothing is
 * added then.
 */
export async function put(
  sql: Transaction,
  owned: Owned,
  files: readonly SharedFile[],
  most: Most,
): Promise<Totals> {
  const latest = [...new Map(files.map((file) => [file.path, file])).values()];
  const held = await copiesAt(sql, owned.holder, latest.map(({ path }) => path));
  const [counted] = await sql<{ owner: number | null; own: number; all: number }[]>`
      select
        (select tracker from lanyard.sessions where holder = ${owned.holder}) as owner,
        coalesce((select files from lanyard.totals where holder = ${owned.holder}), 0) as own,
        coalesce(sum(files), 0)::bigint as all
      from lanyard.totals`;
  checkOwner(owned, counted?.owner);
  const added = latest.length - held.length;
  if ((counted?.own ?? 0) + added > most.ofSession) {
    throw tooManyOfPeer(most.ofSession);
  }
  if (added > 0 && (counted?.all ?? 0) + added > most.inTotal) {
    throw noRoom();
  }
  const { holder } = owned;
  // What is there already goes last: an entry that somebody has again is kept.
  await addIdentified(sql, holder, latest.filter(({ id }) => id !== undefined));
  await addUnidentified(sql, holder, latest.filter(({ id }) => id === undefined));
  await takeCopies(sql, held);
  const changes = new FolderChanges();
  for (const file of held) changes.take(file);
  for (const file of latest) changes.add(file);
  await changeFolders(sql, holder, changes);
  return await count(sql, holder, { files: added, bytes: bytesOf(latest) - bytesOf(held) });
}

/** Takes files of a session out; returns what it holds then. @throws {LanyardError} as `put`. */
export async function remove(
  sql: Transaction,
  owned: Owned,
  paths: readonly SharePath[],
): Promise<Totals> {
  const { holder } = owned;
  const [session] = await sql<{ tracker: number }[]>`
    select tracker from lanyard.sessions where holder = ${holder}`;
  const held = await copiesAt(sql, holder, [...new Set(paths)]);
  checkOwner(owned, session?.tracker);
  await takeCopies(sql, held);
  const changes = new FolderChanges();
  for (const file of held) changes.take(file);
  await changeFolders(sql, holder, changes);
  return await count(sql, holder, { files: -held.length, bytes: -bytesOf(held) });
}

/** Takes some files of a session out, and says whether it is gone then, with all that was its. */
export async function drop(sql: Transaction, holder: Holder): Promise<boolean> {
  const held = await sql<{ entry: number; serial: number }[]>`
    select entry, serial from lanyard.copies where holder = ${holder}
    order by serial limit ${slice}`;
  await takeCopies(sql, held);
  if (held.length === slice) return false;
  await sql`delete from lanyard.totals where holder = ${holder}`;
  await sql`delete from lanyard.sessions where holder = ${holder}`;
  return true;
}

function checkOwner({ tracker }: Owned, owner: number | null | undefined): void {
  if (owner !== tracker) throw takenForDead();
}

/** Adds files by their content: an entry that is there is used again. */
async function addIdentified(
  sql: Transaction,
  holder: Holder,
  files: readonly SharedFile[],
): Promise<void> {
  if (files.length === 0) return;
  const names = files.map(({ path }) => nameOf(path));
  const ids = files.map(({ id = "" }) => id);
  const sizes = files.map(({ size }) => size);
  await sql`
      insert into lanyard.entries (name, folded, size, id, type)
      select name, folded, size, decode(id, 'hex'), type
      from unnest(
        ${names}::text[], ${names.map(fold)}::text[], ${sizes}::bigint[], ${ids}::text[],
        ${files.map(typeOfFile)}::text[]
      ) with ordinality as f (name, folded, size, id, type, at)
      order by at
      on conflict (id, size, name) where id is not null do nothing`;
  await sql`
      insert into lanyard.copies (entry, holder, path, modified, executable, partial)
      select e.serial, ${holder}::bigint, f.path, f.modified, f.executable <> 0, f.partial <> 0
      from unnest(
        ${names}::text[], ${sizes}::bigint[], ${ids}::text[],
        ${files.map(({ path }) => path)}::text[],
        ${files.map(({ modified }) => modified)}::bigint[],
        ${
    files.map(({ executable }) => executable === undefined ? null : Number(executable))
  }::integer[],
        ${files.map(({ partial = false }) => Number(partial))}::integer[]
      ) with ordinality as f (name, size, id, path, modified, executable, partial, at)
      join lanyard.entries e
        on e.id = decode(f.id, 'hex') and e.size = f.size and e.name = f.name
      order by at`;
}

/** Adds files of which nobody knows what is in them: at most a handful, of a classic peer. */
async function addUnidentified(
  sql: Transaction,
  holder: Holder,
  files: readonly SharedFile[],
): Promise<void> {
  for (const file of files) {
    const { path, size, modified, executable = null, partial = false } = file;
    const name = nameOf(path);
    await sql`
      with made as (
        insert into lanyard.entries (name, folded, size, type)
        values (${name}, ${fold(name)}, ${size}, ${typeOfFile(file)}) returning serial
      )
      insert into lanyard.copies (entry, holder, path, modified, executable, partial)
      select serial, ${holder}::bigint, ${path}, ${modified}::bigint, ${executable}::boolean,
        ${partial}::boolean
      from made`;
  }
}

async function count(sql: Transaction, holder: Holder, more: Totals): Promise<Totals> {
  const [row] = await sql<{ files: number; bytes: string }[]>`
    insert into lanyard.totals as t (holder, files, bytes)
    values (${holder}, ${more.files}, ${`${more.bytes}`}::numeric)
    on conflict (holder) do update
    set files = t.files + excluded.files, bytes = t.bytes + excluded.bytes
    returning files, bytes::text as bytes`;
  return { files: row?.files ?? 0, bytes: BigInt(row?.bytes ?? 0) };
}

function bytesOf(files: readonly { size: number }[]): bigint {
  return files.reduce((sum, { size }) => sum + BigInt(size), 0n);
}
