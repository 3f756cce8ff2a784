import { Deadline, Detour, fetchCertificate } from "../net/mod.ts";
import { certificateId, isLinkLocal } from "../shared/mod.ts";
import type { Member } from "./roster.ts";

/** Connections tried at the same time: a thousand peers joining at once are served in turn. */
const atOnce = 32;
/** Milliseconds a peer on the same network has to accept a connection. */
const patience = 3000;
/** Ports below belong to a machine's own services: nobody makes the tracker knock there. */
const lowestPort = 1024;

/** How the prober looks at a port. */
export interface Probes {
  /** Opens and closes a connection; rejects if that is impossible. */
  connect(host: string, port: number): Promise<void>;
  /** The id of the certificate that is shown there; rejects if none is. */
  identify(host: string, port: number): Promise<string>;
}

/** Finds out whether the port a member announced accepts connections. Only ever its own address. */
export class Prober {
  readonly #probes: Probes;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(probes: Probes = { connect: knock, identify }) {
    this.#probes = probes;
  }

  /** Tries the member's port. Never throws. */
  async isReachable({ ends, port, peer }: Member): Promise<boolean> {
    if (port < lowestPort) return false;
    // It cannot be dialled without its zone, which an accepted connection does not tell.
    if (isLinkLocal(ends.remote)) return true;
    if (this.#running < atOnce) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      if (ends.encrypted) return await this.#probes.identify(ends.remote, port) === peer;
      await this.#probes.connect(ends.remote, port);
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

async function knock(hostname: string, port: number): Promise<void> {
  using deadline = new Deadline(patience);
  const connection = await Deno.connect({ hostname, port, signal: deadline.signal });
  connection.close();
}

async function identify(hostname: string, port: number): Promise<string> {
  using deadline = new Deadline(patience);
  const { signal } = deadline;
  using detour = new Detour(await Deno.connect({ hostname, port, signal }));
  const breakOff = (): void => detour[Symbol.dispose]();
  signal.addEventListener("abort", breakOff);
  try {
    return certificateId(await fetchCertificate(detour.endpoint));
  } finally {
    signal.removeEventListener("abort", breakOff);
  }
}
