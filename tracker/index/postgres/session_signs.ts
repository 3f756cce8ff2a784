import type { Holder } from "../file_index.ts";
import type { Connections } from "./connections.ts";

/** How one of our sessions is seen by everybody. */
export interface Sign {
  hidden: boolean;
  encrypted: boolean;
  /** The peer whose session it is. */
  peer?: string;
  /** What other trackers are told of it. */
  about?: string;
}

/** Sessions written at a time. */
const batch = 1000;

/**
 * How our sessions are seen. A change holds here at once; whoever asks something waits until it is
 * in the database, too.
 */
export class SessionSigns {
  readonly #connections: Connections;
  readonly #tracker: () => number;
  readonly #signs = new Map<Holder, Sign>();
  readonly #dirty = new Set<Holder>();
  #writing: Promise<void> | undefined;

  /** @param tracker the number under which this tracker holds its lease */
  constructor(connections: Connections, tracker: () => number) {
    this.#connections = connections;
    this.#tracker = tracker;
  }

  has(holder: Holder): boolean {
    return this.#signs.has(holder);
  }

  /** Changes how a session is seen; one that is not known yet is made. */
  change(holder: Holder, change: Partial<Sign>): void {
    const before = this.#signs.get(holder) ?? { hidden: false, encrypted: false };
    this.#signs.set(holder, { ...before, ...change });
    this.#dirty.add(holder);
  }

  /** Forgets a session that is in the database no more. */
  forget(holder: Holder): void {
    this.#signs.delete(holder);
    this.#dirty.delete(holder);
  }

  clear(): void {
    this.#signs.clear();
    this.#dirty.clear();
  }

  /**
   * Resolves when all changes so far are in the database.
   *
   * @throws {LanyardError} `io` if it is gone; they wait for the next time.
   */
  async flush(): Promise<void> {
    while (this.#dirty.size > 0 || this.#writing !== undefined) {
      this.#writing ??= this.#write().finally(() => this.#writing = undefined);
      await this.#writing;
    }
  }

  async #write(): Promise<void> {
    const holders = [...this.#dirty].slice(0, batch);
    for (const holder of holders) this.#dirty.delete(holder);
    const known = holders.flatMap((holder) => {
      const sign = this.#signs.get(holder);
      return sign === undefined ? [] : [{ holder, sign }];
    });
    try {
      // Flags travel as numbers: the library takes an array of booleans for a boolean.
      await this.#connections.ask((sql) =>
        sql`
        insert into lanyard.sessions (holder, tracker, hidden, encrypted, peer, about)
        select holder, ${this.#tracker()}::bigint, hidden <> 0, encrypted <> 0, peer, about
        from unnest(
          ${known.map(({ holder }) => holder)}::bigint[],
          ${known.map(({ sign }) => Number(sign.hidden))}::integer[],
          ${known.map(({ sign }) => Number(sign.encrypted))}::integer[],
          ${known.map(({ sign }) => sign.peer ?? null)}::text[],
          ${known.map(({ sign }) => sign.about ?? null)}::text[]
        ) as known (holder, hidden, encrypted, peer, about)
        on conflict (holder) do update set
          hidden = excluded.hidden, encrypted = excluded.encrypted,
          peer = excluded.peer, about = excluded.about
        where sessions.tracker = excluded.tracker`
      );
    } catch (error) {
      for (const { holder } of known) if (this.#signs.has(holder)) this.#dirty.add(holder);
      throw error;
    }
  }
}
