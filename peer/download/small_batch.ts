import { LanyardError, type Source } from "../../shared/mod.ts";
import { pause } from "../pause.ts";
import type { Destination } from "./destination.ts";
import type { Engine } from "./engine.ts";
import type { SmallFile, Stored } from "./small_store.ts";
import type { SourceLink } from "./source_link.ts";
import type { Outcome, TransferOptions } from "./transfer.ts";
import type { Wanted } from "./wanted.ts";

/** A file of one piece that is wanted, and where it goes. */
export interface SmallWanted {
  wanted: Wanted;
  destination: Destination;
  sources: readonly Source[];
}

/** Milliseconds that slower sources have to connect after the first one. */
const headStart = 1000;
/** Milliseconds that one of several sources may be silent: its files come from another one then. */
const longestSilence = 3000;
/** Milliseconds between looks for that. */
const watchEvery = 500;

/**
 * Fetches small files together: all are requested before the first has come, and all are stored by
 * one call of the writer. There are no second attempts here; a file that fails for whatever reason
 * is fetched again by itself, with everything that `transfer` does about failures.
 *
 * @returns for each file its outcome, or nothing if it has to be fetched by itself.
 */
export async function fetchSmall(
  engine: Engine,
  files: readonly SmallWanted[],
  { modes, taken }: TransferOptions,
): Promise<(Outcome | undefined)[]> {
  const links = await connectAll(engine, files);
  const starts: number[] = [];
  let bytes = 0;
  for (const { wanted } of files) {
    starts.push(bytes);
    bytes += wanted.size;
  }
  const buffer = new Uint8Array(bytes);
  const watch = setInterval(() => closeSilent(new Set(links.values())), watchEvery);
  const came = await Promise.all(files.map((file, index) => {
    const start = starts[index] ?? 0;
    return request(engine, links, file, buffer.subarray(start, start + file.wanted.size));
  })).finally(() => clearInterval(watch));
  const stored = files.map(({ wanted, destination }, index): SmallFile => {
    const { id, size, modified, executable } = wanted;
    const mode = executable ? modes.executable : modes.plain;
    return { destination, id, size, modified, mode, at: starts[index] ?? 0 };
  }).filter((_, index) => came[index] !== undefined);
  const answers = await engine.writer.store(stored, buffer, taken);
  return outcomes(files, came, answers);
}

function outcomes(
  files: readonly SmallWanted[],
  came: readonly Came[],
  answers: readonly Stored[],
): (Outcome | undefined)[] {
  let next = 0;
  return files.map(({ wanted: { size } }, index) => {
    const source = came[index];
    const answer = source === undefined ? undefined : answers[next++];
    if (answer === undefined || !("path" in answer)) return undefined;
    return {
      path: answer.path,
      received: size,
      sources: size === 0 ? 0 : 1,
      encrypted: typeof source === "object" && source.encrypted,
    };
  });
}

/** Connects to all sources; those that take longer are left out once there is another one. */
async function connectAll(
  engine: Engine,
  files: readonly SmallWanted[],
): Promise<Map<Source, SourceLink>> {
  const links = new Map<Source, SourceLink>();
  const byPeer = new Map<string, Promise<SourceLink | undefined>>();
  const all = files.flatMap(({ sources }) => sources).filter(({ port }) => port !== 0);
  const first = Promise.withResolvers<void>();
  const attempts = all.map(async (source) => {
    const key = `${source.peer} ${source.address} ${source.port}`;
    const link = byPeer.get(key) ?? engine.link(source).catch(ignoreUnreachable);
    byPeer.set(key, link);
    const open = await link;
    if (open === undefined) return;
    links.set(source, open);
    first.resolve();
  });
  const enough = first.promise.then(() => pause(headStart));
  await Promise.race([Promise.all(attempts), enough]);
  return new Map(links);
}

/** Closes links that owe us something and are silent, if there are others to turn to. */
function closeSilent(links: ReadonlySet<SourceLink>): void {
  if (links.size < 2) return;
  for (const link of links) {
    if (link.silence() < longestSilence) continue;
    link.close(new LanyardError("timeout", "The source has stopped sending"));
  }
}

/** A source that cannot be reached is left to `transfer`, which tells the user. */
function ignoreUnreachable(error: unknown): undefined {
  if (!(error instanceof LanyardError)) throw error;
}

/** Where all of a file came from; nothing if it did not, and an empty file comes from nobody. */
type Came = Source | "nobody" | undefined;

/** Requests one file of the source that has the least to do; says where it came from. */
async function request(
  { pacer }: Engine,
  links: ReadonlyMap<Source, SourceLink>,
  { wanted: { id, size }, sources }: SmallWanted,
  into: Uint8Array,
): Promise<Came> {
  if (size === 0) return "nobody";
  const [idlest] = sources.map((source) => ({ source, link: links.get(source) }))
    .filter((one): one is { source: Source; link: SourceLink } => one.link !== undefined)
    .sort((a, b) => a.link.outstanding - b.link.outstanding);
  if (idlest === undefined) return undefined;
  let filled = 0;
  try {
    await idlest.link.download({ id, size, offset: 0, length: size }, {
      take: async (_offset, length, fill) => {
        await pacer?.pace(length);
        await fill(into.subarray(filled, filled += length));
      },
    });
    return idlest.source;
  } catch (error) {
    return error instanceof LanyardError ? undefined : Promise.reject(error);
  }
}
