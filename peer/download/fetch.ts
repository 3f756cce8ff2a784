import { LanyardError, type Source } from "../../shared/mod.ts";
import { place } from "./destination.ts";
import type { Engine } from "./engine.ts";
import type { Present } from "./present.ts";
import type { Choice } from "./resolve.ts";
import { type Outcome, transfer, type TransferOptions } from "./transfer.ts";
import type { Wanted } from "./wanted.ts";

/** What fetching tells while it goes on; `number` says which of the files it is about. */
export interface FetchEvents {
  progress(number: number, verified: number, received: number): void;
  waiting(choice: Choice): void;
  sourceLost(choice: Choice, source: Source, reason: LanyardError): void;
  /** A file is in place. `seconds` from its first request on. */
  done(number: number, choice: Choice, outcome: Outcome, seconds: number): void;
  failed(number: number, choice: Choice, error: LanyardError): void;
}

/** Files under way at the same time: many small ones hide each other's round trips. */
const mostFiles = 64;
/** Bytes of the files under way: a few large ones would only compete for the disk. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Fetches some files into a folder, each from all of its sources, several at a time.
 *
 * @param root real path of the folder
 * @returns the first error, if there was any; the other files were fetched all the same, unless
 * the disk is full.
 */
export async function fetchAll(
  engine: Engine,
  present: Present,
  root: string,
  choices: readonly Choice[],
  options: TransferOptions,
  events: FetchEvents,
): Promise<LanyardError | undefined> {
  const running = new Set<Promise<void>>();
  let bytes = 0;
  let failure: LanyardError | undefined;
  for (const [number, choice] of choices.entries()) {
    while (running.size >= mostFiles || (running.size > 0 && bytes >= mostBytes)) {
      await Promise.race(running);
    }
    if (failure?.code === "full") break;
    bytes += choice.file.size;
    const work = fetchOne(engine, present, root, choice, options, number, events)
      .catch((error) => {
        if (!(error instanceof LanyardError)) throw error;
        failure ??= error;
        events.failed(number, choice, error);
      })
      .finally(() => {
        running.delete(work);
        bytes -= choice.file.size;
      });
    running.add(work);
  }
  await Promise.all(running);
  return failure;
}

async function fetchOne(
  engine: Engine,
  present: Present,
  root: string,
  choice: Choice,
  options: TransferOptions,
  number: number,
  events: FetchEvents,
): Promise<void> {
  const { id, size, modified, executable = false } = choice.file;
  const wanted: Wanted = { id, size, modified, executable };
  const start = performance.now();
  const destination = await place(root, choice.path);
  const there = options.deliver === undefined ? await present.find(destination, wanted) : undefined;
  const outcome = there !== undefined
    ? { path: there, received: 0, sources: 0 }
    : await transfer(engine, wanted, destination, choice.sources, options, {
      progress: (verified, received) => events.progress(number, verified, received),
      waiting: () => events.waiting(choice),
      sourceLost: (source, reason) => events.sourceLost(choice, source, reason),
    });
  events.done(number, choice, outcome, (performance.now() - start) / 1000);
}
