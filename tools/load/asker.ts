import type { LineClient } from "../bench/load/line_client.ts";

/** A connection over which requests are sent at any time, each with somebody who waits for it. */
export class Asker {
  readonly #client: LineClient;
  readonly #waiting: ((at: number) => void)[] = [];
  #sending = Promise.resolve();
  #failure: Error | undefined;

  /** @param client nobody else may use it any more */
  constructor(client: LineClient) {
    this.#client = client;
    client.watcher = {
      answered: () => this.#waiting.shift()?.(performance.now()),
      failed: (error) => this.#failure = error,
    };
  }

  /** Requests without an answer. */
  get unanswered(): number {
    return this.#waiting.length;
  }

  /**
   * Sends a request, behind those before it.
   *
   * @param answered told when the answer is there (ms of `performance.now()`)
   * @throws if the connection has ended
   */
  ask(request: Uint8Array, answered: (at: number) => void): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#waiting.push(answered);
    this.#sending = this.#sending.then(() => this.#client.send(request))
      .catch((error) => void (this.#failure ??= error));
  }

  /** The same; resolves with the time of the answer. */
  answer(request: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      try {
        this.ask(request, resolve);
      } catch (error) {
        reject(error);
      }
    });
  }
}
