/** Milliseconds a worker is kept without work: starting one takes 50 ms, keeping one 20 MB. */
const restAfter = 5000;

/** A worker that is started when there is work, and ended when there has been none for a while. */
export class IdleWorker<Ask, Reply> {
  readonly #url: URL;
  readonly #onReply: (reply: Reply) => void;
  readonly #onCrash: (message: string) => void;
  #worker: Worker | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #owed = 0;

  /**
   * @param url the worker's module; literal at the caller, so that it is found inside executables
   * @param onReply gets what the worker posts
   * @param onCrash told when the worker died; what it owed will not come
   */
  constructor(url: URL, onReply: (reply: Reply) => void, onCrash: (message: string) => void) {
    this.#url = url;
    this.#onReply = onReply;
    this.#onCrash = onCrash;
  }

  /** Gives the worker something to do; `finished` is to be called when it has done it. */
  post(ask: Ask): void {
    clearTimeout(this.#rest);
    this.#owed++;
    this.#worker ??= this.#start();
    this.#worker.postMessage(ask);
  }

  /** Says that one piece of work is done. */
  finished(): void {
    this.#owed--;
    if (this.#owed > 0) return;
    this.#rest = setTimeout(() => this.close(), restAfter);
  }

  /** Ends the worker; `post` starts another one. */
  close(): void {
    clearTimeout(this.#rest);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#owed = 0;
  }

  #start(): Worker {
    const worker = new Worker(this.#url, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#onReply(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.close();
      this.#onCrash(event.message);
    };
    return worker;
  }
}
