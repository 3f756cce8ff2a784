import { LanyardError, type Wire } from "../../shared/mod.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import type { Switchboard } from "../upload/mod.ts";

/** A connection to a peer that has greeted us, or answered our call. */
export interface Line {
  wire: Wire;
  /** To be called when it is closed. */
  release(): void;
}

/** How peers are reached that can only connect to us. */
export interface Callback {
  calls: Calls;
  /** Where we listen. */
  port: number;
}

interface Waiting {
  peer: string;
  answered(line: Line): void;
}

/** Milliseconds a peer has to answer: to hear of the call, connect, and prove who it is. */
const usualPatience = 10_000;

/** The calls we have made to peers whose ports cannot be reached, until they connect to ours. */
export class Calls implements Switchboard {
  readonly #waiting = new Map<string, Waiting>();
  readonly #asking = new Set<Promise<unknown>>();
  readonly #patience: number;

  /** @param patience milliseconds a peer has to answer */
  constructor(patience = usualPatience) {
    this.#patience = patience;
  }

  /**
   * Asks a peer, through the tracker, to connect to us.
   *
   * @param port where we listen
   * @throws {LanyardError} `unreachable` if it does not connect, or what the tracker answers.
   */
  async call(
    tracker: Pick<TrackerClient, "request">,
    peer: string,
    port: number,
    signal?: AbortSignal,
  ): Promise<Line> {
    const asking = tracker.request({ verb: "CALL", peer, port });
    // It may connect before we hear the token that it will say.
    const heard = asking.catch(() => {}); // Whoever calls is told below.
    this.#asking.add(heard);
    const { promise, resolve, reject } = Promise.withResolvers<Line>();
    let token: string | undefined;
    try {
      ({ token } = await asking);
      if (token === undefined) {
        throw new LanyardError("unsupported", "The tracker did not say how the peer will answer");
      }
      this.#waiting.set(token, { peer, answered: resolve });
    } finally {
      this.#asking.delete(heard);
    }
    const giveUp = (): void => reject(silent());
    const timer = setTimeout(giveUp, this.#patience);
    signal?.addEventListener("abort", giveUp);
    try {
      if (signal?.aborted) giveUp();
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      this.#waiting.delete(token);
    }
  }

  async answer(token: string, peer: string | undefined): Promise<(wire: Wire) => Promise<void>> {
    if (!this.#waiting.has(token)) await Promise.all(this.#asking);
    const waiting = this.#waiting.get(token);
    if (waiting === undefined || (peer !== undefined && peer !== waiting.peer)) {
      throw new LanyardError("refused", "Nobody here has called you", { fatal: true });
    }
    this.#waiting.delete(token);
    return (wire) => new Promise((release) => waiting.answered({ wire, release }));
  }
}

function silent(): LanyardError {
  return new LanyardError(
    "unreachable",
    "It cannot be reached, and did not answer when it was called; is a firewall in the way on both sides?",
  );
}
