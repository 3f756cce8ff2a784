import type { Holder } from "../file_index.ts";
import type { Connections } from "./connections.ts";

/** Sessions of a dead tracker that are looked up at a time. */
const batch = 1000;

/**
 * What tells the trackers of one database which of them live: each has to renew its lease. Time is
 * that of the database, so nobody's clock matters.
 */
export class Lease {
  readonly #connections: Connections;
  readonly #seconds: number;
  #tracker = 0;

  /** @param seconds how long it lasts */
  constructor(connections: Connections, seconds: number) {
    this.#connections = connections;
    this.#seconds = seconds;
  }

  /** The number of the tracker that holds it; another one each time that one is taken. */
  get tracker(): number {
    return this.#tracker;
  }

  /** Takes a lease. */
  async take(): Promise<void> {
    const [row] = await this.#connections.ask((sql) =>
      sql<{ tracker: number }[]>`
      insert into lanyard.trackers (tracker, until)
      values (nextval('lanyard.runs'), clock_timestamp() + make_interval(secs => ${this.#seconds}))
      returning tracker`
    );
    if (row === undefined) throw new RangeError("A row that was made is told");
    this.#tracker = row.tracker;
  }

  /** Renews it, and says whether it was still held; if not, the sessions are lost. */
  async renew(): Promise<boolean> {
    const renewed = await this.#connections.ask((sql) =>
      sql`
      update lanyard.trackers
      set until = clock_timestamp() + make_interval(secs => ${this.#seconds})
      where tracker = ${this.#tracker} and not ended returning tracker`
    );
    return renewed.length > 0;
  }

  /** Gives it back: others take the sessions out now. */
  async end(): Promise<void> {
    await this.#connections.ask((sql) =>
      sql`
      with gone as (
        update lanyard.trackers set ended = true where tracker = ${this.#tracker} returning tracker
      )
      update lanyard.sessions set hidden = true where tracker in (select tracker from gone)`
    );
  }

  /**
   * Hides the sessions of all whose leases have run out.
   *
   * @returns some of the sessions of all that have ended, which are to be taken out.
   */
  async collect(): Promise<Holder[]> {
    return await this.#connections.ask(async (sql) => {
      await sql`
        with gone as (
          update lanyard.trackers set ended = true
          where until < clock_timestamp() and not ended returning tracker
        )
        update lanyard.sessions set hidden = true where tracker in (select tracker from gone)`;
      await sql`
        delete from lanyard.trackers t
        where ended and not exists (select from lanyard.sessions s where s.tracker = t.tracker)`;
      const rows = await sql<{ holder: Holder }[]>`
        select holder from lanyard.sessions s join lanyard.trackers t on t.tracker = s.tracker
        where t.ended order by holder limit ${batch}`;
      return rows.map(({ holder }) => holder);
    });
  }
}
