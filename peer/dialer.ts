import { Certificates } from "../net/mod.ts";
import { LanyardError, type Source } from "../shared/mod.ts";
import type { Callback, Line } from "./calls/mod.ts";
import { meetPeer, type PeerGreeting } from "./greeting.ts";
import type { Membership } from "./membership.ts";
import { type Endpoint, endpointOf, isFiltered } from "./net.ts";
import type { Asked } from "./tracker_client/mod.ts";

/** What a dialer goes by. */
export interface DialerOptions {
  /** What we call ourselves, for people. */
  name?: string;
  /** Who we are to encrypted peers; missing where the tracker was joined without encryption. */
  membership?: Membership;
  /** How peers are reached that can only connect to us. */
  callback?: Callback;
  /** Bytes read together with a line; more where many small answers come one after another. */
  chunk?: number;
}

/** A peer, as the tracker names it. */
export type Dialled = Pick<Source, "peer" | "address" | "port" | "encrypted" | "reachable">;

/** Connects to peers, in the direction in which it goes. */
export class Dialer {
  readonly #tracker: Asked;
  readonly #options: DialerOptions;
  readonly #certificates = new Certificates();
  readonly #closing = new AbortController();

  constructor(tracker: Asked, options: DialerOptions = {}) {
    this.#tracker = tracker;
    this.#options = options;
  }

  /** Where a peer is, seen from here. */
  endpointOf(peer: Dialled): Endpoint {
    return endpointOf(peer, this.#tracker.endpoint);
  }

  /**
   * Connects to a peer and greets it. One that is behind a firewall is asked to connect to us.
   *
   * @throws {LanyardError} `unreachable`, `wrong-key`, `version`, or what the peer answers.
   */
  async dial(peer: Dialled): Promise<Line> {
    const { callback } = this.#options;
    if (callback === undefined) return await this.#connect(peer);
    if (!peer.reachable) return await this.#tryBoth(peer, callback);
    try {
      return await this.#connect(peer);
    } catch (error) {
      if (!isFiltered(error)) throw error;
      // What the tracker could reach, we cannot.
      return await this.#call(peer, callback, this.#closing.signal);
    }
  }

  /** Gives up peers that do not answer. */
  close(): void {
    this.#closing.abort();
  }

  /** The tracker could not reach it; maybe we can, and otherwise it can maybe reach us. */
  async #tryBoth(peer: Dialled, callback: Callback): Promise<Line> {
    const enough = new AbortController();
    const signal = AbortSignal.any([enough.signal, this.#closing.signal]);
    const calling = this.#call(peer, callback, signal);
    const connecting = this.#connect(peer, signal).catch(async (error) => {
      // Whoever is there instead of the peer must not be waited for, but for the peer itself.
      if (error instanceof LanyardError && error.code === "wrong-key") throw error;
      return await calling;
    });
    let line: Line | undefined;
    try {
      return line = await Promise.race([connecting, calling.catch(() => connecting)]);
    } finally {
      enough.abort();
      const closeOther = (other: Line): void => {
        if (other === line) return;
        other.wire.close();
        other.release();
      };
      for (const attempt of [connecting, calling]) attempt.then(closeOther, () => {}); // Told above.
    }
  }

  async #call(
    { peer }: Dialled,
    { calls, port }: Callback,
    signal: AbortSignal,
  ): Promise<Line> {
    return await calls.call(this.#tracker, peer, port, signal);
  }

  async #connect(dialled: Dialled, signal = this.#closing.signal): Promise<Line> {
    const { chunk, name } = this.#options;
    const greeting = {
      ...(name === undefined ? {} : { name }),
      ...(dialled.encrypted ? { secure: this.#secure(dialled.peer) } : {}),
      signal,
    };
    const endpoint = this.endpointOf(dialled);
    const wire = await meetPeer(endpoint, greeting, this.#certificates, chunk);
    return { wire, release: () => {} };
  }

  /** Who we are to an encrypted peer. */
  #secure(peer: string): NonNullable<PeerGreeting["secure"]> {
    const { membership } = this.#options;
    if (membership !== undefined) return { membership, peer };
    throw new LanyardError("unreachable", "It is reached only with encryption: leave out --plain");
  }
}
