import { type Ends, endsOf, handshakeWithin, type Incoming } from "./incoming.ts";
import type { TlsKey } from "./tls_port.ts";

/** Bytes read at a time from a connection on which little happens: there may be thousands. */
const littleAtOnce = 512;
/** Bytes read at a time where much is sent. */
const muchAtOnce = 64 * 1024;

/** Encrypts on a port of this machine that nobody else can reach. */
export class TlsRelay {
  readonly #listener: Deno.TlsListener;
  readonly #makeRoom: () => Promise<void>;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param makeRoom closes some connections because descriptors have run out, maybe a moment later
   * @throws what `Deno.listenTls` throws if no port can be had.
   */
  constructor({ certificate: cert, key }: TlsKey, makeRoom: () => Promise<void>) {
    this.#makeRoom = makeRoom;
    this.#listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  }

  /** A new connection through the relay: what is written to `near` comes out of `far` in clear. */
  open(): Promise<{ near: Deno.TcpConn; far: Deno.TlsConn }> {
    const opened = this.#last.then(() => this.#open()).catch(async () => {
      await this.#makeRoom();
      return await this.#open();
    });
    this.#last = opened.catch(() => {}); // Whoever asked for it is told.
    return opened;
  }

  /** Stops listening. */
  close(): void {
    this.#listener.close();
  }

  async #open(): Promise<{ near: Deno.TcpConn; far: Deno.TlsConn }> {
    const { port } = this.#listener.addr;
    const near = await Deno.connect({ hostname: "127.0.0.1", port });
    try {
      for (;;) {
        const far = await this.#listener.accept();
        if (far.remoteAddr.port === near.localAddr.port) return { near, far };
        far.close(); // Another program of this machine, or one of ours that came to nothing.
      }
    } catch (error) {
      near.close();
      throw error;
    }
  }
}

/** A connection that came in without encryption, and is encrypted by a relay. */
export class RelayedConnection implements Incoming {
  readonly ends: Ends;
  readonly #relay: TlsRelay;
  readonly #front: Deno.TcpConn;
  #inner: { near: Deno.TcpConn; far: Deno.TlsConn } | undefined;
  #closed = false;

  constructor(front: Deno.TcpConn, relay: TlsRelay) {
    front.setNoDelay(true);
    this.#front = front;
    this.#relay = relay;
    this.ends = endsOf(front, true);
  }

  get closed(): boolean {
    return this.#closed;
  }

  async prepare(seconds: number): Promise<void> {
    try {
      await handshakeWithin(this.#handshake(), seconds);
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#far.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#far.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#far.closeWrite();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#front.close();
    this.#inner?.near.close();
    this.#inner?.far.close();
  }

  get #far(): Deno.TlsConn {
    if (this.#inner === undefined) throw new RangeError("The connection is not prepared");
    return this.#inner.far;
  }

  /** Only for a remote that has begun to speak the relay is bothered. */
  async #handshake(): Promise<void> {
    const first = new Uint8Array(littleAtOnce);
    const length = await this.#front.read(first);
    if (length === null || this.#closed) return this.close();
    const inner = await this.#relay.open();
    if (this.#closed) {
      inner.near.close();
      inner.far.close();
      return;
    }
    this.#inner = inner;
    inner.near.setNoDelay(true);
    void copy(this.#front, inner.near, first.subarray(0, length));
    void copy(inner.near, this.#front);
    await inner.far.handshake();
  }
}

/** Copies all that comes from one connection into another one, and then its end. Never throws. */
async function copy(from: Deno.Conn, to: Deno.Conn, first = new Uint8Array()): Promise<void> {
  try {
    await writeAll(to, first);
    let buffer = new Uint8Array(littleAtOnce);
    for (let length = await from.read(buffer); length !== null; length = await from.read(buffer)) {
      await writeAll(to, buffer.subarray(0, length));
      if (length === buffer.length) buffer = new Uint8Array(Math.min(4 * length, muchAtOnce));
      else if (length < littleAtOnce) buffer = new Uint8Array(littleAtOnce);
    }
    await to.closeWrite();
  } catch {
    // One of the two broke or was closed. The other side of the relay notices that by itself.
  }
}

async function writeAll(to: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await to.write(rest));
}
