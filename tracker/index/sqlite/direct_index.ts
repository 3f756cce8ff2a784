import type { ContentId, SharedFile, SharePath } from "../../../shared/mod.ts";
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
import { SqliteStore } from "./store.ts";

/** A store in this thread, as an index: for a few files, which are found at once. */
export class DirectIndex implements FileIndex {
  readonly restored: readonly Restored[];
  readonly #store: SqliteStore;
  readonly #totals = new SessionTotals();

  constructor(store: SqliteStore) {
    this.#store = store;
    const restored = store.restored();
    this.restored = restored;
    for (const { holder, totals } of restored) this.#totals.set(holder, totals);
  }

  // deno-lint-ignore require-await -- the interface is asynchronous
  async put(holder: Holder, files: readonly SharedFile[], most: number): Promise<void> {
    this.#totals.set(holder, finish(this.#store.put(holder, files, most)));
  }

  // deno-lint-ignore require-await
  async remove(holder: Holder, paths: readonly SharePath[]): Promise<void> {
    this.#totals.set(holder, finish(this.#store.remove(holder, paths)));
  }

  // deno-lint-ignore require-await
  async note(holder: Holder, text: string): Promise<void> {
    this.#store.note(holder, text);
  }

  markEncrypted(holder: Holder): void {
    this.#store.markEncrypted(holder);
  }

  hide(holder: Holder): void {
    this.#store.hide(holder);
  }

  show(holder: Holder): void {
    this.#store.show(holder);
  }

  // deno-lint-ignore require-await
  async drop(holder: Holder): Promise<void> {
    this.#store.hide(holder);
    finish(this.#store.drop(holder));
    this.#totals.delete(holder);
  }

  totals(holder: Holder): { files: number; bytes: number } {
    return this.#totals.of(holder);
  }

  // deno-lint-ignore require-await
  async holds(holder: Holder, content: { id: ContentId; size: number }): Promise<boolean> {
    return this.#store.holds(holder, content);
  }

  // deno-lint-ignore require-await
  async search(query: SearchQuery, page: PageRequest): Promise<Page<IndexedFile>> {
    return this.#store.search(query, page);
  }

  // deno-lint-ignore require-await
  async list(query: ListQuery, page: PageRequest): Promise<Page<IndexedFile>> {
    return this.#store.list(query, page);
  }

  // deno-lint-ignore require-await
  async sources(query: SourcesQuery, page: PageRequest): Promise<Page<Holding>> {
    return this.#store.sources(query, page);
  }

  // deno-lint-ignore require-await
  async [Symbol.asyncDispose](): Promise<void> {
    this.#store.close();
  }
}

function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
