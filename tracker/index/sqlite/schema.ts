/** What the tables mean. It is raised when an older tracker would misread them. */
export const schemaVersion = 4;

/**
 * The tables of an index.
 * - `entries`: content under a name. Files of classic peers, which have no id, belong to their
 *   `owner` alone; so do folders, which have a number of `files`.
 * - `copies`: who has it, where, and since when, by `serial`. The paths of folders end with a slash.
 * - `notes`: what is kept with a session as long as its list stays as it is.
 */
export const schema = `
  create table entries (
    serial integer primary key,
    name text not null,
    size integer not null,
    id blob,
    type text not null,
    owner text,
    files integer
  );
  create unique index entries_by_owner on entries (owner) where owner is not null;
  create table copies (
    serial integer primary key,
    entry integer not null,
    holder integer not null,
    path text not null,
    modified integer not null,
    executable integer,
    partial integer not null
  );
  create unique index copies_by_path on copies (holder, path);
  create index copies_by_holder on copies (holder);
  create index copies_by_entry on copies (entry, partial, modified, holder);
  create table notes (holder integer primary key, text text not null);
  pragma user_version = ${schemaVersion};`;
