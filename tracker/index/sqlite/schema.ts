/** What the tables mean. It is raised when an older tracker would misread them. */
export const schemaVersion = 3;

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
  pragma user_version = ${schemaVersion};`;
