import { deadline } from "@std/async/deadline";
import type postgres from "postgres";
import { databaseAway, describeDatabaseError } from "./database_error.ts";
import type { DatabasePlace } from "./database_url.ts";

/** Numbers of the database are numbers here: none is beyond what these count exactly. */
interface Types extends Record<string, unknown> {
  bigint: number;
}

/** Connections to a database, one of which runs a statement. */
export type Sql = postgres.Sql<Types>;
/** The connection on which a transaction runs. */
export type Transaction = postgres.TransactionSql<Types>;
/** A part of a statement. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** Seconds to connect: a database of the same network answers at once, or not at all. */
const connectSeconds = 5;
/** Milliseconds after which the database ends what takes too long. */
const statementMs = 10_000;
/** Milliseconds after which a connection is given up that says nothing at all. */
const usualPatience = 15_000;
/** Seconds until a lost connection is made anew. */
const pause = 0.2;
/** Seconds of silence after which either side looks whether the other is still there. */
const keepAlive = 10;

/** Some connections for one purpose, made when they are needed, and anew when they are lost. */
export class Connections {
  readonly #make: () => Sql;
  readonly #patience: number;
  #sql: Sql;

  private constructor(make: () => Sql, patience: number) {
    this.#make = make;
    this.#patience = patience;
    this.#sql = make();
  }

  /**
   * Prepares connections; none is made before something is asked. From then on no permission but
   * that to use the network is needed.
   *
   * @param most how many there are at a time
   * @param patience milliseconds after which one is given up that says nothing at all
   */
  static async prepare(
    place: DatabasePlace,
    most: number,
    patience = usualPatience,
  ): Promise<Connections> {
    const { default: connect } = await import("postgres");
    const { host, port, database, user, password, encrypted } = place;
    const sql: Sql = connect({
      host,
      port,
      database,
      user,
      password,
      max: most,
      ssl: encrypted ? "require" : false,
      // Each that is not said here would be looked for in the environment.
      ...{ sslnegotiation: null, max_pipeline: 100, target_session_attrs: undefined },
      connect_timeout: connectSeconds,
      idle_timeout: 0,
      max_lifetime: null,
      backoff: () => pause,
      keep_alive: keepAlive,
      prepare: true,
      fetch_types: true,
      debug: false,
      publications: "none",
      // They say that something is there already.
      onnotice: () => {},
      types: {
        bigint: { to: 20, from: [20], serialize: (value: number) => `${value}`, parse: Number },
      },
      connection: {
        application_name: "lanyard tracker",
        statement_timeout: statementMs,
        idle_in_transaction_session_timeout: statementMs,
        tcp_keepalives_idle: keepAlive,
        tcp_keepalives_interval: keepAlive,
        tcp_keepalives_count: 2,
        // What is searched for decides how to search.
        ...{ plan_cache_mode: "force_custom_plan" },
      },
    });
    // Options that were read once need not be looked for in the environment again.
    const read = sql.options as unknown as postgres.Options<Record<string, never>>;
    let first: Sql | undefined = sql;
    return new Connections(() => {
      const made = first ?? connect(read) as unknown as Sql;
      first = undefined;
      return made;
    }, patience);
  }

  /**
   * Asks something.
   *
   * @throws {LanyardError} `io` or `full` if the database is gone, stuck or full.
   */
  async ask<T>(run: (sql: Sql) => Promise<T>): Promise<T> {
    const sql = this.#sql;
    try {
      return await deadline(run(sql), this.#patience);
    } catch (error) {
      if (!(error instanceof DOMException)) throw describeDatabaseError(error);
      // Nothing comes from there any more, and nothing else gets through.
      if (this.#sql === sql) {
        this.#sql = this.#make();
        void sql.end({ timeout: 0 });
      }
      throw databaseAway(error);
    }
  }

  /** Runs something as one transaction, again if that failed for another one's sake. */
  async transact<T>(run: (sql: Transaction) => Promise<T>): Promise<T> {
    return await this.ask(async (sql) => await sql.begin(run) as T);
  }

  /** Looks at the database as it is at one moment. */
  async look<T>(run: (sql: Transaction) => Promise<T>): Promise<T> {
    return await this.ask(async (sql) =>
      await sql.begin("isolation level repeatable read read only", run) as T
    );
  }

  /** Ends them; what was not answered fails. */
  async close(): Promise<void> {
    await this.#sql.end({ timeout: 0 });
  }
}
