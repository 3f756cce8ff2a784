import { IdleWorker } from "../idle_worker.ts";
import { concat } from "@std/bytes";
import { LanyardError, pieceCount, pieceLength } from "../../shared/mod.ts";
import type { HashResult, HashTask } from "./hash_worker.ts";
import type { OnDisk } from "./open_shared.ts";

/** Bytes of one task: long enough to read in sequence, short enough to share a file between cores. */
const taskBytes = 16 * 1024 * 1024;
/** More workers than this only make a disk seek. */
const mostWorkers = 4;
/** Tasks a worker has at a time: one to do and one to go on with. */
const tasksPerWorker = 2;

interface Job {
  task: HashTask;
  resolve(hashes: Uint8Array): void;
  reject(error: Error): void;
}

/** Hashes files with as many workers as there are processors. */
export class HashPool {
  readonly #workers: { worker: IdleWorker<HashTask, HashResult>; jobs: Map<number, Job> }[] = [];
  readonly #queue: Job[] = [];
  readonly #size = Math.max(1, Math.min(navigator.hardwareConcurrency, mostWorkers));
  #task = 0;

  /**
   * The hashes of all pieces of a file, 32 bytes each, one after the other.
   *
   * @throws {LanyardError} `changed` if the file is not in the stamped state, before or after;
   * `io` if it cannot be read.
   */
  async hash(file: OnDisk): Promise<Uint8Array> {
    const { size } = file.stamp;
    const pieces = pieceCount(size);
    const perTask = Math.max(1, taskBytes / pieceLength(size));
    const runs: Promise<Uint8Array>[] = [];
    for (let first = 0; first === 0 || first < pieces; first += perTask) {
      runs.push(this.#run(file, first, Math.min(perTask, pieces - first)));
    }
    return concat(await Promise.all(runs));
  }

  /** Ends the workers. */
  close(): void {
    for (const { worker } of this.#workers) worker.close();
  }

  #run(file: OnDisk, first: number, count: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ task: { task: this.#task++, file, first, count }, resolve, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    const isBusy = this.#workers.every(({ jobs }) => jobs.size > 0);
    if (this.#queue.length > 0 && isBusy && this.#workers.length < this.#size) this.#start();
    for (const { worker, jobs } of this.#workers) {
      while (jobs.size < tasksPerWorker) {
        const job = this.#queue.shift();
        if (job === undefined) return;
        jobs.set(job.task.task, job);
        worker.post(job.task);
      }
    }
  }

  #start(): void {
    const jobs = new Map<number, Job>();
    const worker = new IdleWorker<HashTask, HashResult>(
      new URL("./hash_worker.ts", import.meta.url),
      (result) => {
        const job = jobs.get(result.task);
        jobs.delete(result.task);
        worker.finished();
        if ("hashes" in result) job?.resolve(result.hashes);
        else job?.reject(new LanyardError(result.changed ? "changed" : "io", result.error));
        this.#dispatch();
      },
      (message) => {
        for (const { reject } of jobs.values()) reject(new LanyardError("io", message));
        jobs.clear();
        this.#dispatch();
      },
    );
    this.#workers.push({ worker, jobs });
  }
}
