import {
  type ContentId,
  LanyardError,
  type SharedFile,
  type SharePath,
} from "../../../shared/mod.ts";
import type {
  FileIndex,
  Holder,
  Holding,
  IndexedFile,
  ListQuery,
  Page,
  PageRequest,
  Restored,
  SearchQuery,
  SourcesQuery,
} from "../file_index.ts";
import { SessionTotals } from "../totals.ts";
import {
  type Opened,
  readyCall,
  type StoreCalls,
  type StoreReply,
  type StoreRequest,
  type StoreSign,
} from "./calls.ts";
import type { StoreStart } from "./store_worker.ts";

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** An index in SQLite, in a thread of its own, so that nothing it does keeps the network waiting. */
export class SqliteIndex implements FileIndex, AsyncDisposable {
  readonly #worker = new Worker(new URL("./store_worker.ts", import.meta.url), { type: "module" });
  readonly #channel = new MessageChannel();
  readonly #pending = new Map<number, Pending>();
  readonly #totals = new SessionTotals();
  #restored: readonly Restored[] = [];
  #calls = readyCall;
  #failure: Error | undefined;

  /** Starts the thread, and waits until it needs no permission any more. */
  static async open(start: StoreStart): Promise<SqliteIndex> {
    const index = new SqliteIndex();
    const opened: Opened = await index.#ask((call) => {
      if (call !== readyCall) throw new RangeError("This is not the first call");
      index.#worker.postMessage(start, [index.#channel.port2]);
    });
    index.#restored = opened.restored;
    for (const { holder, totals } of opened.restored) index.#totals.set(holder, totals);
    return index;
  }

  private constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<StoreReply[]>) => {
      for (const reply of data) this.#take(reply);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`The index has failed: ${event.message}`));
    };
  }

  get restored(): readonly Restored[] {
    return this.#restored;
  }

  async note(holder: Holder, text: string): Promise<void> {
    await this.#call("note", { holder, text });
  }

  async put(holder: Holder, files: readonly SharedFile[], most: number): Promise<void> {
    this.#totals.set(holder, await this.#call("put", { holder, files, most }));
  }

  async remove(holder: Holder, paths: readonly SharePath[]): Promise<void> {
    this.#totals.set(holder, await this.#call("remove", { holder, paths }));
  }

  markEncrypted(holder: Holder): void {
    this.#sign("markEncrypted", holder);
  }

  hide(holder: Holder): void {
    this.#sign("hide", holder);
  }

  show(holder: Holder): void {
    this.#sign("show", holder);
  }

  async drop(holder: Holder): Promise<void> {
    await this.#call("drop", { holder });
    this.#totals.delete(holder);
  }

  totals(holder: Holder): { files: number; bytes: number } {
    return this.#totals.of(holder);
  }

  async holds(holder: Holder, content: { id: ContentId; size: number }): Promise<boolean> {
    return await this.#call("holds", { holder, ...content });
  }

  async search(query: SearchQuery, page: PageRequest): Promise<Page<IndexedFile>> {
    return await this.#call("search", { query, page });
  }

  async list(query: ListQuery, page: PageRequest): Promise<Page<IndexedFile>> {
    return await this.#call("list", { query, page });
  }

  async sources(query: SourcesQuery, page: PageRequest): Promise<Page<Holding>> {
    return await this.#call("sources", { query, page });
  }

  /** Closes the store and ends the thread; what was asked and not answered fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    // One that has failed or was closed has nothing left to close.
    await this.#ask((call) => this.#post({ call, method: "close" })).catch(() => {});
    this.#worker.terminate();
    this.#channel.port1.close();
    this.#fail(new LanyardError("closed", "The index was closed"));
  }

  #sign(method: StoreSign, holder: Holder): void {
    this.#post({ method, holder });
  }

  #call<M extends keyof StoreCalls>(
    method: M,
    ask: StoreCalls[M]["ask"],
  ): Promise<StoreCalls[M]["answer"]> {
    return this.#ask((call) => this.#post({ call, method, ask } as StoreRequest));
  }

  #post(message: StoreRequest): void {
    // The thread takes its messages by a function that looks at all that is in an object.
    this.#channel.port1.postMessage(JSON.stringify(message));
  }

  /** @param send sends a message with the number of the call */
  #ask<T>(send: (call: number) => void): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const call = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#pending.set(call, { resolve: resolve as Pending["resolve"], reject });
      send(call);
    });
  }

  #take(reply: StoreReply): void {
    const pending = this.#pending.get(reply.call);
    this.#pending.delete(reply.call);
    if ("answer" in reply) pending?.resolve(reply.answer);
    else {
      const { code, message, fatal } = reply;
      // What went wrong inside is nobody's business outside.
      const isOurs = code === "internal";
      pending?.reject(isOurs ? new Error(message) : new LanyardError(code, message, { fatal }));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#failure);
    this.#pending.clear();
  }
}
