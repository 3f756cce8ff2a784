/** What the tables mean. It is raised when an older tracker would misread them. */
export const schemaVersion = 2;

/**
 * The tables of an index.
 * - `entries`: content under a name. Files of classic peers, which have no id, belong to their
 *   `owner` alone; so do folders, which have a number of `files`.
 * - `copies`: who has it, where, and since when, by `serial`. The paths of folders end with a slash.
 * - `notes`: what is kept with a session as long as its list stays as it is.
 * - `names`: the folded names by all texts of three characters in them.
 * - `pairs`: the same by all texts of two, in the form of `pairs.ts`: trigrams know no shorter ones.
 *
 * Neither of the last two keeps the names again; what they find is looked up in `entries`.
 */
export const schema = `
  create table entries (
    serial integer primary key,
    name text not null,
    folded text not null,
    size integer not null,
    id blob,
    type text not null,
    owner text,
    files integer
  );
  create index entries_by_name on entries (folded);
  create index entries_by_content on entries (id, size, name);
  create unique index entries_by_owner on entries (owner) where owner is not null;
  create table copies (
    entry integer not null,
    serial integer not null,
    holder integer not null,
    path text not null,
    modified integer not null,
    executable integer,
    partial integer not null,
    primary key (entry, serial)
  ) without rowid;
  create unique index copies_by_path on copies (path, holder);
  create index copies_by_holder on copies (holder, serial);
  create table notes (holder integer primary key, text text not null);
  create virtual table names using fts5(
    folded, content = '', contentless_delete = 1, detail = none,
    tokenize = 'trigram case_sensitive 1'
  );
  create virtual table pairs using fts5(
    tokens, content = '', contentless_delete = 1, detail = none,
    tokenize = 'ascii'
  );
  ${["names", "pairs"].map(mergedInSmallSteps).join("")}
  pragma user_version = ${schemaVersion};`;

/**
 * FTS5 keeps what each transaction adds as a part of its own, and merges parts. Left to itself it
 * merges all at once when there are many, or when much was deleted, and nobody is answered for
 * 150 ms. It merges in small steps only, eight parts of one size into one: measured with 80,000
 * files taken out of 280,000, no commit takes more than 10 ms, and searches take as long as before.
 */
function mergedInSmallSteps(table: string): string {
  const settings = { automerge: 8, crisismerge: 64, deletemerge: 0 };
  return Object.entries(settings).map(([name, value]) =>
    `insert into ${table} (${table}, rank) values ('${name}', ${value});`
  ).join("");
}
