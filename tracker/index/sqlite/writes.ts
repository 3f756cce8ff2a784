import { decodeHex } from "@std/encoding";
import {
  fold,
  LanyardError,
  nameOf,
  type SharedFile,
  type SharePath,
  typeOf,
} from "../../../shared/mod.ts";
import type { Holder, Restored } from "../file_index.ts";
import type { Totals } from "../totals.ts";
import type { Database } from "./database.ts";
import { pairsOf } from "./pairs.ts";
import type { Copy, Entry } from "./rows.ts";
import type { Session, Sessions } from "./sessions.ts";

/** Bytes that an index may take, as measured: most of what a machine for a campus has. */
const usualRoom = 12_000_000_000;

/** What an index may hold. */
export interface StoreLimits {
  /** Files of all sessions together. */
  mostFiles: number;
  /** Bytes of memory or disk that they may take. */
  room?: number;
}

/** What changes the tables of a store. Long work is done in steps. */
export class Writes {
  readonly #database: Database;
  readonly #sessions: Sessions;
  readonly #mostFiles: number;
  readonly #room: number;
  #files = 0;
  /** Bytes of the room that are taken. */
  #taken = 0;
  #serial = 0;

  constructor(
    database: Database,
    sessions: Sessions,
    { mostFiles, room = usualRoom }: StoreLimits,
  ) {
    this.#database = database;
    this.#sessions = sessions;
    this.#mostFiles = mostFiles;
    this.#room = room;
    this.#count();
  }

  /** What an earlier run has left of sessions, which are hidden; without a note it says nothing. */
  restored(): (Restored & { totals: Totals })[] {
    const left = this.#database.all<{ holder: Holder; note: string }>(
      `select holder, text as note from notes union all
       select distinct holder, '' from copies where holder not in (select holder from notes)`,
    );
    return left.map(({ holder, note }) => {
      const session = this.#sessions.get(holder);
      session.hidden = true;
      return { holder, note, totals: { ...session.totals } };
    });
  }

  /** Counts anew what there is after something was taken back. */
  recount(): void {
    const known = new Set(this.#sessions.holders());
    this.#count();
    // What was dropped and is there again still belongs to nobody.
    for (const holder of this.#sessions.holders()) {
      this.#sessions.get(holder).hidden ||= !known.has(holder);
    }
  }

  /**
   * Adds files of a session.
   *
   * @param most files the session may hold afterwards
   * @returns what it holds then.
   * @throws {LanyardError} `too-many` before the first step.
   */
  *put(holder: Holder, files: readonly SharedFile[], most: number): Generator<void, Totals> {
    const session = this.#sessions.get(holder);
    const known = new Map<SharePath, Copy | undefined>();
    for (const { path } of files) known.set(path, this.#copyAt(holder, path));
    const fresh = [...known].filter(([, copy]) => copy === undefined).map(([path]) => path);
    const added = fresh.length;
    const needed = fresh.reduce((sum, path) => sum + roomOf(path), 0);
    if (session.totals.files + added > most) {
      throw new LanyardError("too-many", `A peer may share at most ${most} files here`);
    }
    if (added > this.#mostFiles - this.#files || needed > this.#room - this.#taken) {
      throw new LanyardError("too-many", "This tracker has no room for more files");
    }
    this.#forget(holder);
    for (const file of files) {
      const earlier = known.get(file.path);
      if (earlier !== undefined) this.#takeCopy(session, earlier);
      known.set(file.path, this.#add(session, holder, file));
      yield;
    }
    return { ...session.totals };
  }

  /** Takes files of a session out; returns what it holds then. */
  *remove(holder: Holder, paths: readonly SharePath[]): Generator<void, Totals> {
    const session = this.#sessions.get(holder);
    this.#forget(holder);
    for (const path of paths) {
      const copy = this.#copyAt(holder, path);
      if (copy !== undefined) this.#takeCopy(session, copy);
      yield;
    }
    return { ...session.totals };
  }

  /** Keeps a text with a session until its list changes. */
  note(holder: Holder, text: string): void {
    this.#database.run("insert or replace into notes values (?, ?)", holder, text);
  }

  /** Forgets a session; it has to be hidden before. */
  *drop(holder: Holder): Generator<void, undefined> {
    const session = this.#sessions.get(holder);
    this.#forget(holder);
    for (;;) {
      const copy = this.#database.get<Copy>(
        "select * from copies where holder = ? order by serial limit 1",
        holder,
      );
      if (copy === undefined) break;
      this.#takeCopy(session, copy);
      yield;
    }
    this.#sessions.delete(holder);
    return;
  }

  #forget(holder: Holder): void {
    this.#database.run("delete from notes where holder = ?", holder);
  }

  #count(): void {
    const { serial } = this.#database.get<{ serial: number | null }>(
      `select max(coalesce((select max(serial) from entries), -1),
                  coalesce((select max(serial) from copies), -1)) as serial`,
    ) ?? { serial: null };
    this.#serial = (serial ?? -1) + 1;
    this.#files = 0;
    this.#taken = 0;
    this.#sessions.clearTotals();
    const held = this.#database.each<Copy & Pick<Entry, "size">>(
      `select copies.*, size from copies join entries on entries.serial = entry
       where (entry, copies.serial) > (?, ?) order by entry, copies.serial`,
      { behind: [-1, -1], keyOf: ({ entry, serial }) => [entry, serial] },
    );
    for (const { holder, size, path } of held) {
      this.#tally(this.#sessions.get(holder), size, path, 1);
    }
  }

  #tally({ totals }: Session, size: number, path: string, sign: 1 | -1): void {
    totals.files += sign;
    totals.bytes += BigInt(sign * size);
    this.#files += sign;
    this.#taken += sign * roomOf(path);
  }

  #copyAt(holder: Holder, path: SharePath): Copy | undefined {
    return this.#database.get("select * from copies where path = ? and holder = ?", path, holder);
  }

  #add(session: Session, holder: Holder, file: SharedFile): Copy {
    const { path, size, modified, partial = false } = file;
    const executable = file.executable === undefined ? null : Number(file.executable);
    const entry = this.#entryFor(holder, file);
    const copy = {
      ...{ entry, serial: this.#serial++, holder, path, modified, executable },
      partial: Number(partial),
    };
    this.#database.run("insert into copies values (?, ?, ?, ?, ?, ?, ?)", ...Object.values(copy));
    this.#tally(session, size, path, 1);
    return copy;
  }

  #entryFor(holder: Holder, { path, size, id, type }: SharedFile): number {
    const name = nameOf(path);
    const owner = id === undefined ? `${holder} ${path}` : null;
    const content = id === undefined ? null : decodeHex(id);
    const known = content === null
      ? this.#database.get<Entry>("select serial from entries where owner = ?", owner)
      : this.#database.get<Entry>(
        "select serial from entries where id = ? and size = ? and name = ?",
        ...[content, size, name],
      );
    if (known !== undefined) return known.serial;
    const serial = this.#serial++;
    const folded = fold(name);
    this.#database.run(
      "insert into entries values (?, ?, ?, ?, ?, ?, ?)",
      ...[serial, name, folded, size, content, type?.toLowerCase() ?? typeOf(name), owner],
    );
    this.#database.run("insert into names (rowid, folded) values (?, ?)", serial, folded);
    this.#database.run("insert into pairs (rowid, tokens) values (?, ?)", serial, pairsOf(folded));
    return serial;
  }

  #takeCopy(session: Session, { entry, serial, path }: Copy): void {
    const held = this.#database.get<{ size: number }>(
      "select size from entries where serial = ?",
      entry,
    );
    this.#database.run("delete from copies where entry = ? and serial = ?", entry, serial);
    this.#tally(session, held?.size ?? 0, path, -1);
    const other = "select 1 from copies where entry = ? limit 1";
    if (this.#database.get(other, entry) !== undefined) return;
    for (const table of ["names", "pairs"]) {
      this.#database.run(`delete from ${table} where rowid = ?`, entry);
    }
    this.#database.run("delete from entries where serial = ?", entry);
  }
}

/** Bytes that a file takes with all that finds it, as measured, with room for long letters. */
function roomOf(path: string): number {
  return 500 + 8 * path.length;
}
