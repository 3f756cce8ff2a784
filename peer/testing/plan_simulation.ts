/** Drives a plan in simulated time, and checks its rules at every step. */
import { assert, assertEquals } from "@std/assert";
import { PieceSet } from "../download/piece_set.ts";
import { Plan, type Run } from "../download/plan.ts";
import { Rate } from "../download/rate.ts";

/** A source as it really is, which the plan does not know. */
export interface SimulatedSource {
  /** Pieces a second. */
  speed: number;
  /** Seconds from a request to its first byte. */
  latency: number;
  /** When it is there (seconds from the start). */
  joins: number;
  /** When it stops sending, without a word, until it has left. */
  stalls?: number;
  /** When it is gone. */
  dies?: number;
  /** When it is there again. */
  returns?: number;
  /** How many right pieces it sends before a wrong one. */
  rightPieces?: number;
  /** What it has at first; `undefined` is everything. */
  has?: PieceSet;
  /** When it gains which piece. */
  gains?: { at: number; piece: number }[];
}

/** A download to simulate. */
export interface Scenario {
  pieces: number;
  stretch: number;
  request: number;
  inOrder: boolean;
  /** Pieces that an earlier run left. */
  verified: PieceSet;
  sources: SimulatedSource[];
  random(): number;
}

/** How a simulated download ended. */
export interface Ended {
  complete: boolean;
  stuck: boolean;
  seconds: number;
  /** Pieces that came although they were verified. */
  wasted: number;
  /** Pieces each source delivered. */
  delivered: number[];
}

interface State {
  number: number;
  source: SimulatedSource;
  has: PieceSet | undefined;
  here: boolean;
  banned: boolean;
  /** What it was asked for, in order. */
  asked: number[];
  /** Whether the first of these is on its way. */
  sending: boolean;
  delivered: number;
  rate: Rate;
  /** Counts its connections: what an old one still sends does not arrive. */
  life: number;
  heard: number;
}

/** Pieces that a swarm asks a source for before it has delivered, and at most afterwards. */
const [atFirst, atMost] = [2, 12];
/** Seconds between two looks at the plan when nothing happens. */
const tickEvery = 0.5;
/** More events than any run needs: a plan that goes on for ever is stopped. */
const mostEvents = 50_000;

/** One run. */
export class PlanSimulation {
  readonly plan: Plan;
  #now = 0;
  readonly #scenario: Scenario;
  readonly #states: State[];
  /** What is to happen, the last first. */
  readonly #queue: { at: number; happen(): void }[] = [];
  readonly #verifiedTimes: Uint8Array;
  /** Sources that each piece is asked of. */
  readonly #askedOf: Uint8Array;
  #ticking = false;
  #wasted = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    const { pieces, verified } = scenario;
    this.plan = new Plan(
      { ...scenario, now: () => this.#now },
      PieceSet.fromBytes(verified.toBytes(), pieces),
    );
    this.#verifiedTimes = new Uint8Array(pieces);
    this.#askedOf = new Uint8Array(pieces);
    this.#states = scenario.sources.map((source, number) => ({
      number,
      source,
      has: undefined,
      here: false,
      banned: false,
      asked: [],
      sending: false,
      delivered: 0,
      rate: new Rate(0),
      life: 0,
      heard: 0,
    }));
    for (const state of this.#states) this.#foretell(state);
  }

  /** Goes on until the file is complete or nothing happens any more. */
  run(): Ended {
    let events = 0;
    while (!this.plan.complete) {
      const event = this.#queue.pop();
      if (event === undefined) break;
      assert(++events < mostEvents, "The plan does not come to an end");
      this.#now = event.at;
      event.happen();
      this.#askAll();
    }
    if (!this.plan.complete) this.#checkHopeless();
    return {
      complete: this.plan.complete,
      stuck: this.plan.stuck,
      seconds: this.#now,
      wasted: this.#wasted,
      delivered: this.#states.map(({ delivered }) => delivered),
    };
  }

  #at(seconds: number, happen: () => void): void {
    if (seconds === Infinity) return;
    let place = this.#queue.length;
    while (place > 0 && (this.#queue[place - 1]?.at ?? 0) <= seconds) place--;
    this.#queue.splice(place, 0, { at: seconds, happen });
  }

  #foretell(state: State): void {
    const { joins, dies, returns, has, gains = [] } = state.source;
    state.has = has;
    this.#at(joins, () => this.#join(state));
    this.#at(dies ?? Infinity, () => this.#leave(state));
    this.#at(returns ?? Infinity, () => this.#join(state));
    for (const { at, piece } of gains) this.#at(at, () => this.#gain(state, piece));
  }

  #join(state: State): void {
    if (state.banned || state.here) return;
    state.here = true;
    this.plan.addSource(state.number, state.has);
  }

  #leave(state: State): void {
    if (!state.here) return;
    state.here = false;
    state.life++;
    for (const piece of state.asked.splice(0)) this.#count(piece, -1);
    state.sending = false;
    this.plan.dropSource(state.number);
  }

  #gain(state: State, piece: number): void {
    if (state.has === undefined) return;
    state.has = PieceSet.fromBytes(state.has.toBytes(), state.has.size);
    state.has?.add(piece);
    if (state.here) this.plan.addSource(state.number, state.has);
  }

  /** Asks every source as far ahead as a swarm does. */
  #askAll(): void {
    for (const state of this.#states) {
      while (state.here && state.asked.length < allowance(state)) {
        const idle = state.asked.length === 0;
        const run = this.plan.assign(state.number);
        if (run === undefined) {
          if (idle) this.#checkNothingFor(state);
          break;
        }
        this.#checkRun(state, run);
        if (idle) state.heard = this.#now;
        for (let piece = run.first; piece < run.first + run.count; piece++) {
          state.asked.push(piece);
          this.#count(piece, 1);
        }
        if (!state.sending) this.#send(state, state.source.latency);
      }
    }
    if (!this.#ticking && this.#states.some(({ asked }) => asked.length > 0)) {
      this.#ticking = true;
      this.#at(this.#now + tickEvery, () => this.#ticking = false);
    }
  }

  /** The source begins with the next piece it was asked for. */
  #send(state: State, latency: number): void {
    const { asked: [piece], life, source } = state;
    if (piece === undefined) return;
    state.sending = true;
    const at = this.#now + latency + 1 / source.speed;
    const stalled = life === 0 && at > (source.stalls ?? Infinity);
    this.#at(stalled ? Infinity : at, () => {
      if (state.life === life) this.#arrive(state, piece);
    });
  }

  #arrive(state: State, piece: number): void {
    const { source, number, rate } = state;
    state.asked.shift();
    this.#count(piece, -1);
    state.sending = false;
    state.heard = this.#now;
    rate.add(1, this.#now * 1000);
    this.plan.setRate(number, rate.value);
    this.plan.arrived(number, piece);
    if (state.delivered++ === source.rightPieces) {
      state.banned = true;
      return this.#leave(state);
    }
    if (this.plan.verified.has(piece)) this.#wasted++;
    else this.#verify(piece);
    this.#send(state, 0);
  }

  #verify(piece: number): void {
    this.#verifiedTimes[piece] = (this.#verifiedTimes[piece] ?? 0) + 1;
    assertEquals(this.#verifiedTimes[piece], 1, `Piece ${piece} is verified twice`);
    this.plan.verify(piece);
  }

  #checkRun(state: State, { first, count }: Run): void {
    const { pieces, request, inOrder } = this.#scenario;
    assert(count >= 1 && count <= request && first >= 0 && first + count <= pieces);
    const wasFree = this.#isFree(first);
    for (let piece = first; piece < first + count; piece++) {
      assert(hasPiece(state, piece), `Source ${state.number} has no piece ${piece}`);
      assert(!this.plan.verified.has(piece), `Piece ${piece} is there already`);
      assert(!state.asked.includes(piece), `Piece ${piece} is asked of one source twice`);
      for (const other of this.#states) {
        if (other.asked.includes(piece)) this.#checkEndGame(state, other, piece);
      }
    }
    if (!inOrder || !wasFree) return;
    for (let piece = 0; piece < first; piece++) {
      assert(!(this.#isFree(piece) && hasPiece(state, piece)), `${first} is asked before ${piece}`);
    }
  }

  #checkEndGame(state: State, other: State, piece: number): void {
    assertEquals(state.asked, [], `Piece ${piece} is asked again of a source that is not idle`);
    const silence = this.#now - other.heard;
    const known = other.rate.value === 0 ? 0 : 1 / other.rate.value;
    const behind = other.asked.length * Math.max(silence, known);
    assert(behind > 2, `Piece ${piece} is asked again when its source is ${behind} s behind`);
    for (let one = 0; one < this.#scenario.pieces; one++) {
      assert(!this.#isFree(one), `Piece ${piece} is asked again while nobody is asked for ${one}`);
    }
  }

  #checkNothingFor(state: State): void {
    for (let piece = 0; piece < this.#scenario.pieces; piece++) {
      if (!this.#isFree(piece)) continue;
      assert(
        !hasPiece(state, piece),
        `Source ${state.number} is not asked for free piece ${piece}`,
      );
    }
  }

  /** Nothing happens any more: then no source is left that has what is missing. */
  #checkHopeless(): void {
    assert(this.plan.stuck, "The plan has stopped without a reason");
    for (let piece = 0; piece < this.#scenario.pieces; piece++) {
      if (this.plan.verified.has(piece)) continue;
      const holder = this.#states.find((state) => state.here && hasPiece(state, piece));
      assertEquals(holder?.number, undefined, `Piece ${piece} is forgotten`);
    }
  }

  #isFree(piece: number): boolean {
    return this.#askedOf[piece] === 0 && !this.plan.verified.has(piece);
  }

  #count(piece: number, by: number): void {
    this.#askedOf[piece] = (this.#askedOf[piece] ?? 0) + by;
  }
}

function hasPiece({ has }: State, piece: number): boolean {
  return has === undefined || has.has(piece);
}

function allowance({ delivered, rate }: State): number {
  return delivered === 0 ? atFirst : Math.min(atMost, Math.max(1, rate.value));
}
