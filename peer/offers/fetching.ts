import { type ErrorCode, LanyardError, type Source } from "../../shared/mod.ts";
import type { Destination } from "../download/destination.ts";
import type { Engine } from "../download/engine.ts";
import type { FileModes } from "../download/file_modes.ts";
import type { Present } from "../download/present.ts";
import { type Outcome, transfer } from "../download/transfer.ts";
import type { Wanted } from "../download/wanted.ts";

/** What fetching an offered file needs. */
export interface FetchingOptions {
  engine: Engine;
  present: Present;
  modes: FileModes;
  /** Resolves when the tracker knows that we take it, and so lets us ask who has it. */
  announced(): Promise<void>;
  /** Whether there is a point in trying again. */
  isOffered(): boolean;
  /** Waits; rejects when everything ends. */
  pause(ms: number): Promise<void>;
}

/** What fetching an offered file tells. */
export interface FetchingEvents {
  /** So much of it is verified and on the disk, and came over the network in this run. */
  progress(verified: number, received: number): void;
  /** Another program of this machine fetches the same file to the same place. */
  waiting(): void;
  sourceLost(source: Source, reason: LanyardError): void;
  /** It did not come, and is tried again after a pause. */
  retrying(reason: LanyardError, seconds: number): void;
}

/** Failures that pass when somebody comes back. */
const passing: ReadonlySet<ErrorCode> = new Set([
  "unreachable",
  "closed",
  "timeout",
  "changed",
  "not-found",
  "nothing-shared",
]);
/** Seconds between attempts, one after the other, as long as nothing comes. */
const pauses = [1, 2, 5, 10, 20, 30];

/**
 * Fetches an offered file from everybody who has it or a part of it. Whoever offers it may be away
 * for a moment: what has come is kept, and the rest is tried again.
 *
 * @throws {LanyardError} why it did not come.
 */
export async function fetchOffered(
  wanted: Wanted,
  destination: Destination,
  options: FetchingOptions,
  events: FetchingEvents,
): Promise<Outcome> {
  const { isOffered, pause } = options;
  let received = 0;
  let best = -1;
  for (let attempt = 0;; attempt++) {
    let [verified, now] = [0, 0];
    try {
      const outcome = await fetchOnce(wanted, destination, options, {
        ...events,
        progress: (there, came) => {
          [verified, now] = [there, came];
          events.progress(there, received + came);
        },
      });
      return { ...outcome, received: received + outcome.received };
    } catch (error) {
      received += now;
      if (verified > best) attempt = 0;
      best = Math.max(best, verified);
      const seconds = pauses[attempt];
      const isPassing = error instanceof LanyardError && passing.has(error.code);
      if (!isPassing || seconds === undefined || !isOffered()) throw error;
      events.retrying(error, seconds);
      await pause(seconds * 1000);
    }
  }
}

async function fetchOnce(
  wanted: Wanted,
  destination: Destination,
  { engine, present, modes, announced }: FetchingOptions,
  events: Omit<FetchingEvents, "retrying">,
): Promise<Outcome> {
  const find = (): Promise<string | undefined> => present.findAgain(destination, wanted);
  const there = await find();
  if (there !== undefined) return { path: there, received: 0, sources: 0, encrypted: false };
  await announced();
  const sources = await engine.sources(wanted.id, wanted.size).catch(noneKnown);
  return await transfer(engine, wanted, destination, sources, {
    taken: "rename",
    modes,
    wait: false,
  }, { ...events, waited: find });
}

/** The tracker may be away: then there is nobody else to ask. */
function noneKnown(error: unknown): Source[] {
  if (error instanceof LanyardError) return [];
  throw error;
}
