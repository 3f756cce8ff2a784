import { LanyardError, type SharePath } from "../../shared/mod.ts";
import { passing } from "../download/no_source.ts";
import { pause } from "../pause.ts";
import type { FoundOnDisk } from "../sharing/scan.ts";
import type { Delivery, Parcel } from "./delivery.ts";

/** What sending depends on. */
export interface SendOptions {
  /** Opens another connection to the receiver, wherever it is now. */
  connect(): Promise<Delivery>;
  /** Makes a file ready to be sent. @throws {LanyardError} if it cannot be read. */
  prepare(number: number, file: FoundOnDisk): Promise<Parcel>;
  /** Whether files may get other names if theirs are taken. */
  rename: boolean;
  /** Whether to wait for a receiver that is gone for however long it takes. */
  wait: boolean;
}

/** What sending tells; `number` says which of the files it is about. */
export interface SendEvents {
  /** The connection is gone; another attempt follows. */
  interrupted(error: LanyardError): void;
  stored(number: number, file: Parcel["file"], stored: SharePath, seconds: number): void;
  failed(number: number, file: FoundOnDisk, error: LanyardError): void;
}

/** Connections over which many files are sent: one waits for the receiver's disk, others do not. */
const atOnce = 4;
/** Milliseconds for which a receiver that is gone is tried again: a restart, a dead spot. */
const patience = 60_000;
/** Milliseconds before it is tried again; doubled each time. */
const retryAfter = 250;
/** Milliseconds between attempts at most. */
const retryAtMost = 4000;

/**
 * Sends files, several at a time, each until the receiver says that it is safe on its disk.
 *
 * @returns the first error, if there was any; the other files were sent all the same, unless the
 * receiver is gone or has no room.
 */
export async function sendAll(
  files: readonly FoundOnDisk[],
  options: SendOptions,
  events: SendEvents,
): Promise<LanyardError | undefined> {
  const queue = files.entries();
  let failure: LanyardError | undefined;
  const work = async (): Promise<void> => {
    const sender = new Sender(options, events);
    try {
      for (const [number, file] of queue) {
        if (failure !== undefined && hopeless(failure)) return;
        try {
          await sender.send(number, file);
        } catch (error) {
          if (!(error instanceof LanyardError)) throw error;
          failure ??= error;
          events.failed(number, file, error);
        }
      }
    } finally {
      sender.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, files.length) }, work));
  return failure;
}

/** Whether the next file would fare no better. */
function hopeless({ code }: LanyardError): boolean {
  return passing.has(code) || code === "full" || code === "unsupported" || code === "banned";
}

/** Sends one file after the other, over one connection as long as that lasts. */
class Sender {
  readonly #options: SendOptions;
  readonly #events: SendEvents;
  #delivery: Delivery | undefined;

  constructor(options: SendOptions, events: SendEvents) {
    this.#options = options;
    this.#events = events;
  }

  async send(number: number, file: FoundOnDisk): Promise<void> {
    const start = performance.now();
    const parcel = await this.#options.prepare(number, file);
    let moved = 0;
    let lastMoved = performance.now();
    const watched: Parcel = {
      ...parcel,
      sent: (bytes) => {
        moved += bytes;
        parcel.sent(bytes);
      },
    };
    for (let attempt = 0;; attempt++) {
      const before = moved;
      try {
        const stored = await (await this.#open()).send(watched, this.#options.rename);
        const seconds = (performance.now() - start) / 1000;
        return this.#events.stored(number, parcel.file, stored, seconds);
      } catch (error) {
        if (!(error instanceof LanyardError) || !passing.has(error.code)) throw error;
        if (moved > before) {
          lastMoved = performance.now();
          attempt = 0;
        }
        const isOver = performance.now() - lastMoved > patience && !this.#options.wait;
        if (isOver) throw givenUp(error);
        this.#events.interrupted(error);
        await pause(Math.min(retryAtMost, retryAfter * 2 ** attempt));
      }
    }
  }

  close(): void {
    this.#delivery?.close();
  }

  async #open(): Promise<Delivery> {
    if (this.#delivery?.isOpen !== true) this.#delivery = await this.#options.connect();
    return this.#delivery;
  }
}

function givenUp(error: LanyardError): LanyardError {
  return new LanyardError(
    error.code,
    `The receiver is gone: ${error.message}; run this again to go on`,
    { cause: error },
  );
}
