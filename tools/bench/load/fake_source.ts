import { RawConnection } from "../../../tests/support/raw_connection.ts";
import { hashPieces } from "../../../shared/mod.ts";

/** A peer that serves one small file, and notes when it is asked for it. */
export class FakeSource implements Disposable {
  readonly port: number;
  /** Resolves at the next DOWNLOAD, with the time (ms of `performance.now()`). */
  asked = Promise.withResolvers<number>();
  readonly #content: Uint8Array;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  constructor(content: Uint8Array) {
    this.#content = content;
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

  async #serve(connection: Deno.TcpConn): Promise<void> {
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
        return await wire.ask("HI", { version: 2, limits: { line: 65_536, outstanding: 2 ** 24 } });
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
