import { LanyardError } from "../../../shared/mod.ts";
import type { Connections, Transaction } from "./connections.ts";
import { isDeadlock } from "./database_error.ts";
import { locks } from "./schema.ts";

interface Job {
  rows: number;
  run(sql: Transaction): Promise<unknown>;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

type Outcome = { answer: unknown } | { refused: LanyardError };

/** Rows after which a transaction is ended: others wait for it meanwhile. */
const mostRows = 4000;
/** Times that a transaction is tried which fails for another one's sake. */
const tries = 3;

/**
 * Writes, one after the other, many in a transaction. The trackers of one database take turns, so
 * that each sees what the others have made of an entry.
 */
export class WriteQueue {
  readonly #connections: Connections;
  readonly #jobs: Job[] = [];
  #isRunning = false;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /**
   * Writes something; resolves when it is committed. A `LanyardError` that the job throws is that
   * job's own: it has written nothing then.
   *
   * @param rows how much it is, about
   * @throws {LanyardError} what it throws; `io` or `full`, and it is taken back.
   */
  add<T>(rows: number, run: (sql: Transaction) => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#jobs.push({ rows, run, resolve: resolve as Job["resolve"], reject });
    if (!this.#isRunning) void this.#work();
    return promise;
  }

  /** Fails what has not begun yet. */
  close(): void {
    const closed = new LanyardError("closed", "The index was closed");
    for (const { reject } of this.#jobs.splice(0)) reject(closed);
  }

  async #work(): Promise<void> {
    this.#isRunning = true;
    try {
      for (let group = this.#next(); group.length > 0; group = this.#next()) {
        await this.#write(group);
      }
    } finally {
      this.#isRunning = false;
    }
  }

  #next(): Job[] {
    let rows = 0;
    const isOver = (job: Job): boolean => (rows += job.rows) >= mostRows;
    const last = this.#jobs.findIndex(isOver);
    return this.#jobs.splice(0, last === -1 ? this.#jobs.length : last + 1);
  }

  async #write(group: readonly Job[]): Promise<void> {
    try {
      const outcomes = await this.#commit(group, 1);
      for (const [at, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[at];
        if (outcome !== undefined && "answer" in outcome) resolve(outcome.answer);
        else reject(outcome?.refused);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  async #commit(group: readonly Job[], attempt: number): Promise<Outcome[]> {
    try {
      return await this.#connections.transact(async (sql) => {
        await sql`select pg_advisory_xact_lock(${locks.program}::int, ${locks.writing}::int)`;
        const outcomes: Outcome[] = [];
        for (const { run } of group) outcomes.push(await outcomeOf(run(sql)));
        return outcomes;
      });
    } catch (error) {
      if (!isDeadlock(error) || attempt === tries) throw error;
      return await this.#commit(group, attempt + 1);
    }
  }
}

async function outcomeOf(job: Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: await job };
  } catch (error) {
    if (error instanceof LanyardError) return { refused: error };
    throw error;
  }
}
