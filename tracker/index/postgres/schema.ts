import { LanyardError } from "../../../shared/mod.ts";
import type { Transaction } from "./connections.ts";

/** Which of our locks of the database is for what. The first number is that of this program. */
export const locks = { program: 0x1a7ad, schema: 1, writing: 2 } as const;

/**
 * What makes the tables of one version those of the next.
 * - `trackers`: each run of a tracker, with the end of its lease. One that has `ended` is not to be
 *   renewed: its sessions are being taken out.
 * - `sessions`: whose they are, how they are seen, and what their tracker has to say of them.
 * - `totals`: how much each holds. Apart from `sessions`, because it is written within long
 *   transactions, for which nobody is to wait who hides a session.
 * - `entries`: content under a name. One without an id belongs to a single copy; so does a folder,
 *   which has a number of `files`.
 * - `copies`: who has it, where, and since when, by `serial`. The paths of folders end with a slash.
 *
 * Paths can be longer than what an index takes, so they are found by a hash. Folded names compare
 * byte by byte, as they do everywhere else.
 */
const steps: readonly string[] = [
  `create table lanyard.trackers (
     tracker bigint primary key,
     until timestamptz not null,
     ended boolean not null default false
   );
   create sequence lanyard.runs;
   create table lanyard.sessions (
     holder bigint primary key,
     tracker bigint not null references lanyard.trackers,
     hidden boolean not null,
     encrypted boolean not null,
     peer text,
     about text
   );
   create index sessions_by_tracker on lanyard.sessions (tracker);
   create index sessions_by_peer on lanyard.sessions (peer);
   create table lanyard.totals (
     holder bigint primary key,
     files bigint not null,
     bytes numeric not null
   );
   create table lanyard.entries (
     serial bigint generated always as identity primary key,
     name text not null,
     folded text collate "C" not null,
     size bigint not null,
     id bytea,
     type text not null
   );
   create unique index entries_by_content on lanyard.entries (id, size, name) where id is not null;
   create index entries_by_name on lanyard.entries (folded);
   create index entries_by_text on lanyard.entries using gin (folded TRGM.gin_trgm_ops);
   create table lanyard.copies (
     entry bigint not null,
     serial bigint generated always as identity,
     holder bigint not null,
     path text not null,
     modified bigint not null,
     executable boolean,
     partial boolean not null,
     primary key (entry, serial)
   );
   create index copies_by_holder on lanyard.copies (holder, serial);
   create index copies_by_path on lanyard.copies (holder, hashtextextended(path, 0));`,
  "alter table lanyard.entries add column files bigint;",
];

/** The version of the tables that this program makes and reads. */
export const schemaVersion = steps.length;

/**
 * Makes the tables, or brings them up to date. Others that want to do the same wait meanwhile.
 *
 * @throws {LanyardError} `io` if they are of a later version, or the database is not for our texts.
 */
export async function prepareSchema(sql: Transaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(${locks.program}::int, ${locks.schema}::int)`;
  const [encoding] = await sql`show server_encoding`;
  if (encoding?.["server_encoding"] !== "UTF8") {
    throw new LanyardError(
      "io",
      "The database is not for Unicode; make one with: createdb -E UTF8",
    );
  }
  const version = await versionOf(sql);
  if (version > schemaVersion) {
    throw new LanyardError(
      "io",
      "A later version of this program has made the tables of the index; use that one here, too",
    );
  }
  if (version === schemaVersion) return;
  if (version === 0) {
    // Where somebody else has made it, we need no right to do so.
    const [found] = await sql`select to_regnamespace('lanyard') is not null as there`;
    if (found?.["there"] !== true) await sql`create schema lanyard`;
    await sql`create table lanyard.version (version integer not null)`;
    await sql`insert into lanyard.version values (0)`;
  }
  const trigrams = await trigramSchema(sql);
  for (const step of steps.slice(version)) {
    await sql.unsafe(step.replaceAll("TRGM", `"${trigrams.replaceAll('"', '""')}"`));
  }
  await sql`update lanyard.version set version = ${schemaVersion}`;
}

async function versionOf(sql: Transaction): Promise<number> {
  const [found] = await sql`select to_regclass('lanyard.version') is not null as there`;
  if (found?.["there"] !== true) return 0;
  const [row] = await sql`select version from lanyard.version`;
  return Number(row?.["version"] ?? 0);
}

/** Where the extension is: whoever has made it may have put it anywhere. */
async function trigramSchema(sql: Transaction): Promise<string> {
  const find = async (): Promise<string | undefined> => {
    const [row] = await sql<{ name: string }[]>`
      select nspname as name from pg_extension
      join pg_namespace on pg_namespace.oid = extnamespace where extname = 'pg_trgm'`;
    return row?.name;
  };
  const found = await find();
  if (found !== undefined) return found;
  await sql`create extension pg_trgm with schema lanyard`;
  return "lanyard";
}
