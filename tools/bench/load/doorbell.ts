import type { TlsKey } from "../../../net/mod.ts";

/** A port that accepts connections, as peers do when the tracker tries whether they can be reached. */
export class Doorbell implements Disposable {
  readonly port: number;
  readonly #listener: Deno.TcpListener | Deno.TlsListener;
  #rings = 0;

  /** @param tls encrypts; whoever comes may see that the key is not the one that was looked for */
  constructor(tls?: TlsKey) {
    const anywhere = { hostname: "127.0.0.1", port: 0 };
    this.#listener = tls === undefined
      ? Deno.listen(anywhere)
      : Deno.listenTls({ ...anywhere, cert: tls.certificate, key: tls.key });
    this.port = this.#listener.addr.port;
    void this.#answer();
  }

  /** How often somebody was here. */
  get rings(): number {
    return this.#rings;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }

  async #answer(): Promise<void> {
    try {
      for await (const connection of this.#listener) void this.#open(connection);
    } catch {
      // Closed here.
    }
  }

  async #open(connection: Deno.TcpConn | Deno.TlsConn): Promise<void> {
    try {
      if ("handshake" in connection) await connection.handshake();
    } catch {
      // They have left already.
    }
    connection.close();
    this.#rings++;
  }
}
