import { IdleWorker } from "../idle_worker.ts";
import type { Exclusion } from "./left_out.ts";
import type { Root } from "./roots.ts";
import type { ScanBatch, ScanTask } from "./scan_worker.ts";

/** Runs scans in a worker, one after the other. */
export class Scanner {
  readonly #worker: IdleWorker<ScanTask, ScanBatch>;
  readonly #exclusions: readonly Exclusion[];
  #task = 0;
  #take: (batch: ScanBatch) => void = () => {};

  constructor(exclusions: readonly Exclusion[]) {
    this.#exclusions = exclusions;
    this.#worker = new IdleWorker(
      new URL("./scan_worker.ts", import.meta.url),
      (batch) => this.#take(batch),
      (error) => this.#take({ task: this.#task, found: [], leftOut: [], last: true, error }),
    );
  }

  /** Scans a part of a root; `take` gets what it sees, batch by batch. Must not run twice at once. */
  async scan(root: Root, under: string, take: (batch: ScanBatch) => void): Promise<void> {
    const task: ScanTask = { task: ++this.#task, root, under, exclusions: this.#exclusions };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#take = (batch) => {
      if (batch.task !== task.task) return;
      if (batch.error !== undefined) return reject(new Error(batch.error));
      take(batch);
      if (batch.last) resolve();
    };
    this.#worker.post(task);
    try {
      await promise;
    } finally {
      this.#worker.finished();
    }
  }

  /** Ends the worker. */
  close(): void {
    this.#worker.close();
  }
}
