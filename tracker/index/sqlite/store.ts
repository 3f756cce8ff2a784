import { DatabaseSync } from "node:sqlite";
import type { ContentId, SharedFile, SharePath } from "../../../shared/mod.ts";
import type {
  Holder,
  Holding,
  IndexedFile,
  ListQuery,
  Page,
  PageRequest,
  Restored,
  SearchQuery,
  SourcesQuery,
} from "../file_index.ts";
import type { Totals } from "../totals.ts";
import { Database } from "./database.ts";
import { Lookup } from "./lookup.ts";
import { Questions } from "./questions.ts";
import { schema, schemaVersion } from "./schema.ts";
import { Sessions } from "./sessions.ts";
import { type StoreLimits, Writes } from "./writes.ts";

/**
 * An index in an SQLite database. Everything is synchronous; long work is done in steps, between
 * which something else may be asked.
 */
export class SqliteStore {
  readonly #database: Database;
  readonly #lookup = new Lookup();
  readonly #sessions = new Sessions();
  readonly #writes: Writes;
  readonly #questions: Questions;

  /** @param instance random text that tells this index's cursors from another's */
  constructor(
    instance: string,
    limits: StoreLimits,
    database = new DatabaseSync(":memory:"),
  ) {
    this.#database = new Database(database);
    const found = this.#database.get<{ version: number }>(
      "select user_version as version from pragma_user_version",
    );
    if (found?.version !== schemaVersion) database.exec(schema);
    this.#writes = new Writes(this.#database, this.#lookup, this.#sessions, limits);
    this.#questions = new Questions(this.#database, this.#lookup, this.#sessions, instance);
  }

  /** What an earlier run has left of sessions, which are hidden; without a note it says nothing. */
  restored(): (Restored & { totals: Totals })[] {
    return this.#writes.restored();
  }

  /** Begins to put writes together; what is found meanwhile includes them. */
  begin(): void {
    this.#database.exec("begin");
    this.#lookup.begin();
  }

  commit(): void {
    this.#database.exec("commit");
    this.#lookup.commit();
  }

  /** Takes back what was written since `begin`. */
  rollBack(): void {
    try {
      this.#database.exec("rollback");
    } catch (error) {
      // A full disk or a damaged file has made SQLite do it already.
      if (!(error instanceof Error && error.message.includes("no transaction"))) throw error;
    }
    this.#lookup.rollBack();
    this.#writes.recount();
  }

  /** Adds files of a session, step by step, as `FileIndex.put` says; returns what it holds then. */
  put(holder: Holder, files: readonly SharedFile[], most: number): Generator<void, Totals> {
    return this.#writes.put(holder, files, most);
  }

  /** Takes files of a session out, step by step; returns what it holds then. */
  remove(holder: Holder, paths: readonly SharePath[]): Generator<void, Totals> {
    return this.#writes.remove(holder, paths);
  }

  /** Keeps a text with a session until its list changes. */
  note(holder: Holder, text: string): void {
    this.#writes.note(holder, text);
  }

  /** Forgets a session, step by step; it has to be hidden before. */
  drop(holder: Holder): Generator<void, undefined> {
    return this.#writes.drop(holder);
  }

  markEncrypted(holder: Holder): void {
    this.#sessions.markEncrypted(holder);
  }

  hide(holder: Holder): void {
    this.#sessions.hide(holder);
  }

  show(holder: Holder): void {
    this.#sessions.show(holder);
  }

  /** Whether a session holds the whole of some content. */
  holds(holder: Holder, content: { id: ContentId; size: number }): boolean {
    return this.#questions.holds(holder, content);
  }

  /** @throws {LanyardError} `bad-cursor`, `too-many`. */
  search(query: SearchQuery, page: PageRequest): Page<IndexedFile> {
    return this.#questions.search(query, page);
  }

  /** @throws {LanyardError} `bad-cursor`. */
  list(query: ListQuery, page: PageRequest): Page<IndexedFile> {
    return this.#questions.list(query, page);
  }

  /** @throws {LanyardError} `bad-cursor`. */
  sources(query: SourcesQuery, page: PageRequest): Page<Holding> {
    return this.#questions.sources(query, page);
  }

  close(): void {
    this.#database.close();
  }
}
