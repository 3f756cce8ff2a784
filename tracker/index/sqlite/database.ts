import { DatabaseSync, type StatementSync } from "node:sqlite";

type Value = null | number | bigint | string | Uint8Array;

/** Rows fetched at first: as many as a search looks at in a tier. */
const firstFetch = 1000;
/** Rows fetched next at least, where a few were looked at in vain; later half of what was before. */
const nextFetch = 250;

/** A database, with its statements prepared once. */
export class Database {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Runs statements that answer nothing. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  run(sql: string, ...values: Value[]): void {
    this.#statement(sql).run(...values);
  }

  get<T>(sql: string, ...values: Value[]): T | undefined {
    return this.#statement(sql).get(...values) as T | undefined;
  }

  all<T>(sql: string, ...values: Value[]): T[] {
    return this.#statement(sql).all(...values) as T[];
  }

  /**
   * Row after row, as far as they are wanted. They are fetched many at a time, which takes half as
   * long as one by one; nothing may be written meanwhile.
   */
  *each<T>(sql: string, ...values: Value[]): Generator<T> {
    for (
      let at = 0, size = firstFetch;;
      at += size, size = Math.max(nextFetch, Math.floor(at / 2))
    ) {
      const rows = this.all<T>(`${sql} limit ? offset ?`, ...values, size, at);
      yield* rows;
      if (rows.length < size) return;
    }
  }

  close(): void {
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}
