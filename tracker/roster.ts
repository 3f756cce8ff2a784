import { addressFor, type OnlinePeer, type Source, type TrackerReply } from "../shared/mod.ts";
import type { Holder } from "./index/mod.ts";

/** Both ends of a session's connection, as plain addresses. */
export interface Ends {
  remote: string;
  local: string;
}

/** One greeted session: where its peer is and what is known of it. */
export interface Member {
  /** Number of the session; its files are held under it. */
  readonly holder: Holder;
  /** The peer's id. Without encryption a peer has no key, so the tracker names each one. */
  readonly peer: string;
  readonly name: string;
  readonly dialect: "classic" | "version-2";
  readonly ends: Ends;
  /** Where its files are served; 0 if nowhere. */
  port: number;
  reachable: boolean;
  accepted: boolean;
  /** What the peer calls its complete list of files, once it said so. */
  digest?: string;
  /** Sends a message that is not an answer. */
  push(reply: TrackerReply): void;
  /** Ends the connection without a word: its peer has come back on another one. */
  replace(): void;
}

/** A member that lost its connection: its files wait, hidden, for its return. */
interface Expected {
  member: Member;
  /** When it is given up, in ms of the tracker's clock. */
  until: number;
}

/** Who is here, and who is expected back. */
export class Roster {
  readonly #online = new Map<Holder, Member>();
  readonly #expected = new Map<Holder, Expected>();

  /** Sessions that are greeted now. */
  get size(): number {
    return this.#online.size;
  }

  /** Adds a greeted session. */
  join(member: Member): void {
    this.#online.set(member.holder, member);
  }

  /** Takes a session off the roster for good. */
  leave(holder: Holder): void {
    this.#online.delete(holder);
  }

  /** Takes a session off the roster but expects it back until `until` (ms). */
  lose(member: Member, until: number): void {
    this.#online.delete(member.holder);
    this.#expected.set(member.holder, { member, until });
  }

  /**
   * The session that a newcomer with this digest continues: a lost one, or one whose loss was not
   * noticed yet. Without a key the digest, which nobody else can guess, together with the address
   * is what tells a peer. One that seems alive must also be that of the same port: two programs
   * that share the same folders of one machine are not to throw each other out.
   */
  reclaim(digest: string, remote: string, port: number): Member | undefined {
    const isIt = (one: Member): boolean => one.digest === digest && one.ends.remote === remote;
    const member = this.#expected.values().map((expected) => expected.member).find(isIt) ??
      this.#online.values().find((one) => isIt(one) && one.port === port);
    if (member === undefined) return undefined;
    this.#expected.delete(member.holder);
    if (this.#online.delete(member.holder)) member.replace();
    return member;
  }

  /** Gives up the lost sessions whose time is over; returns them. */
  expire(now: number): Holder[] {
    const over = [...this.#expected].filter(([, { until }]) => until <= now);
    for (const [holder] of over) this.#expected.delete(holder);
    return over.map(([holder]) => holder);
  }

  get(holder: Holder): Member | undefined {
    return this.#online.get(holder);
  }

  /** The sessions of one peer that are online. */
  holdersOf(peer: string): Holder[] {
    return [...this.#online.values()].filter((member) => member.peer === peer)
      .map(({ holder }) => holder);
  }

  /** Accepted sessions in the order of their numbers. */
  accepted(): Member[] {
    // One that came back stands last in the map, under its old number.
    return [...this.#online.values()].filter(({ accepted }) => accepted)
      .sort((a, b) => a.holder - b.holder);
  }
}

/** A member as a source, the way `searcher` reaches it. */
export function asSource(member: Member, searcher: Ends): Source {
  return {
    peer: member.peer,
    name: member.name,
    address: addressFor(member.ends.remote, searcher),
    port: member.port,
    reachable: member.reachable,
    encrypted: false,
  };
}

/** A member in the list of who is online. */
export function asOnlinePeer(
  member: Member,
  searcher: Ends,
  totals: { files: number; bytes: number },
): OnlinePeer {
  return { ...asSource(member, searcher), ...totals };
}
