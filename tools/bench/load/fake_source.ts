import { encodeBase64Url } from "@std/encoding";
import type { TlsKey } from "../../../net/mod.ts";
import { RawConnection } from "../../../tests/support/raw_connection.ts";
import { hashPieces, nonceBytes } from "../../../shared/mod.ts";

/** A peer that serves one small file to everybody, and notes when it is asked for it. */
export class FakeSource implements Disposable {
  readonly port: number;
  /** Resolves at the next DOWNLOAD, with the time (ms of `performance.now()`). */
  asked = Promise.withResolvers<number>();
  readonly #content: Uint8Array;
  readonly #listener: Deno.TcpListener | Deno.TlsListener;
  readonly #encrypted: boolean;

  /** @param tls its key, if it encrypts; then it wants a proof, and believes it */
  constructor(content: Uint8Array, tls?: TlsKey) {
    this.#content = content;
    const anywhere = { hostname: "127.0.0.1", port: 0 };
    this.#listener = tls === undefined
      ? Deno.listen(anywhere)
      : Deno.listenTls({ ...anywhere, cert: tls.certificate, key: tls.key });
    this.#encrypted = tls !== undefined;
    this.port = this.#listener.addr.port;
    void this.#accept();
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }

  async #accept(): Promise<void> {
    try {
      for await (const connection of this.#listener) {
        this.#serve(connection).catch(() => {}); // The tracker only knocks; others leave.
      }
    } catch {
      // Closed here.
    }
  }

  async #serve(connection: Deno.TcpConn | Deno.TlsConn): Promise<void> {
    using wire = new RawConnection(connection);
    for (;;) {
      const { verb, ...body } = await wire.message();
      if (verb === "DOWNLOAD") this.asked.resolve(performance.now());
      await this.#answer(wire, verb, body);
    }
  }

  async #answer(wire: RawConnection, verb: string, body: Record<string, unknown>): Promise<void> {
    switch (verb) {
      case "HELLO":
        return await wire.ask("HI", {
          version: 2,
          limits: { line: 65_536, outstanding: 2 ** 24 },
          ...(this.#encrypted ? { nonce: madeUp() } : {}),
        });
      case "PROVE":
        return await wire.ask("OK", { accepted: true });
      case "PIECES":
        await wire.ask("HASHES", { count: 1 });
        return await wire.send(hashPieces(this.#content));
      case "DOWNLOAD": {
        const { offset, length } = body;
        await wire.ask("FILE", { offset, length });
        const end = Number(offset) + Number(length);
        return await wire.send(this.#content.subarray(Number(offset), end));
      }
    }
  }
}

function madeUp(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(nonceBytes)));
}
