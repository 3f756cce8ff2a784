import { DatabaseSync, type StatementSync } from "node:sqlite";

declare module "node:sqlite" {
  interface StatementSync {
    /** Rows are lists from now on. Deno 2.9 has it as Node 24 does, and its types do not. */
    setReturnArrays(enabled: boolean): void;
  }
}

/** What a column holds. */
export type Value = null | number | bigint | string | Uint8Array;

/** Rows fetched at first: as many as a search looks at in a tier. */
export const firstFetch = 1000;
/** Rows fetched next, where a few were looked at in vain. */
export const nextFetch = 250;

/** Rows fetched at most, where more and more were looked at in vain. */
export const mostFetch = 4000;

/** How rows are gone through, of a question that ends with the condition that they follow a key. */
export interface Walk<T> {
  /** What the question is asked with, before the key. */
  values?: readonly Value[];
  /** The key behind which to begin. */
  behind: Value[];
  keyOf(row: T): Value[];
  /** Rows fetched at a time after the first ones. */
  atOnce?: number;
}

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

  /** Adds rows to a table: those of one call take half as long as one by one. */
  insert<T>(table: string, rows: readonly T[], valuesOf: (row: T) => Value[]): void {
    const [first] = rows;
    if (first === undefined) return;
    const width = valuesOf(first).length;
    const values = Array<Value>(rows.length * width);
    let end = 0;
    for (const row of rows) for (const value of valuesOf(row)) values[end++] = value;
    const row = `(${Array(width).fill("?").join()})`;
    this.run(`insert into ${table} values ${Array(rows.length).fill(row).join()}`, ...values);
  }

  get<T>(sql: string, ...values: Value[]): T | undefined {
    return this.#statement(sql).get(...values) as T | undefined;
  }

  all<T>(sql: string, ...values: Value[]): T[] {
    return this.#statement(sql).all(...values) as T[];
  }

  /** Rows without the names of their columns, which takes less time. */
  lists<T extends Value[]>(sql: string, ...values: Value[]): T[] {
    const statement = this.#statement(sql);
    statement.setReturnArrays(true);
    return statement.all(...values) as unknown as T[];
  }

  /**
   * Row after row in the order of their keys, as far as they are wanted. They are fetched many at a
   * time, which takes half as long as one by one; nothing may be written meanwhile.
   */
  *each<T>(sql: string, { values = [], behind, keyOf, atOnce = nextFetch }: Walk<T>): Generator<T> {
    for (let key = behind, size = firstFetch;;) {
      const rows = this.all<T>(`${sql} limit ?`, ...values, ...key, size);
      yield* rows;
      const last = rows.at(-1);
      if (rows.length < size || last === undefined) return;
      key = keyOf(last);
      size = atOnce;
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
