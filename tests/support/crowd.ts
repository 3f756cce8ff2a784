/** Connections opened at the same time: as many as a listener surely keeps in line. */
const atOnce = 100;

/** Many connections to one port, held open. */
export class Crowd implements Disposable {
  /** Bytes that all of them have got. */
  received = 0;
  readonly #port: number;
  readonly #open = new Set<Deno.TcpConn>();

  constructor(port: number) {
    this.#port = port;
  }

  /** How many the other side has not closed. */
  get open(): number {
    return this.#open.size;
  }

  /**
   * More come.
   *
   * @param say what each says at once; nothing if missing
   */
  async grow(count: number, say = ""): Promise<void> {
    for (let left = count; left > 0; left -= atOnce) {
      await Promise.all(Array.from({ length: Math.min(left, atOnce) }, () => this.#join(say)));
    }
  }

  /** All leave. */
  disperse(): void {
    for (const connection of this.#open) connection.close();
    this.#open.clear();
  }

  [Symbol.dispose](): void {
    this.disperse();
  }

  async #join(say: string): Promise<void> {
    const connection = await this.#connect();
    if (connection === undefined) return;
    this.#open.add(connection);
    void this.#hold(connection);
    await this.#say(connection, new TextEncoder().encode(say));
  }

  /** The other side may hang up on the way. */
  async #say(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
    try {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
    } catch {
      // It has.
    }
  }

  async #connect(): Promise<Deno.TcpConn | undefined> {
    try {
      return await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
    } catch (error) {
      // A port that changes hands listens to nobody for a moment.
      const { ConnectionRefused, ConnectionReset } = Deno.errors;
      if (error instanceof ConnectionRefused || error instanceof ConnectionReset) return undefined;
      throw error;
    }
  }

  /** Reads to the end, so that it is known whether there was one. */
  async #hold(connection: Deno.TcpConn): Promise<void> {
    const scrap = new Uint8Array(4096);
    try {
      for (let length; (length = await connection.read(scrap)) !== null;) this.received += length;
    } catch {
      // The other side reset it, or we left.
    }
    if (this.#open.delete(connection)) connection.close();
  }
}
