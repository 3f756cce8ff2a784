import type { Holder } from "../file_index.ts";
import type { Lease } from "./lease.ts";
import type { SessionSigns } from "./session_signs.ts";

/** What has to be done again and again. */
export interface UpkeepTasks {
  lease: Lease;
  signs: SessionSigns;
  /** Takes a session out, with its files. */
  drop(holder: Holder): Promise<void>;
  /** Told when the lease was lost, and another one is taken. */
  lost(): void;
  /** Told what went wrong, once until all is well again. */
  failed(error: unknown): void;
}

/** How many times it is done while a lease lasts: some may be missed. */
const timesPerLease = 4;

/**
 * Keeps the lease, writes what could not be written before, and takes out what dead trackers have
 * left behind.
 */
export class Upkeep {
  readonly #tasks: UpkeepTasks;
  readonly #leaseMs: number;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Since when the database has been there, in ms. */
  #wellSince: number | undefined = performance.now();
  #running: Promise<void> | undefined;
  #collecting: Promise<void> | undefined;
  readonly #undropped = new Set<Holder>();

  constructor(tasks: UpkeepTasks, leaseSeconds: number) {
    this.#tasks = tasks;
    this.#leaseMs = leaseSeconds * 1000;
    this.#timer = setInterval(() => this.#tick(), this.#leaseMs / timesPerLease);
  }

  /** Has a session taken out that could not be, as soon as that is possible. */
  dropLater(holder: Holder): void {
    this.#undropped.add(holder);
  }

  /** Stops, and waits until nothing is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    await this.#collecting;
  }

  #tick(): void {
    this.#running ??= this.#run().finally(() => this.#running = undefined);
  }

  async #run(): Promise<void> {
    const { lease, signs, lost } = this.#tasks;
    try {
      if (!await lease.renew()) {
        await lease.take();
        this.#undropped.clear();
        lost();
      }
      await signs.flush();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#wellSince ??= performance.now();
    // Long work must not keep the lease waiting.
    this.#collecting ??= this.#collect().finally(() => this.#collecting = undefined);
  }

  async #collect(): Promise<void> {
    const { lease, drop } = this.#tasks;
    const since = this.#wellSince ?? Infinity;
    try {
      for (const holder of [...this.#undropped]) {
        await drop(holder);
        this.#undropped.delete(holder);
      }
      // When the database was away from everybody, the others have as long to renew their leases.
      if (performance.now() - since < this.#leaseMs) return;
      for (const holder of await lease.collect()) await drop(holder);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#wellSince !== undefined) this.#tasks.failed(error);
    this.#wellSince = undefined;
  }
}
