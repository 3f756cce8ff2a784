/** Random downloads for the simulation of a plan, each determined by its seed. */
import { PieceSet } from "../download/piece_set.ts";
import type { Scenario, SimulatedSource } from "./plan_simulation.ts";

/** Numbers in [0, 1) that a seed determines (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A download of up to 300 pieces from up to 12 sources, none of which need be any good. */
export function randomScenario(seed: number): Scenario {
  const random = randomFrom(seed);
  const pieces = 1 + upTo(random, 299);
  return {
    pieces,
    stretch: chance(random, 0.5) ? 16 : 1 + upTo(random, 31),
    request: 1 + upTo(random, 7),
    inOrder: chance(random, 0.3),
    verified: some(random, pieces, chance(random, 0.5) ? 0 : random()),
    sources: Array.from({ length: 1 + upTo(random, 11) }, () => randomSource(random, pieces)),
    random,
  };
}

function randomSource(random: () => number, pieces: number): SimulatedSource {
  const joins = chance(random, 0.5) ? 0 : random() * 20;
  const stalls = chance(random, 0.15) ? joins + random() * 20 : Infinity;
  // A source that has stalled is given up after a while; some others die without that.
  const dies = chance(random, 0.3) ? joins + random() * 30 : stalls + 30;
  return {
    speed: 0.05 * 2000 ** random(),
    latency: random() * 0.05,
    joins,
    stalls,
    dies,
    returns: chance(random, 0.5) ? dies + random() * 20 : Infinity,
    rightPieces: chance(random, 0.2) ? upTo(random, 40) : Infinity,
    ...(chance(random, 0.4) ? { has: some(random, pieces, random()) } : {}),
    gains: Array.from(
      { length: upTo(random, pieces) },
      () => ({ at: random() * 60, piece: upTo(random, pieces - 1) }),
    ),
  };
}

function some(random: () => number, pieces: number, share: number): PieceSet {
  const set = new PieceSet(pieces);
  for (let piece = 0; piece < pieces; piece++) if (chance(random, share)) set.add(piece);
  return set;
}

function upTo(random: () => number, most: number): number {
  return Math.floor(random() * (most + 1));
}

function chance(random: () => number, likelihood: number): boolean {
  return random() < likelihood;
}
