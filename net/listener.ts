import { type ByteStream, LanyardError, limits, plainAddress } from "../shared/mod.ts";
import type { Doorman, Place } from "./doorman.ts";

/** Connections the kernel keeps for us while we are busy: a campus coming back from lunch. */
const backlog = 4096;
/** Milliseconds until accepting is tried again after it failed, such as for want of descriptors. */
const acceptPause = 50;
/** Milliseconds in which failed accepting is reported once. */
const reportEvery = 60_000;
/** Silent connections closed when descriptors run out, so that files can be opened as well. */
const closedAtOnce = 32;

/** Both ends of a connection, as plain addresses, and what is between them. */
export interface Ends {
  remote: string;
  local: string;
  encrypted: boolean;
}

/** Certificate and private key, both PEM. */
export interface TlsKey {
  certificate: string;
  key: string;
}

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

/** Serves one connection to its end, and closes it. */
export type Serve = (stream: ByteStream, ends: Ends, place: Place) => Promise<void>;

/** A port that is listened on, and the connections that came in through it. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #listener: Deno.Listener<Deno.TcpConn | Deno.TlsConn, Deno.NetAddr>;
  readonly #open = new Set<Accepted>();
  readonly #running = new Set<Promise<void>>();
  #reported = -Infinity;
  #closed = false;

  private constructor(
    options: ListenerOptions,
    listener: Deno.Listener<Deno.TcpConn | Deno.TlsConn, Deno.NetAddr>,
  ) {
    this.#options = options;
    this.#listener = listener;
  }

  /**
   * Listens on a port; where `::` is not possible, because the machine has no IPv6, on IPv4.
   *
   * @throws what `Deno.listen` throws if the port cannot be had.
   */
  static open(options: ListenerOptions): Listener {
    try {
      return new Listener(options, listen(options));
    } catch (error) {
      if (options.hostname !== "::" || error instanceof Deno.errors.AddrInUse) throw error;
      return new Listener(options, listen({ ...options, hostname: "0.0.0.0" }));
    }
  }

  /** The port that is listened on. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Serves whoever comes, until it is closed and the last one is gone. Never throws. */
  async run(serve: Serve): Promise<void> {
    while (!this.#closed) {
      try {
        this.#admit(await this.#listener.accept(), serve);
      } catch (error) {
        if (!this.#closed) await this.#recover(error);
      }
    }
    await Promise.all(this.#running);
  }

  /** Stops listening, closes every connection, and waits until the last one is no longer served. */
  async close(): Promise<void> {
    if (!this.#closed) this.#listener.close();
    this.#closed = true;
    for (const accepted of this.#open) accepted.close();
    await Promise.all(this.#running);
  }

  /** Out of descriptors, or a connection that broke at once: others may come. */
  async #recover(error: unknown): Promise<void> {
    const now = performance.now();
    if (now - this.#reported > reportEvery) {
      this.#reported = now;
      this.#options.onError(error, "");
    }
    let closed = 0;
    while (closed < closedAtOnce && this.#options.doorman.makeRoom()) closed++;
    if (closed === 0) await new Promise((resolve) => setTimeout(resolve, acceptPause));
  }

  #admit(connection: Deno.TcpConn | Deno.TlsConn, serve: Serve): void {
    const accepted = new Accepted(connection);
    const { doorman } = this.#options;
    const place = doorman.enter(accepted.ends.remote, () => accepted.close());
    if (place === undefined) return accepted.close();
    this.#open.add(accepted);
    const running = this.#serve(accepted, place, serve).finally(() => {
      place.leave();
      this.#open.delete(accepted);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  async #serve(accepted: Accepted, place: Place, serve: Serve): Promise<void> {
    try {
      await accepted.handshake(this.#options.handshakeSeconds ?? limits.handshakeSeconds);
      if (!accepted.closed) await serve(accepted, accepted.ends, place);
    } catch (error) {
      this.#options.onError(error, accepted.ends.remote);
    } finally {
      accepted.close();
    }
  }
}

/** A connection that came in. It may be closed by several who know nothing of each other. */
class Accepted implements ByteStream {
  readonly ends: Ends;
  readonly #connection: Deno.TcpConn | Deno.TlsConn;
  #closed = false;

  constructor(connection: Deno.TcpConn | Deno.TlsConn) {
    // Deno cannot set this for TLS; there, small messages that belong together are one write.
    if ("setNoDelay" in connection) connection.setNoDelay(true);
    this.#connection = connection;
    this.ends = {
      remote: plainAddress(connection.remoteAddr.hostname),
      local: plainAddress(connection.localAddr.hostname),
      encrypted: "handshake" in connection,
    };
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Resolves when the connection is encrypted, if it is to be, or closed.
   *
   * @throws {LanyardError} `timeout`, `syntax`.
   */
  async handshake(seconds: number): Promise<void> {
    if (!("handshake" in this.#connection)) return;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.close();
    }, seconds * 1000);
    try {
      await this.#connection.handshake();
    } catch (cause) {
      if (late) throw new LanyardError("timeout", "The TLS handshake takes too long", { cause });
      if (this.#closed) return;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new LanyardError("syntax", `The TLS handshake failed: ${reason}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#connection.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  close(): void {
    if (!this.#closed) this.#connection.close();
    this.#closed = true;
  }
}

function listen(
  { hostname, port, tls }: ListenerOptions,
): Deno.Listener<Deno.TcpConn | Deno.TlsConn, Deno.NetAddr> {
  const options = { hostname, port, tcpBacklog: backlog };
  return tls === undefined
    ? Deno.listen(options)
    : Deno.listenTls({ ...options, cert: tls.certificate, key: tls.key });
}
