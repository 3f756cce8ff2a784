import { decodeHex } from "@std/encoding";
import {
  emptyId,
  formatEndpoint,
  isPieceList,
  LanyardError,
  pieceCount,
  type Source,
} from "../../shared/mod.ts";
import { pause } from "../pause.ts";
import type { Engine } from "./engine.ts";
import { noSourceLeft } from "./no_source.ts";
import type { SwarmEvents } from "./swarm.ts";
import type { Wanted } from "./wanted.ts";

/** Milliseconds a source has to itself: one that is silent must not keep us from the next. */
const headStart = 1000;
/** Milliseconds between attempts to find a source that knows the pieces. */
const lookAgainEvery = 5000;

/**
 * The verified piece list: a file of one piece is its own, others are remembered or asked for.
 *
 * @param given some of the sources; the tracker is asked for the others if none of them answers
 * @param wait whether to wait for sources to come back rather than to fail without any
 * @throws {LanyardError} why there is none.
 */
export async function findPieceList(
  engine: Engine,
  { id, size }: Wanted,
  given: readonly Source[],
  wait: boolean,
  events: Pick<SwarmEvents, "sourceLost">,
): Promise<Uint8Array> {
  if (size === 0) {
    if (id === emptyId) return new Uint8Array();
    throw new LanyardError("integrity", "The file was announced as empty under another file's id");
  }
  if (pieceCount(size) === 1) return decodeHex(id);
  const kept = engine.keptPieces(id, size);
  if (kept !== undefined && isPieceList(kept, id, size)) return kept;

  let reason: LanyardError | undefined;
  const ask = async (source: Source): Promise<Uint8Array> => {
    const hashes = await (await engine.link(source)).pieces(id, size);
    engine.keepPieces(id, size, hashes);
    return hashes;
  };
  const lost = (source: Source, error: LanyardError): void => {
    events.sourceLost(source, error);
    reason = error;
  };
  const asked = new Set<string>();
  for (let sources = given;;) {
    for (const source of sources) asked.add(keyOf(source));
    const hashes = await firstAnswer(sources.filter(({ port }) => port !== 0), ask, lost);
    if (hashes !== undefined) return hashes;
    const all = await engine.sources(id, size).catch(noneKnown);
    sources = wait ? all : all.filter((source) => !asked.has(keyOf(source)));
    if (!wait && sources.length === 0) throw noSourceLeft(reason, false);
    if (wait) await pause(lookAgainEvery);
  }
}

/**
 * Asks one source after the other, each when the one before has failed or had its head start.
 *
 * @param lost told of sources that fail before there is an answer
 * @returns the first answer, or nothing if all fail.
 */
async function firstAnswer<T>(
  sources: readonly Source[],
  ask: (source: Source) => Promise<T>,
  lost: (source: Source, error: LanyardError) => void,
): Promise<T | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
  let answered = false;
  let turn: Promise<void> = Promise.resolve();
  const attempts = sources.map((source) => {
    const attempt = turn.then(async () => {
      if (answered) return;
      resolve(await ask(source));
      answered = true;
    }).catch((error) => {
      if (!(error instanceof LanyardError)) reject(error);
      else if (!answered) lost(source, error);
    });
    turn = turn.then(() => Promise.race([attempt, pause(headStart)]));
    return attempt;
  });
  void Promise.all(attempts).then(() => resolve(undefined));
  return await promise;
}

function keyOf({ peer, address, port }: Source): string {
  return `${peer} ${formatEndpoint(address, port)}`;
}

/** The tracker may be away: then there is nobody else to ask. */
function noneKnown(error: unknown): Source[] {
  if (error instanceof LanyardError) return [];
  throw error;
}
