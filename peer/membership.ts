import { encodeBase64Url } from "@std/encoding";
import type { Identity } from "../net/mod.ts";
import {
  checkTicket,
  LanyardError,
  nonceBytes,
  type Proof,
  prove,
  proven,
  readTicket,
} from "../shared/mod.ts";
import type { Guard, Guest } from "./upload/mod.ts";

/** The tracker that was joined, as its certificate shows it. */
export interface TrackerKey {
  id: string;
  /** PEM. */
  certificate: string;
}

/**
 * Who we are, which tracker has accepted us, and what follows: the tickets we show, and by what we
 * judge those of others. Their times are those of the tracker's clock: as it was when we last heard
 * from it, and moved on by a clock of ours that nobody can set.
 */
export class Membership implements Guard {
  readonly identity: Identity;
  #tracker: TrackerKey | undefined;
  #ticket: string | undefined;
  #heard: { trackerTime: number; at: number } | undefined;
  readonly #revoked = new Map<string, number>();
  readonly #clock: () => number;
  readonly #onRevoked = new Set<(peer: string) => void>();

  /** @param clock milliseconds of any clock that does not jump */
  constructor(identity: Identity, clock: () => number = () => performance.now()) {
    this.identity = identity;
    this.#clock = clock;
  }

  /** The ticket to show to other peers, if the tracker has accepted us. */
  get ticket(): string | undefined {
    return this.#ticket;
  }

  /** Says which tracker was joined. Tickets of another one before it are void. */
  joined(tracker: TrackerKey): void {
    if (this.#tracker?.id !== tracker.id) {
      this.#ticket = undefined;
      this.#heard = undefined;
      this.#revoked.clear();
    }
    this.#tracker = tracker;
  }

  /** Takes what the tracker said: its time (Unix, in ms), or a ticket, which has the time in it. */
  heard({ now, ticket }: { now?: number; ticket?: string }): void {
    if (ticket !== undefined && this.#tracker !== undefined) {
      this.#ticket = ticket;
      this.#setTime(readTicket(ticket, this.#tracker.certificate).issued);
    }
    if (now !== undefined) this.#setTime(now);
  }

  /** The tracker has taken back what it had issued to a peer until then; it may say so again. */
  revoke(peer: string, at: number): void {
    if (at <= (this.#revoked.get(peer) ?? -Infinity)) return;
    this.#revoked.set(peer, at);
    for (const tell of this.#onRevoked) tell(peer);
  }

  /** Has `tell` called with each peer that is no longer accepted. */
  onRevoked(tell: (peer: string) => void): void {
    this.#onRevoked.add(tell);
  }

  /** Answers the challenge of another peer. */
  prove(nonce: string, server: string): Proof {
    return prove({ purpose: "peer", nonce, server }, this.identity);
  }

  /** Makes up a challenge. */
  challenge(): string {
    return encodeBase64Url(crypto.getRandomValues(new Uint8Array(nonceBytes)));
  }

  /**
   * Judges whoever connected to us.
   *
   * @param nonce the challenge it was given
   * @throws {LanyardError} `wrong-key` or `ticket`, both fatal.
   */
  admit(nonce: string, ticket: string | undefined, proof: Proof): Guest {
    const peer = this.identify(nonce, proof);
    const now = this.#now();
    if (this.#tracker === undefined || now === undefined) {
      throw noTicket("This peer has not joined a tracker yet");
    }
    if (ticket === undefined) throw noTicket("A ticket of the tracker is needed here");
    const { id: tracker, certificate } = this.#tracker;
    const read = readTicket(ticket, certificate);
    checkTicket(read, { tracker, peer, now, revoked: this.#revoked.get(peer) });
    return { peer, ...(read.only === undefined ? {} : { only: read.only }) };
  }

  /**
   * The id of whoever connected to us.
   *
   * @param nonce the challenge it was given
   * @throws {LanyardError} `wrong-key`, fatal.
   */
  identify(nonce: string, proof: Proof): string {
    return proven({ purpose: "peer", nonce, server: this.identity.id }, proof);
  }

  #setTime(trackerTime: number): void {
    this.#heard = { trackerTime, at: this.#clock() };
  }

  #now(): number | undefined {
    if (this.#heard === undefined) return undefined;
    return this.#heard.trackerTime + (this.#clock() - this.#heard.at);
  }
}

function noTicket(message: string): LanyardError {
  return new LanyardError("ticket", message, { fatal: true });
}
