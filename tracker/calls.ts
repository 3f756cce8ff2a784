import { encodeBase64Url } from "@std/encoding";
import { addressFor, LanyardError, nonceBytes } from "../shared/mod.ts";
import type { Member, Roster } from "./roster.ts";

/** Milliseconds between two calls of one session to the same peer: what it asks for takes as long. */
const callEvery = 1000;

/** Passes on that one peer asks another, which it cannot reach, to connect to it. */
export class Calls {
  readonly #roster: Pick<Roster, "sessionsOf">;
  readonly #now: () => number;
  /** When each session last called whom, as long as that keeps it from calling again. */
  readonly #called = new WeakMap<Member, Map<string, number>>();

  /** @param now milliseconds of the tracker's clock */
  constructor(roster: Pick<Roster, "sessionsOf">, now: () => number) {
    this.#roster = roster;
    this.#now = now;
  }

  /**
   * Asks a peer to connect to the caller: at the address that the tracker sees, never at one that
   * the caller says.
   *
   * @param port where the caller listens
   * @returns the token that the peer will say there
   * @throws {LanyardError} `not-found` if no such peer is online in the same way, encrypted or not;
   * `too-many` within a second of the last time.
   */
  call(caller: Member, peer: string, port: number): string {
    const sessions = this.#sessionsFor(caller, peer);
    if (sessions.length === 0) throw new LanyardError("not-found", "No such peer is online");
    this.#count(caller, peer);
    const token = encodeBase64Url(crypto.getRandomValues(new Uint8Array(nonceBytes)));
    const { peer: from, ends: { remote } } = caller;
    for (const { ends, push } of sessions) {
      push({ verb: "CALLED", from, address: addressFor(remote, ends), port, token });
    }
    return token;
  }

  /** Those that serve something; if none does, the one that came last may do as well. */
  #sessionsFor(caller: Member, peer: string): Member[] {
    const sessions = this.#roster.sessionsOf(peer).filter((one) =>
      one !== caller && one.dialect === "version-2" &&
      one.ends.encrypted === caller.ends.encrypted
    );
    const listening = sessions.filter(({ port }) => port !== 0);
    return listening.length > 0 ? listening : sessions.slice(-1);
  }

  #count(caller: Member, peer: string): void {
    const now = this.#now();
    const called = this.#called.get(caller) ?? new Map<string, number>();
    this.#called.set(caller, called);
    for (const [other, at] of called) if (now - at >= callEvery) called.delete(other);
    if (called.has(peer)) {
      throw new LanyardError("too-many", "That peer was called a moment ago; wait for a second");
    }
    called.set(peer, now);
  }
}
