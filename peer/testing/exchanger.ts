import type { Exchange } from "./exchange_worker.ts";

/** A neighbour with rights to a folder, who exchanges what is in it while it is looked at. */
export class Exchanger implements AsyncDisposable {
  readonly #worker = new Worker(new URL("./exchange_worker.ts", import.meta.url), {
    type: "module",
  });
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));

  /** Starts to exchange `place` for `other`. */
  static async start(place: string, other: string): Promise<Exchanger> {
    const exchanger = new Exchanger();
    const exchange: Exchange = {
      place,
      other,
      pauses: [0, 0.01, 0.02, 0.05, 0.1],
      stop: exchanger.#stop,
    };
    exchanger.#worker.postMessage(exchange);
    await exchanger.#said("started");
    return exchanger;
  }

  /** Stops; everything is where it was. */
  async [Symbol.asyncDispose](): Promise<void> {
    const stopped = this.#said("stopped");
    Atomics.store(this.#stop, 0, 1);
    await stopped;
    this.#worker.terminate();
  }

  #said(word: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => data === word ? resolve() : undefined;
      this.#worker.onerror = (event) => reject(new Error(event.message));
    });
  }
}
