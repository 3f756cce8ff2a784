import { LanyardError } from "../../shared/mod.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerEntry } from "./ledger_row.ts";

/** What a recorder tells. */
export interface RecorderEvents {
  /** Entries cannot be kept: so many wait. Told again when that changes nothing. */
  failed(reason: LanyardError, waiting: number): void;
  /** What waited is in the ledger. */
  recovered(): void;
}

/** Milliseconds between attempts to write what could not be written. */
const usualPause = 5000;

/**
 * Puts entries into a ledger, in order. What cannot be written now is not lost: it is tried again,
 * until there is room or the recorder is closed.
 */
export class Recorder {
  readonly #ledger: Pick<Ledger, "write">;
  readonly #events: RecorderEvents;
  readonly #pause: number;
  #waiting: LedgerEntry[] = [];
  #failure: LanyardError | undefined;
  #writing: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param pause milliseconds between attempts to write what could not be written */
  constructor(ledger: Pick<Ledger, "write">, events: RecorderEvents, pause = usualPause) {
    this.#ledger = ledger;
    this.#events = events;
    this.#pause = pause;
  }

  /** Why the ledger cannot be written now. */
  get failure(): LanyardError | undefined {
    return this.#failure;
  }

  /** Entries that are not in the ledger yet. */
  get waiting(): readonly LedgerEntry[] {
    return this.#waiting;
  }

  /** Keeps an entry. */
  add(entry: LedgerEntry): void {
    this.#waiting.push(entry);
    void this.#write();
  }

  /** Tries once more to write what waits; resolves when that is over, one way or the other. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#write();
    clearTimeout(this.#timer);
  }

  #write(): Promise<void> {
    return this.#writing ??= this.#writeAll().finally(() => this.#writing = undefined);
  }

  async #writeAll(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#waiting.length > 0) {
      const entries = this.#waiting.slice();
      try {
        await this.#ledger.write(entries);
      } catch (error) {
        if (!(error instanceof LanyardError)) throw error;
        this.#failure = error;
        this.#timer = setTimeout(() => void this.#write(), this.#pause);
        return this.#events.failed(error, this.#waiting.length);
      }
      this.#waiting = this.#waiting.slice(entries.length);
    }
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.#events.recovered();
  }
}
