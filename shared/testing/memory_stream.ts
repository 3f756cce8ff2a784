import type { ByteStream } from "../wire.ts";

/** A connection in memory for tests: what is received is given, what is sent is kept. */
export class MemoryStream implements ByteStream {
  /** What each write took, in order. */
  readonly writes: Uint8Array[] = [];
  /** What happened beside reading and writing. */
  readonly events: string[] = [];
  /** Bytes that one write takes. */
  mostWritten = Infinity;
  /** What the next read fails with. */
  readError: Error | undefined;
  /** What the next writes fail with. */
  writeError: Error | undefined;
  readonly #incoming: Uint8Array[];
  readonly #ended: boolean;
  /** How far reads have come: a chunk, and bytes of it. */
  #chunk = 0;
  #taken = 0;
  readonly #closed = Promise.withResolvers<never>();
  #gate = Promise.resolve();

  /**
   * @param incoming what reads give, a chunk at a time
   * @param options `open`: after the last chunk reads wait until `close` instead of ending.
   */
  constructor(incoming: Uint8Array[] = [], options: { open?: boolean } = {}) {
    this.#incoming = incoming.filter((chunk) => chunk.length > 0);
    this.#ended = !options.open;
    this.#closed.promise.catch(() => {});
  }

  /** All that was written, as one text. */
  get written(): string {
    const decoder = new TextDecoder();
    return this.writes.map((bytes) => decoder.decode(bytes, { stream: true })).join("");
  }

  /** Holds writes back until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.readError !== undefined) throw this.readError;
    const chunk = this.#incoming[this.#chunk];
    if (chunk === undefined) return this.#ended ? null : await this.#closed.promise;
    const taken = chunk.subarray(this.#taken, this.#taken + into.length);
    into.set(taken);
    this.#taken += taken.length;
    if (this.#taken === chunk.length) [this.#chunk, this.#taken] = [this.#chunk + 1, 0];
    return taken.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#gate;
    if (this.writeError !== undefined) throw this.writeError;
    const taken = bytes.subarray(0, this.mostWritten);
    this.writes.push(taken);
    return taken.length;
  }

  closeWrite(): Promise<void> {
    this.events.push("closeWrite");
    return Promise.resolve();
  }

  close(): void {
    this.events.push("close");
    this.#closed.reject(new Error("closed"));
  }
}
