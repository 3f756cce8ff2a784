import { addressFor, type OnlinePeer, type Source, type TrackerReply } from "../shared/mod.ts";
import type { Holder } from "./index/mod.ts";

/** Both ends of a session's connection, as plain addresses, and what is between them. */
export interface Ends {
  remote: string;
  local: string;
  encrypted: boolean;
}

/** One greeted session: where its peer is and what is known of it. */
export interface Member {
  /** Number of the session; its files are held under it. */
  readonly holder: Holder;
  /** The peer's id: its key's, or, without encryption, one that the tracker made up. */
  readonly peer: string;
  readonly name: string;
  readonly dialect: "classic" | "version-2";
  readonly ends: Ends;
  /** Where its files are served; 0 if nowhere. */
  port: number;
  reachable: boolean;
  accepted: boolean;
  /** Whether it wants to be told of offers. */
  readonly offers: boolean;
  /** Whether files may be sent to it. */
  readonly inbox: boolean;
  /** When its last ticket was issued, in ms of the tracker's clock. */
  ticketIssued?: number;
  /** What the peer calls its complete list of files, once it said so. */
  digest?: string;
  /** Sends a message that is not an answer. */
  push(reply: TrackerReply): void;
  /** Ends the connection without a word: its peer is on another one now, or not wanted. */
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

  /** Sessions that were lost and are expected back. */
  get expected(): number {
    return this.#expected.size;
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
   * noticed yet. With a key it has to be that of the same peer; without one the digest, which nobody
   * else can guess, together with the address is what tells a peer. One that seems alive must also
   * be that of the same port: two programs that share the same folders of one machine are not to
   * throw each other out.
   *
   * @param peer the id that the newcomer proved, if it has a key
   */
  reclaim(
    { digest, port }: { digest: string; port: number },
    { remote, encrypted }: Ends,
    peer: string | undefined,
  ): Member | undefined {
    const isIt = (one: Member): boolean =>
      one.digest === digest && one.ends.encrypted === encrypted &&
      (peer === undefined ? one.ends.remote === remote : one.peer === peer);
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

  /** Gives up the lost sessions of one peer; returns them. */
  giveUp(peer: string): Holder[] {
    const found = [...this.#expected].filter(([, { member }]) => member.peer === peer);
    for (const [holder] of found) this.#expected.delete(holder);
    return found.map(([holder]) => holder);
  }

  get(holder: Holder): Member | undefined {
    return this.#online.get(holder);
  }

  /** The sessions of one peer that are online. */
  sessionsOf(peer: string): Member[] {
    return [...this.#online.values()].filter((member) => member.peer === peer);
  }

  /** All sessions that are greeted now. */
  online(): Iterable<Member> {
    return this.#online.values();
  }

  /**
   * One accepted session of each peer, in the order of their numbers: the one that listens, where a
   * peer also runs commands that do not.
   */
  peers(): Member[] {
    return onePerPeer(this.#online.values(), ({ accepted }) => accepted);
  }

  /** The same of all sessions that files may be sent to, accepted or not. */
  inboxes(): Member[] {
    return onePerPeer(this.#online.values(), ({ inbox }) => inbox);
  }
}

/** One session of each peer, of those that count; the rule is that of `Roster.peers`. */
export function onePerPeer<S extends Pick<Member, "holder" | "peer" | "port">>(
  sessions: Iterable<S>,
  counts: (session: S) => boolean,
): S[] {
  const found = new Map<string, S>();
  // One that came back stands last in the roster, under its old number.
  for (const session of [...sessions].sort((a, b) => a.holder - b.holder)) {
    const other = found.get(session.peer);
    if (!counts(session) || (other !== undefined && (other.port !== 0 || session.port === 0))) {
      continue;
    }
    found.set(session.peer, session);
  }
  return [...found.values()].sort((a, b) => a.holder - b.holder);
}

/** What is told of a session. */
type Told = Pick<Member, "peer" | "name" | "ends" | "port" | "reachable">;

/** A session as a source, the way `searcher` reaches it. */
export function asSource(member: Told, searcher: Ends): Source {
  return {
    peer: member.peer,
    name: member.name,
    address: addressFor(member.ends.remote, searcher),
    port: member.port,
    reachable: member.reachable,
    encrypted: member.ends.encrypted,
  };
}

/** A session in the list of who is online. */
export function asOnlinePeer(
  member: Told & Pick<Member, "inbox">,
  searcher: Ends,
  { files, bytes }: { files: number; bytes: number },
): OnlinePeer {
  const inbox = member.inbox ? { inbox: true } : {};
  return { ...asSource(member, searcher), files, bytes, ...inbox };
}
