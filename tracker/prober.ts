import { isLinkLocal } from "../shared/mod.ts";
import type { Member } from "./roster.ts";

/** Connections tried at the same time: a thousand peers joining at once are served in turn. */
const atOnce = 32;
/** Milliseconds a peer on the same network has to accept a connection. */
const patience = 3000;
/** Ports below belong to a machine's own services: nobody makes the tracker knock there. */
const lowestPort = 1024;

/** Finds out whether the port a member announced accepts connections. Only ever its own address. */
export class Prober {
  readonly #connect: (host: string, port: number, patience: number) => Promise<void>;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param connect opens and closes a connection; rejects if that is impossible. */
  constructor(connect: (host: string, port: number, patience: number) => Promise<void> = knock) {
    this.#connect = connect;
  }

  /** Tries the member's port. Never throws. */
  async isReachable({ ends, port }: Member): Promise<boolean> {
    if (port < lowestPort) return false;
    // It cannot be dialled without its zone, which an accepted connection does not tell.
    if (isLinkLocal(ends.remote)) return true;
    if (this.#running < atOnce) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await this.#connect(ends.remote, port, patience);
      return true;
    } catch {
      return false; // Refused, filtered or gone: the answer to the question.
    } finally {
      // The place is handed on, so that nobody else can take it in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

async function knock(hostname: string, port: number, patience: number): Promise<void> {
  const connection = await Deno.connect({ hostname, port, signal: AbortSignal.timeout(patience) });
  connection.close();
}
