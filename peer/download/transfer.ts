import { LanyardError, pieceCount, pieceLength, type Source } from "../../shared/mod.ts";
import type { Destination } from "./destination.ts";
import type { Engine } from "./engine.ts";
import { findPieceList } from "./piece_list.ts";
import type { Finish } from "./part_file.ts";
import type { PieceSet } from "./piece_set.ts";
import type { Taken } from "./placing.ts";
import { Plan } from "./plan.ts";
import { requestBytes, Swarm, type SwarmEvents } from "./swarm.ts";
import type { Wanted } from "./wanted.ts";
import type { PartHandle } from "./writer.ts";

/** How one file came. */
export interface Outcome {
  /** Where it is now; `-` if it was delivered. */
  path: string;
  /** Bytes of the file that came over the network in this run. */
  received: number;
  /** Peers that contributed. */
  sources: number;
  /** Whether bytes came, and all of them encrypted. */
  encrypted: boolean;
}

/** What a transfer tells while it runs. */
export interface TransferEvents extends SwarmEvents {
  /** Another process downloads the same file to the same place; we wait for it. */
  waiting(): void;
  /** It has ended; answers where the file is, if it is there now. */
  waited(): Promise<string | undefined>;
}

/** What the receiver of a file chooses. */
export interface TransferOptions {
  /** What happens where another file has the name. */
  taken: Taken;
  /** POSIX permissions of a new file that is not executable, and of one that is. */
  modes: { plain: number; executable: number };
  /** Whether to wait for sources to come back rather than to fail without any. */
  wait: boolean;
  /** Gets each piece in order once it is verified, instead of a file being kept. */
  deliver?: (bytes: Uint8Array) => Promise<void>;
}

/** Bytes asked for in sequence before another part of the file is turned to. */
const stretchBytes = 16 * 1024 * 1024;
/** Stretches that a file has at least: of one that all begin at the same end, nobody helps another. */
const fewest = 8;

/**
 * Fetches one file: opens its part, keeps what is right of an earlier run or of another file here,
 * fetches the rest from every source, and gives the complete file its name.
 *
 * @throws {LanyardError} why it could not be completed; what has come stays for another run.
 */
export async function transfer(
  engine: Engine,
  wanted: Wanted,
  destination: Destination,
  sources: readonly Source[],
  options: TransferOptions,
  events: TransferEvents,
): Promise<Outcome> {
  const { id, size, modified, executable } = wanted;
  let waited = false;
  const part = await engine.writer.open({ destination, id, size }, () => {
    waited = true;
    events.waiting();
  });
  try {
    const there = waited ? await events.waited() : undefined;
    if (there !== undefined) {
      await part.close(true);
      return { path: there, received: 0, sources: 0, encrypted: false };
    }
    const hashes = await findPieceList(engine, wanted, sources, options.wait, events);
    const plan = planFor(
      engine,
      wanted,
      await startingPoint(engine, wanted, part, hashes),
      options,
    );
    const swarm = new Swarm(engine, wanted, plan, part, options.wait, events);
    const arriving = { wanted, hashes, verified: plan.verified, part };
    const reshare = pieceCount(size) > 1 ? engine.reshare : undefined;
    void reshare?.offer(arriving);
    try {
      await Promise.all([
        swarm.run(sources),
        options.deliver === undefined ? undefined : deliver(options.deliver, part, plan, swarm),
      ]);
    } finally {
      void reshare?.withdraw(arriving);
    }
    const { received, contributors, encrypted } = swarm;
    if (options.deliver !== undefined) {
      await part.close(true);
      return { path: "-", received, sources: contributors, encrypted };
    }
    const mode = executable ? options.modes.executable : options.modes.plain;
    const path = await finish(part, { modified, mode, taken: options.taken });
    return { path, received, sources: contributors, encrypted };
  } finally {
    await part.close();
  }
}

/** What is complete and cannot have its name is of no use to a later run. */
async function finish(part: PartHandle, how: Finish): Promise<string> {
  try {
    return await part.finish(how);
  } catch (error) {
    if (error instanceof LanyardError && error.code === "exists") await part.close(true);
    throw error;
  }
}

function planFor(engine: Engine, { size }: Wanted, have: PieceSet, options: TransferOptions): Plan {
  const length = pieceLength(size);
  return new Plan({
    pieces: pieceCount(size),
    stretch: Math.max(1, Math.min(stretchBytes / length, Math.floor(pieceCount(size) / fewest))),
    request: Math.max(1, requestBytes / length),
    inOrder: options.deliver !== undefined,
    random: () => engine.random(),
    now: () => performance.now() / 1000,
  }, have);
}

/** What need not be fetched: left by an earlier run, or had by another file of this machine. */
async function startingPoint(
  engine: Engine,
  { id, size }: Wanted,
  part: PartHandle,
  hashes: Uint8Array,
): Promise<PieceSet> {
  const pieces = pieceCount(size);
  let have = await part.resume(hashes, pieces);
  for (const path of engine.copies(id, size)) {
    if (have.count === pieces) break;
    have = await part.adopt(path, pieces);
  }
  return have;
}

/** Hands the verified pieces on in order, as they come to be there. */
async function deliver(
  to: (bytes: Uint8Array) => Promise<void>,
  part: PartHandle,
  plan: Plan,
  swarm: Swarm,
): Promise<void> {
  for (let piece = 0; piece < plan.verified.size; piece++) {
    while (!plan.verified.has(piece)) {
      if (swarm.ended) return; // It failed, and `run` says why.
      await swarm.changed;
    }
    await to(await part.read(piece));
  }
}
