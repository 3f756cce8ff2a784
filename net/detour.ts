import type { Endpoint } from "./tls.ts";

/** Bytes copied at a time: a handshake has a few thousand. */
const copied = 4096;

/**
 * A way to a remote that leads through this program, for `node:tls`: so that it can be broken off,
 * because Deno 2.7 never gives the descriptor of a TLS connection back that is given up while its
 * handshake is held up, only of one that ends; and to an address with a zone, which Deno 2.9 takes
 * from it for nonsense. Meant for a handshake; for more it would be slow.
 */
export class Detour implements Disposable {
  readonly #far: Deno.Conn;
  readonly #listener: Deno.TcpListener;
  #near: Deno.Conn | undefined;
  #closed = false;

  /** @param far the connection to the remote, which the detour closes */
  constructor(far: Deno.Conn) {
    this.#far = far;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    void this.#serve();
  }

  /** Where the first to connect reaches the remote. */
  get endpoint(): Endpoint {
    return { host: "127.0.0.1", port: this.#listener.addr.port };
  }

  /** Ends the connections on both sides. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
    this.#far.close();
    this.#near?.close();
  }

  async #serve(): Promise<void> {
    try {
      const near = await this.#listener.accept();
      if (this.#closed) return near.close();
      this.#near = near;
      await Promise.race([copy(near, this.#far), copy(this.#far, near)]);
    } catch {
      // It was broken off, or one of the two sides did.
    }
    this[Symbol.dispose]();
  }
}

async function copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(copied);
  for (let length = await from.read(buffer); length !== null; length = await from.read(buffer)) {
    for (let rest = buffer.subarray(0, length); rest.length > 0;) {
      rest = rest.subarray(await to.write(rest));
    }
  }
}
