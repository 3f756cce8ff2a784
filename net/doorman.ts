import { isLoopback, limits, plainAddress } from "../shared/mod.ts";

/** A connection's place at a program: taken when it is accepted, given back when it is over. */
export interface Place {
  /** The remote has said who it is: from now on nobody else gets this place. */
  greeted(): void;
  /** Gives the place back; a second time changes nothing. */
  leave(): void;
}

/** What a doorman is told. */
export interface DoormanOptions {
  /** Connections of one address; if missing 64, and any number from this machine itself. */
  maxPerAddress?: number | undefined;
  /** Connections of all addresses together. */
  maxInTotal?: number;
  /** Milliseconds on a clock that only goes forward. */
  now?: () => number;
  /** Told that an address has too many connections: at most once a minute for each address. */
  onRefused?: (address: string) => void;
}

/** Milliseconds in which an address is reported once. */
const reportEvery = 60_000;
/**
 * Milliseconds in which a connection need not have said anything: its first message is on the way.
 * With the last descriptor accepting fails even if nobody else has come.
 */
export const timeToSpeak = 20;

/** A connection that is in. */
interface Guest {
  readonly group: Group;
  readonly since: number;
  readonly close: () => void;
}

/** The connections of one address. */
interface Group {
  readonly key: string;
  readonly guests: Set<Guest>;
  /** Those that have said nothing yet; the oldest comes first. */
  readonly silent: Set<Guest>;
}

/**
 * Decides who may stay connected, so that one remote cannot take the places of all others: each
 * address has so many and no more. Where they are used up, the connection that has been silent for
 * longest makes room; if all have greeted, the new one has to go. It knows no socket.
 */
export class Doorman {
  readonly #maxPerAddress: number | undefined;
  readonly #maxInTotal: number;
  readonly #now: () => number;
  readonly #onRefused: (address: string) => void;
  readonly #groups = new Map<string, Group>();
  /** Those of all addresses that have said nothing yet; the oldest comes first. */
  readonly #silent = new Set<Guest>();
  /** When an address was reported; the earliest comes first. */
  readonly #reported = new Map<string, number>();
  #count = 0;
  #turnedAway = 0;
  #sentAway = 0;

  constructor(options: DoormanOptions = {}) {
    const { maxPerAddress, maxInTotal, now, onRefused } = options;
    this.#maxPerAddress = maxPerAddress;
    this.#maxInTotal = maxInTotal ?? limits.connections;
    this.#now = now ?? ((): number => performance.now());
    this.#onRefused = onRefused ?? ((): void => {});
  }

  /** Connections that are in. */
  get count(): number {
    return this.#count;
  }

  /** Connections so far that there was no place for. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** Silent connections so far that were closed because their places were needed. */
  get sentAway(): number {
    return this.#sentAway;
  }

  /**
   * Lets a connection in, if there is a place for it or one can be made.
   *
   * @param address its remote's plain address
   * @param close closes it, because its place is needed for another one
   * @returns its place; `undefined` if it has to go
   */
  enter(address: string, close: () => void): Place | undefined {
    const key = plainAddress(address);
    const group = this.#groups.get(key) ?? { key, guests: new Set(), silent: new Set() };
    const hasRoom = (group.guests.size < this.#mostFor(address) || this.#sendAway(group.silent)) &&
      (this.#count < this.#maxInTotal || this.#sendAway(this.#silent));
    if (!hasRoom) {
      this.#turnedAway++;
      this.#report(address, key);
      return undefined;
    }
    const guest = { group, since: this.#now(), close };
    this.#groups.set(key, group);
    group.guests.add(guest);
    group.silent.add(guest);
    this.#silent.add(guest);
    this.#count++;
    return { greeted: () => this.#hear(guest), leave: () => this.#leave(guest) };
  }

  /**
   * Closes the connection that has been silent for longest, such as when descriptors run out, if
   * it has had time to say something.
   *
   * @returns whether there was one
   */
  makeRoom(): boolean {
    const [oldest] = this.#silent;
    if (oldest === undefined || this.#now() - oldest.since < timeToSpeak) return false;
    return this.#sendAway([oldest]);
  }

  #mostFor(address: string): number {
    return this.#maxPerAddress ?? (isLoopback(address) ? Infinity : limits.connectionsPerAddress);
  }

  #sendAway([oldest]: Iterable<Guest>): boolean {
    if (oldest === undefined) return false;
    this.#sentAway++;
    this.#leave(oldest);
    oldest.close();
    return true;
  }

  #hear(guest: Guest): void {
    guest.group.silent.delete(guest);
    this.#silent.delete(guest);
  }

  #leave(guest: Guest): void {
    const { key, guests } = guest.group;
    if (!guests.delete(guest)) return;
    this.#hear(guest);
    this.#count--;
    if (guests.size === 0) this.#groups.delete(key);
  }

  #report(address: string, key: string): void {
    const now = this.#now();
    for (const [reported, at] of this.#reported) {
      if (now - at < reportEvery) break;
      this.#reported.delete(reported);
    }
    if (this.#reported.has(key)) return;
    this.#reported.set(key, now);
    this.#onRefused(address);
  }
}
