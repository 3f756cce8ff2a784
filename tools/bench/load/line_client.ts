const LF = 0x0a;
/** First letter of ERROR. */
const E = 0x45;
/** First letter of REACHABLE and REVOKED: pushes, which answer nothing. */
const R = 0x52;

/** Bytes read at a time by one of few connections. */
const manyBytes = 64 * 1024;

/**
 * A connection to a tracker that is made for load: requests are bytes made beforehand, and answers
 * are only counted. So it costs a fraction of what the tracker spends on the same lines.
 */
export class LineClient implements Disposable {
  /** Told of each answer as it comes, and of the end of the connection unless it is ended here. */
  watcher: { answered(): void; failed(error: Error): void } | undefined;
  readonly #connection: Deno.Conn;
  #answers = 0;
  /** First byte of the line that is being received. */
  #first: number | undefined;
  #failure: Error | undefined;
  #waiting: { answers: number; done: PromiseWithResolvers<void> } | undefined;

  /** @param buffer bytes read at a time: little, where there are thousands of connections. */
  constructor(connection: Deno.Conn, buffer = manyBytes) {
    this.#connection = connection;
    void this.#listen(new Uint8Array(buffer));
  }

  /** @param buffer bytes read at a time */
  static async connect(port: number, buffer = manyBytes): Promise<LineClient> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay(true);
    return new LineClient(connection, buffer);
  }

  /** Sends requests. */
  async send(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await this.#connection.write(rest));
    }
  }

  /** Answers so far. */
  get answers(): number {
    return this.#answers;
  }

  /** Resolves once that many answers came since the connection was made. */
  async answered(answers: number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#answers >= answers) return;
    const done = Promise.withResolvers<void>();
    this.#waiting = { answers, done };
    await done.promise;
  }

  [Symbol.dispose](): void {
    this.#failure ??= new Error("The connection was closed here");
    this.#connection.close();
  }

  async #listen(buffer: Uint8Array): Promise<void> {
    try {
      for (;;) {
        const length = await this.#connection.read(buffer);
        if (length === null) throw new Error("The tracker closed the connection");
        this.#count(buffer.subarray(0, length));
        if (this.#waiting !== undefined && this.#answers >= this.#waiting.answers) {
          this.#waiting.done.resolve();
          this.#waiting = undefined;
        }
      }
    } catch (error) {
      const isExpected = this.#failure !== undefined;
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
      if (!isExpected) this.watcher?.failed(this.#failure);
      this.#waiting?.done.reject(this.#failure);
    }
  }

  #count(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      this.#first ??= chunk[at];
      const end = chunk.indexOf(LF, at);
      if (end === -1) return;
      if (this.#first === E) throw new Error("The tracker answered ERROR");
      if (this.#first !== R) {
        this.#answers++;
        this.watcher?.answered();
      }
      this.#first = undefined;
      at = end + 1;
    }
  }
}
