import { PieceSet } from "./piece_set.ts";

/** Pieces next to each other that one source is asked for in one request. */
export interface Run {
  first: number;
  count: number;
}

/** What a plan needs to know about the file and its owner's wishes. */
export interface PlanOptions {
  /** Pieces of the file. */
  pieces: number;
  /** Pieces of one sequential stretch: 16 MiB, so that disks read in sequence. */
  stretch: number;
  /** Pieces of one request. */
  request: number;
  /** Whether pieces are wanted from the first to the last, as when they go to a pipe. */
  inOrder: boolean;
  /** A number in [0, 1): breaks ties, so that a crowd of receivers spreads over the file. */
  random(): number;
  /** Seconds of any clock that does not go back. */
  now(): number;
}

interface SourceState {
  /** What it has; `undefined` is everything. */
  has: PieceSet | undefined;
  /** Pieces asked of it and not yet arrived, in the order in which it sends them. */
  asked: Set<number>;
  /** The piece after the last one it was asked for: going on there keeps its disk in sequence. */
  next: number;
  /** Pieces a second; 0 until it has delivered. */
  rate: number;
  /** When it last delivered, or was asked after it had nothing to do. */
  since: number;
}

/** Seconds away a piece must be, in the end game, before an idle source is asked for it too. */
const endGameSeconds = 2;

/**
 * Decides which source is asked for which pieces. Pure: events go in, requests come out.
 *
 * A piece is asked of one source at a time. Sources go on in sequence within a stretch, then take
 * one that nobody works on; among others who are receiving, the rarest pieces come first. Fast
 * sources come back for more sooner, so slow ones lose work by themselves. In the end game, when
 * every piece is asked for, idle sources are asked for what others are slow with. Not before: a
 * request cannot be taken back, so that asking twice would only waste what the slow one still sends.
 */
export class Plan {
  readonly #options: PlanOptions;
  readonly #verified: PieceSet;
  /** Sources a piece is asked of now. */
  readonly #askedOf: Uint16Array;
  readonly #sources = new Map<number, SourceState>();
  /** For each piece, how many partial sources have it. */
  readonly #partials: Uint16Array;
  /** Pieces that are neither verified nor asked for. */
  #open: number;

  /** @param verified pieces that are on disk already. */
  constructor(options: PlanOptions, verified = new PieceSet(options.pieces)) {
    this.#options = options;
    this.#verified = verified;
    this.#askedOf = new Uint16Array(options.pieces);
    this.#partials = new Uint16Array(options.pieces);
    this.#open = options.pieces - verified.count;
  }

  /** Whether every piece is verified. */
  get complete(): boolean {
    return this.#verified.count === this.#options.pieces;
  }

  /** The verified pieces. */
  get verified(): PieceSet {
    return this.#verified;
  }

  /** Sources that are in the plan. */
  get sources(): number {
    return this.#sources.size;
  }

  /** Whether pieces are missing that none of the sources has. */
  get stuck(): boolean {
    if (this.complete) return false;
    const sources = [...this.#sources.values()];
    if (sources.some(({ has }) => has === undefined)) return false;
    for (let piece = 0; piece < this.#options.pieces; piece++) {
      if (!this.#verified.has(piece) && this.#partials[piece] === 0) return true;
    }
    return false;
  }

  /** A source is there, or tells anew, in another set, what it has (`undefined`: everything). */
  addSource(source: number, has?: PieceSet): void {
    const known = this.#sources.get(source);
    if (known?.has !== undefined) { for (const piece of known.has) this.#count(piece, -1); }
    if (has !== undefined) { for (const piece of has) this.#count(piece, 1); }
    if (known !== undefined) known.has = has;
    else this.#sources.set(source, { has, asked: new Set(), next: -1, rate: 0, since: 0 });
  }

  /** A source is gone or banned: what it was asked for is asked of others. */
  dropSource(source: number): void {
    const state = this.#sources.get(source);
    if (state === undefined) return;
    for (const piece of state.asked) this.#unask(piece);
    if (state.has !== undefined) { for (const piece of state.has) this.#count(piece, -1); }
    this.#sources.delete(source);
  }

  /** How fast a source delivers, in pieces a second. */
  setRate(source: number, rate: number): void {
    const state = this.#sources.get(source);
    if (state !== undefined) state.rate = rate;
  }

  /** A piece came from a source, right or wrong; it is not waited for any more. */
  arrived(source: number, piece: number): void {
    const state = this.#sources.get(source);
    if (state?.asked.delete(piece) !== true) return;
    state.since = this.#options.now();
    this.#unask(piece);
  }

  /** A piece is verified and on disk. */
  verify(piece: number): void {
    if (this.#isFree(piece)) this.#open--;
    this.#verified.add(piece);
  }

  /** What to ask a source for next; `undefined` when there is nothing for it now. */
  assign(source: number): Run | undefined {
    const state = this.#sources.get(source);
    if (state === undefined) return undefined;
    const most = this.#mostFor(state);
    if (most <= 0) return undefined;
    const open = this.#open > 0 ? this.#firstFor(state) : undefined;
    const first = open ?? this.#endGamePiece(state);
    if (first === undefined) return undefined;
    let count = 1;
    const rarity = this.#partials[first];
    while (
      count < most && this.#isOpen(state, first + count) && this.#partials[first + count] === rarity
    ) count++;
    if (state.asked.size === 0) state.since = this.#options.now();
    for (let piece = first; piece < first + count; piece++) this.#ask(state, piece);
    state.next = first + count;
    return { first, count };
  }

  /** Most pieces that a source may be asked for now. */
  #mostFor({ rate, asked }: SourceState): number {
    const { pieces, request } = this.#options;
    // A slow source holds no more than it sends in a second.
    const second = rate === 0 ? request : Math.ceil(rate);
    // Nobody holds more than a fair share of what is missing, or the others would wait for it.
    const share = Math.ceil((pieces - this.#verified.count) / this.#sources.size);
    return Math.min(request, second, share - asked.size);
  }

  /** Whether the piece is wanted and asked of nobody. */
  #isFree(piece: number): boolean {
    return piece < this.#options.pieces && this.#askedOf[piece] === 0 && !this.#verified.has(piece);
  }

  /** Whether the piece is free and this source has it. */
  #isOpen(state: SourceState, piece: number): boolean {
    return this.#isFree(piece) && hasPiece(state, piece);
  }

  #firstFor(state: SourceState): number | undefined {
    const { stretch, inOrder, pieces } = this.#options;
    if (inOrder) return this.#openIn(state, 0, pieces);
    if (this.#isSwarm) return this.#rarestPiece(state);
    if (state.next > 0 && state.next % stretch !== 0) {
      const end = (Math.floor(state.next / stretch) + 1) * stretch;
      const next = this.#openIn(state, state.next, end);
      if (next !== undefined) return next;
    }
    return this.#rarest(state);
  }

  /** Whether others are receiving the file, too, and give what they have. */
  get #isSwarm(): boolean {
    return this.#sources.values().some(({ has }) => has !== undefined);
  }

  /** The open piece that the fewest others have, so that the source sends each piece hardly twice. */
  #rarestPiece(state: SourceState): number | undefined {
    let best: number | undefined;
    let rarity = Infinity;
    let ties = 0;
    for (let piece = 0; piece < this.#options.pieces; piece++) {
      const holders = this.#partials[piece] ?? 0;
      if (holders > rarity || !this.#isOpen(state, piece)) continue;
      if (holders < rarity) ties = 0;
      rarity = holders;
      if (this.#options.random() * ++ties < 1) best = piece;
    }
    return best;
  }

  /** The first open piece of the best stretch: untouched before begun. */
  #rarest(state: SourceState): number | undefined {
    const { stretch, pieces, random } = this.#options;
    let best: number | undefined;
    let bestCost = Infinity;
    let ties = 0;
    for (let start = 0; start < pieces; start += stretch) {
      const piece = this.#openIn(state, start, start + stretch);
      if (piece === undefined) continue;
      const cost = this.#isWorkedOn(start, start + stretch) ? 1 : 0;
      if (cost < bestCost) {
        bestCost = cost;
        ties = 0;
      }
      // Every stretch of the same cost is taken with the same likelihood.
      if (cost === bestCost && random() * ++ties < 1) best = piece;
    }
    return best;
  }

  #openIn(state: SourceState, from: number, to: number): number | undefined {
    for (let piece = from; piece < Math.min(to, this.#options.pieces); piece++) {
      if (this.#isOpen(state, piece)) return piece;
    }
    return undefined;
  }

  #isWorkedOn(from: number, to: number): boolean {
    for (let piece = from; piece < Math.min(to, this.#options.pieces); piece++) {
      if (this.#askedOf[piece] !== 0) return true;
    }
    return false;
  }

  /** The piece that will be last if nothing is done, if this source is likely to be quicker. */
  #endGamePiece(state: SourceState): number | undefined {
    if (this.#open > 0 || state.asked.size > 0) return undefined;
    let last: number | undefined;
    let longest = Math.max(endGameSeconds, state.rate === 0 ? 0 : 1 / state.rate);
    for (const [piece, wait] of this.#waits()) {
      if (wait <= longest || this.#verified.has(piece) || !hasPiece(state, piece)) continue;
      last = piece;
      longest = wait;
    }
    return last;
  }

  /** Seconds until each piece that is asked for can be expected. */
  #waits(): Map<number, number> {
    const waits = new Map<number, number>();
    const now = this.#options.now();
    for (const { asked, rate, since } of this.#sources.values()) {
      // Silent for so long, a source is no faster than that, whatever it was before.
      const secondsPerPiece = Math.max(now - since, rate === 0 ? 0 : 1 / rate);
      let wait = 0;
      for (const piece of asked) {
        wait += secondsPerPiece;
        waits.set(piece, Math.min(wait, waits.get(piece) ?? Infinity));
      }
    }
    return waits;
  }

  #ask(state: SourceState, piece: number): void {
    if (this.#isFree(piece)) this.#open--;
    state.asked.add(piece);
    this.#askedOf[piece] = (this.#askedOf[piece] ?? 0) + 1;
  }

  #unask(piece: number): void {
    this.#askedOf[piece] = Math.max(0, (this.#askedOf[piece] ?? 0) - 1);
    if (this.#isFree(piece)) this.#open++;
  }

  #count(piece: number, by: number): void {
    this.#partials[piece] = Math.max(0, (this.#partials[piece] ?? 0) + by);
  }
}

function hasPiece({ has }: SourceState, piece: number): boolean {
  return has === undefined || has.has(piece);
}
