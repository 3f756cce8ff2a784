/** A port that accepts connections, as peers do when the tracker tries whether they can be reached. */
export class Doorbell implements Disposable {
  readonly port: number;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  constructor() {
    this.port = this.#listener.addr.port;
    void this.#answer();
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }

  async #answer(): Promise<void> {
    try {
      for await (const connection of this.#listener) connection.close();
    } catch {
      // Closed here.
    }
  }
}
