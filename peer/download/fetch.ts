import { LanyardError, pieceCount, type Source } from "../../shared/mod.ts";
import { type Destination, place } from "./destination.ts";
import type { Engine } from "./engine.ts";
import type { Present } from "./present.ts";
import type { Choice } from "./resolve.ts";
import { fetchSmall } from "./small_batch.ts";
import { type Outcome, transfer, type TransferOptions } from "./transfer.ts";

/** What fetching tells while it goes on; `number` says which of the files it is about. */
export interface FetchEvents {
  progress(number: number, verified: number, received: number): void;
  waiting(choice: Choice): void;
  sourceLost(choice: Choice, source: Source, reason: LanyardError): void;
  /** A file is in place. `seconds` from its first request on. */
  done(number: number, choice: Choice, outcome: Outcome, seconds: number): void;
  failed(number: number, choice: Choice, error: LanyardError): void;
}

/** What all files of a run have in common. */
interface Run {
  engine: Engine;
  present: Present;
  /** Real path of the folder the user chose. */
  root: string;
  /** Folders below it that are there. */
  folders: Set<string>;
  options: TransferOptions;
  events: FetchEvents;
}

interface Job {
  number: number;
  choice: Choice;
}

/** Files fetched together, if they are small: enough to hide round trips and waits for the disk. */
const batchFiles = 64;
/** Bytes of small files fetched together. */
const batchBytes = 4 * 1024 * 1024;
/** Batches and large files under way at the same time: one comes while another is written. */
const atOnce = 3;

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
  const run: Run = { engine, present, root, folders: new Set(), options, events };
  const running = new Set<Promise<void>>();
  let failure: LanyardError | undefined;
  const onFailure = ({ number, choice }: Job, error: unknown): void => {
    if (!(error instanceof LanyardError)) throw error;
    failure ??= error;
    events.failed(number, choice, error);
  };
  for (const jobs of inBatches(choices, options)) {
    while (running.size >= atOnce) await Promise.race(running);
    if (failure?.code === "full") break;
    const work = fetchTogether(run, jobs, onFailure).finally(() => running.delete(work));
    running.add(work);
  }
  await Promise.all(running);
  return failure;
}

/** Small files that follow one another make a batch; every other file is one by itself. */
function* inBatches(choices: readonly Choice[], options: TransferOptions): Generator<Job[]> {
  let batch: Job[] = [];
  let bytes = 0;
  for (const [number, choice] of choices.entries()) {
    const { size } = choice.file;
    const isSmall = pieceCount(size) <= 1 && options.deliver === undefined && choices.length > 1;
    const isFull = batch.length === batchFiles || bytes + size > batchBytes;
    if (batch.length > 0 && (!isSmall || isFull)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push({ number, choice });
    bytes += size;
    if (isSmall) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

async function fetchTogether(
  run: Run,
  jobs: readonly Job[],
  onFailure: (job: Job, error: unknown) => void,
): Promise<void> {
  const start = performance.now();
  const missing: (Job & { destination: Destination })[] = [];
  for (const job of jobs) {
    try {
      const destination = await place(run.root, job.choice.path, run.folders);
      const there = await findPresent(run, job.choice, destination);
      if (there === undefined) missing.push({ ...job, destination });
      else tellDone(run, job, { path: there, received: 0, sources: 0, encrypted: false }, start);
    } catch (error) {
      onFailure(job, error);
    }
  }
  const small = missing.length > 1
    ? await fetchSmall(
      run.engine,
      missing.map(({ choice, destination }) => ({
        wanted: wantedOf(choice),
        destination,
        sources: run.engine.others(choice.sources),
      })),
      run.options,
    )
    : [];
  for (const [index, job] of missing.entries()) {
    try {
      tellDone(run, job, small[index] ?? await fetchAlone(run, job), start);
    } catch (error) {
      onFailure(job, error);
    }
  }
}

async function fetchAlone(
  run: Run,
  { number, choice, destination }: Job & { destination: Destination },
): Promise<Outcome> {
  const { engine, options, events } = run;
  return await transfer(
    engine,
    wantedOf(choice),
    destination,
    engine.others(choice.sources),
    options,
    {
      progress: (verified, received) => events.progress(number, verified, received),
      waiting: () => events.waiting(choice),
      waited: () => run.present.findAgain(destination, wantedOf(choice)),
      sourceLost: (source, reason) => events.sourceLost(choice, source, reason),
    },
  );
}

async function findPresent(
  { present, options }: Run,
  choice: Choice,
  destination: Destination,
): Promise<string | undefined> {
  if (options.deliver !== undefined) return undefined;
  return await present.find(destination, wantedOf(choice));
}

function wantedOf({ file: { id, size, modified, executable = false } }: Choice): {
  id: string;
  size: number;
  modified: number;
  executable: boolean;
} {
  return { id, size, modified, executable };
}

function tellDone({ events }: Run, { number, choice }: Job, outcome: Outcome, start: number): void {
  const seconds = (performance.now() - start) / 1000;
  const { received } = outcome;
  events.progress(number, choice.file.size, received);
  events.done(number, choice, outcome, seconds);
}
