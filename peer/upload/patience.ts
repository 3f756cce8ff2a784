import { limits } from "../../shared/mod.ts";

/**
 * Where a session stands.
 * - `silent`: the remote has not said, or not proven, who it is.
 * - `waiting`: it is greeted and may ask.
 * - `busy`: it has asked, and is answered or waits for its turn.
 * - `ended`: it has heard our last words and is to hang up.
 */
export type Standing = "silent" | "waiting" | "busy" | "ended";

/** What a connection looks like at some moment. */
export interface Look {
  standing: Standing;
  /** Requests heard so far. */
  heard: number;
  /** Bytes that wait to be sent. */
  queued: number;
  /** Bytes moved so far, in either direction. */
  progress: number;
}

/**
 * How long a remote may keep a connection. Single bytes now and then prolong nothing: while
 * something is expected of it, whole requests count; while it is to read, bytes do.
 */
export class Patience {
  readonly #seconds: Record<Standing, number>;
  #last: Look = { standing: "silent", heard: 0, queued: 0, progress: 0 };
  /** When it came to stand like that, in ms. */
  #since: number;
  /** When bytes last moved, or did not have to. */
  #moved: number;

  /** @param now ms of a clock that only goes forward, as in `isOver` */
  constructor(encrypted: boolean, now: number) {
    this.#seconds = {
      silent: encrypted ? limits.handshakeSeconds : limits.greetingSeconds,
      waiting: limits.quietSeconds,
      busy: Infinity,
      ended: Infinity,
    };
    this.#since = now;
    this.#moved = now;
  }

  /** Looks at the connection. @returns whether it is to be closed. */
  isOver(look: Look, now: number): boolean {
    const last = this.#last;
    this.#last = look;
    const owes = look.queued > 0 || look.standing === "ended";
    if (!owes || look.progress !== last.progress) this.#moved = now;
    // Whoever still reads what it asked for has not fallen quiet.
    const reads = look.standing === "waiting" && look.queued > 0;
    if (reads || look.standing !== last.standing || look.heard !== last.heard) this.#since = now;
    return now - this.#since > this.#seconds[look.standing] * 1000 ||
      now - this.#moved > limits.stalledSeconds * 1000;
  }
}
