import {
  type ContentId,
  LanyardError,
  type SharedFile,
  type SharePath,
} from "../../../shared/mod.ts";
import type { Commons, Described, DescribedHolding } from "../commons.ts";
import type {
  FileIndex,
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
import { SessionTotals, toldBytes, type Totals } from "../totals.ts";
import { Connections } from "./connections.ts";
import { describeOpeningError } from "./database_error.ts";
import type { DatabasePlace } from "./database_url.ts";
import { Lease } from "./lease.ts";
import { Questions } from "./questions.ts";
import { prepareSchema } from "./schema.ts";
import { SessionSigns, type Sign } from "./session_signs.ts";
import { Upkeep } from "./upkeep.ts";
import { WriteQueue } from "./write_queue.ts";
import { drop, type Owned, put, remove } from "./writes.ts";

/** How an index in a database is opened. */
export interface PostgresStart {
  place: DatabasePlace;
  /** Random text that tells this index's cursors from another's. */
  instance: string;
  /** Files of all sessions of all trackers together. */
  mostFiles: number;
  /** Told of a database that is gone, once until it is back. */
  onError(error: unknown): void;
}

/** Questions that the database answers at a time. */
const questionsAtATime = 4;
/** Numbers that a tracker has for its sessions: one for each second of eight years. */
const holdersPerTracker = 2 ** 28;

/**
 * An index in PostgreSQL, which several trackers can share. Each has sessions of its own, and all
 * find the files of all. While the database is away, whoever asks something is refused, and whoever
 * announces something has to do it again.
 */
export class PostgresIndex implements FileIndex, AsyncDisposable {
  /** Sessions end with their tracker: others cannot wait for its return. */
  readonly restored: readonly Restored[] = [];
  readonly commons: Commons;
  readonly #start: PostgresStart;
  readonly #reading: Connections;
  readonly #writing: Connections;
  readonly #keeping: Connections;
  readonly #lease: Lease;
  readonly #signs: SessionSigns;
  readonly #writes: WriteQueue;
  readonly #upkeep: Upkeep;
  readonly #totals = new SessionTotals();
  readonly #onLost: (() => void)[] = [];
  #holders = 0;
  #closed = false;

  /**
   * Connects, and makes what is missing in the database. From then on no permission but that to use
   * the network is needed.
   *
   * @throws {LanyardError} `io` if the database cannot be used, with what to do about it.
   */
  static async open(start: PostgresStart): Promise<PostgresIndex> {
    const { place } = start;
    const [reading, writing, keeping] = await Promise.all([
      Connections.prepare(place, questionsAtATime),
      Connections.prepare(place, 1),
      Connections.prepare(place, 1),
    ]);
    const lease = new Lease(keeping, place.leaseSeconds);
    let addresses: Commons["addresses"];
    try {
      await writing.transact(prepareSchema);
      await lease.take();
      addresses = await addressesOf(keeping);
    } catch (error) {
      await Promise.all([reading, writing, keeping].map((connections) => connections.close()));
      throw describeOpeningError(error, place);
    }
    return new PostgresIndex(start, { reading, writing, keeping }, lease, addresses);
  }

  private constructor(
    start: PostgresStart,
    { reading, writing, keeping }: Record<"reading" | "writing" | "keeping", Connections>,
    lease: Lease,
    addresses: Commons["addresses"],
  ) {
    this.commons = {
      addresses,
      nextHolder: () => lease.tracker * holdersPerTracker + this.#holders++,
      describe: ({ holder, peer, text }) => this.#sign(holder, { peer, about: text }),
      described: (holders) => this.#described(holders),
      others: (peer) => this.#others(peer),
      onLost: (lost) => this.#onLost.push(lost),
    };
    this.#start = start;
    this.#reading = reading;
    this.#writing = writing;
    this.#keeping = keeping;
    this.#lease = lease;
    this.#signs = new SessionSigns(keeping, () => lease.tracker);
    this.#writes = new WriteQueue(writing);
    this.#upkeep = new Upkeep({
      lease,
      signs: this.#signs,
      drop: (holder) => this.#takeOut(holder),
      lost: () => this.#lose(),
      failed: start.onError,
    }, start.place.leaseSeconds);
  }

  async put(holder: Holder, files: readonly SharedFile[], most: number): Promise<void> {
    const limits = { ofSession: most, inTotal: this.#start.mostFiles };
    await this.#change(holder, files.length, (sql, owned) => put(sql, owned, files, limits));
  }

  async remove(holder: Holder, paths: readonly SharePath[]): Promise<void> {
    await this.#change(holder, paths.length, (sql, owned) => remove(sql, owned, paths));
  }

  markEncrypted(holder: Holder): void {
    this.#sign(holder, { encrypted: true });
  }

  hide(holder: Holder): void {
    this.#sign(holder, { hidden: true });
  }

  show(holder: Holder): void {
    this.#sign(holder, { hidden: false });
  }

  /** Nothing is kept: no session outlasts its tracker. */
  async note(): Promise<void> {}

  /** Forgets a session: nobody sees it any more, and when the database is there it is gone. */
  async drop(holder: Holder): Promise<void> {
    this.#totals.delete(holder);
    if (!this.#signs.has(holder)) return;
    this.#signs.change(holder, { hidden: true });
    try {
      await this.#signs.flush();
      await this.#takeOut(holder);
    } catch (error) {
      // The database is away, which those are told who ask something.
      if (!(error instanceof LanyardError)) throw error;
      this.#upkeep.dropLater(holder);
    }
  }

  totals(holder: Holder): { files: number; bytes: number } {
    return this.#totals.of(holder);
  }

  holds(holder: Holder, content: { id: ContentId; size: number }): Promise<boolean> {
    return this.#ask((questions) => questions.holds(holder, content));
  }

  search(query: SearchQuery, page: PageRequest): Promise<Page<IndexedFile>> {
    return this.#ask((questions) => questions.search(query, page));
  }

  list(query: ListQuery, page: PageRequest): Promise<Page<IndexedFile>> {
    return this.#ask((questions) => questions.list(query, page));
  }

  sources(query: SourcesQuery, page: PageRequest): Promise<Page<Holding>> {
    return this.#ask((questions) => questions.sources(query, page));
  }

  /** Gives the sessions back, and closes the connections; what was not answered fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#writes.close();
    await this.#upkeep.stop();
    try {
      await this.#lease.end();
    } catch (error) {
      // Without us it runs out by itself.
      if (!(error instanceof LanyardError)) throw error;
    } finally {
      await Promise.all(
        [this.#reading, this.#writing, this.#keeping].map((connections) => connections.close()),
      );
    }
  }

  /** Changes how a session is seen: here now, and for others as soon as it is written. */
  #sign(holder: Holder, change: Partial<Sign>): void {
    this.#signs.change(holder, change);
    this.#signs.flush().catch((error) => {
      // What could not be written is left to the upkeep, which also tells why.
      if (!(error instanceof LanyardError)) this.#start.onError(error);
    });
  }

  /** Writes what a session has announced. Where that fails, it has to announce everything again. */
  async #change(
    holder: Holder,
    rows: number,
    run: (sql: Parameters<typeof put>[0], owned: Owned) => Promise<Totals>,
  ): Promise<void> {
    try {
      if (!this.#signs.has(holder)) this.#signs.change(holder, {});
      await this.#signs.flush();
      const owned = { holder, tracker: this.#lease.tracker };
      this.#totals.set(holder, await this.#writes.add(rows, (sql) => run(sql, owned)));
    } catch (error) {
      if (!(error instanceof LanyardError) || error.code === "too-many") throw error;
      throw new LanyardError(error.code, error.message, { fatal: true, cause: error });
    }
  }

  async #ask<T>(ask: (questions: Questions) => Promise<T>): Promise<T> {
    await this.#signs.flush();
    return await this.#reading.look((sql) => ask(new Questions(sql, this.#start.instance)));
  }

  /** Takes a session out slice by slice; others write in between. */
  async #takeOut(holder: Holder): Promise<void> {
    while (!await this.#writes.add(1, (sql) => drop(sql, holder)));
    this.#signs.forget(holder);
  }

  #lose(): void {
    this.#signs.clear();
    this.#totals.clear();
    for (const lost of this.#onLost) lost();
  }

  async #described(holders: readonly Holder[]): Promise<Described[]> {
    const rows = await this.#reading.ask((sql) =>
      sql<Described[]>`
      select holder, peer, about as text from lanyard.sessions
      where holder = any(${[...holders]}::bigint[]) and not hidden and about is not null
        and tracker <> ${this.#lease.tracker}`
    );
    return [...rows];
  }

  async #others(peer?: string): Promise<DescribedHolding[]> {
    const rows = await this.#reading.ask((sql) =>
      sql<(Described & { files: number; bytes: string })[]>`
      select s.holder, peer, about as text, coalesce(files, 0) as files,
        coalesce(bytes, 0)::text as bytes
      from lanyard.sessions s left join lanyard.totals t on t.holder = s.holder
      where not hidden and about is not null and tracker <> ${this.#lease.tracker}
        and ${peer === undefined ? sql`true` : sql`peer = ${peer}`}
      order by s.holder`
    );
    return rows.map((row) => ({ ...row, bytes: toldBytes(BigInt(row.bytes)) }));
  }
}

async function addressesOf(connections: Connections): Promise<Commons["addresses"]> {
  const [row] = await connections.ask((sql) =>
    sql<Commons["addresses"][]>`
    select host(inet_client_addr()) as ours, host(inet_server_addr()) as database`
  );
  if (row === undefined) throw new RangeError("There is one row");
  return { ours: row.ours, database: row.database };
}
