import { type ByteStream, limits } from "../shared/mod.ts";
import { type Doorman, type Place, timeToSpeak } from "./doorman.ts";
import type { Ends, Incoming, Port } from "./incoming.ts";
import { PlainPort } from "./plain_port.ts";
import { type TlsKey, TlsPort } from "./tls_port.ts";
import { Turns } from "./turns.ts";

/** Milliseconds in which failed accepting is reported once. */
const reportEvery = 60_000;
/** Silent connections closed when descriptors run out, so that files can be opened as well. */
const closedAtOnce = 32;

/** Where and how to listen. */
export interface ListenerOptions {
  /** `::` is all of IPv6 and IPv4. */
  hostname: string;
  /** 0 takes a free one. */
  port: number;
  /** Encrypts every connection. */
  tls?: TlsKey | undefined;
  /** Decides who may stay; one for all listeners of a program. */
  doorman: Doorman;
  /**
   * Told of what went wrong, and with whom. Handshakes that fail are ordinary: scanners, and clients
   * that speak plain. The address is empty if accepting itself failed.
   */
  onError: (error: unknown, address: string) => void;
  /** Seconds for a handshake. */
  handshakeSeconds?: number;
}

/** Serves one connection to its end, and closes it. What it throws is reported. */
export type Serve = (stream: ByteStream, ends: Ends, place: Place) => Promise<void>;

/** A port that is listened on, and the connections that came in through it. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #port: Port;
  readonly #turns = new Turns();
  readonly #open = new Set<Incoming>();
  /** Told when nobody is served any more. */
  readonly #waiting: (() => void)[] = [];
  #reported = -Infinity;
  #accepting = true;
  #closed = false;

  private constructor(options: ListenerOptions, port: Port) {
    this.#options = options;
    this.#port = port;
  }

  /**
   * Listens on a port; where `::` is not possible, because the machine has no IPv6, on IPv4.
   *
   * @throws what `Deno.listen` throws if the port cannot be had.
   */
  static open(options: ListenerOptions): Listener {
    const { hostname } = options;
    try {
      return new Listener(options, listen(hostname, options));
    } catch (error) {
      if (hostname !== "::" || error instanceof Deno.errors.AddrInUse) throw error;
      return new Listener(options, listen("0.0.0.0", options));
    }
  }

  /** The port that is listened on. */
  get port(): number {
    return this.#port.number;
  }

  /** Serves whoever comes, until it is closed and the last one is gone. Never throws. */
  async run(serve: Serve): Promise<void> {
    while (this.#accepting) {
      try {
        const incoming = await this.#port.accept();
        await this.#turns.take(() => this.#admit(incoming, serve));
      } catch (error) {
        if (this.#accepting) await this.#recover(error);
      }
    }
    await this.#allServed();
  }

  /** Stops listening. Connections are served on, but for those whose handshake is not over. */
  stop(): void {
    if (this.#accepting) this.#port.close();
    this.#accepting = false;
  }

  /** Stops listening, closes every connection, and waits until the last one is no longer served. */
  async close(): Promise<void> {
    this.stop();
    this.#closed = true;
    for (const incoming of this.#open) incoming.close();
    await this.#allServed();
  }

  /** Out of descriptors, or a connection that broke at once: others may come. */
  async #recover(error: unknown): Promise<void> {
    const now = performance.now();
    if (now - this.#reported > reportEvery) {
      this.#reported = now;
      this.#options.onError(error, "");
    }
    await makeRoom(this.#options);
  }

  #admit(incoming: Incoming, serve: Serve): void {
    if (!this.#accepting) return incoming.close();
    const { doorman } = this.#options;
    const place = doorman.enter(incoming.ends.remote, () => incoming.close());
    if (place === undefined) return incoming.close();
    this.#open.add(incoming);
    void this.#serve(incoming, place, serve);
  }

  async #serve(incoming: Incoming, place: Place, serve: Serve): Promise<void> {
    try {
      await incoming.prepare(this.#options.handshakeSeconds ?? limits.handshakeSeconds);
      if (!incoming.closed) await serve(incoming, incoming.ends, place);
    } catch (error) {
      if (!this.#closed) this.#options.onError(error, incoming.ends.remote);
    } finally {
      this.#open.delete(incoming);
      place.leave();
      incoming.close();
      if (this.#open.size === 0) { for (const resolve of this.#waiting.splice(0)) resolve(); }
    }
  }

  async #allServed(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

function listen(hostname: string, options: ListenerOptions): Port {
  const { port, tls } = options;
  return tls === undefined
    ? new PlainPort(hostname, port)
    : new TlsPort(hostname, port, tls, () => makeRoom(options));
}

/** Closes some connections that say nothing; if all have just come, a moment later. */
async function makeRoom({ doorman }: ListenerOptions): Promise<void> {
  if (sendAway(doorman)) return;
  await new Promise((resolve) => setTimeout(resolve, timeToSpeak));
  sendAway(doorman);
}

/** @returns whether there was anybody. */
function sendAway(doorman: Doorman): boolean {
  let closed = 0;
  while (closed < closedAtOnce && doorman.makeRoom()) closed++;
  return closed > 0;
}
