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
}

interface SourceState {
  /** What it has; `undefined` is everything. */
  has: PieceSet | undefined;
  /** Pieces asked of it and not yet arrived. */
  asked: Set<number>;
  /** The piece after the last one it was asked for: going on there keeps its disk in sequence. */
  next: number;
  /** Bytes or pieces a second, in whatever unit all sources share; 0 until it has delivered. */
  rate: number;
}

/** Seconds the slowest source must be behind before its last pieces are asked of others too. */
const endGameSeconds = 2;

/**
 * Decides which source is asked for which pieces. Pure: events go in, requests come out.
 *
 * A piece is asked of one source at a time. Sources go on in sequence within a stretch, then take
 * the rarest stretch that nobody works on. Fast sources come back for more sooner, so slow ones
 * lose work by themselves; in the end game the last pieces of a slow source are asked twice.
 */
export class Plan {
  readonly #options: PlanOptions;
  readonly #verified: PieceSet;
  /** Sources a piece is asked of now. */
  readonly #askedOf: Uint8Array;
  readonly #sources = new Map<number, SourceState>();
  /** For each piece, how many partial sources have it. */
  readonly #partials: Uint16Array;

  /** @param verified pieces that are on disk already. */
  constructor(options: PlanOptions, verified = new PieceSet(options.pieces)) {
    this.#options = options;
    this.#verified = verified;
    this.#askedOf = new Uint8Array(options.pieces);
    this.#partials = new Uint16Array(options.pieces);
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

  /** A source is there, or tells anew what it has (`undefined`: everything). */
  addSource(source: number, has?: PieceSet): void {
    const known = this.#sources.get(source);
    if (known?.has !== undefined) { for (const piece of known.has) this.#count(piece, -1); }
    if (has !== undefined) { for (const piece of has) this.#count(piece, 1); }
    if (known !== undefined) known.has = has;
    else this.#sources.set(source, { has, asked: new Set(), next: -1, rate: 0 });
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
    if (this.#sources.get(source)?.asked.delete(piece)) this.#unask(piece);
  }

  /** A piece is verified and on disk. */
  verify(piece: number): void {
    this.#verified.add(piece);
  }

  /** What to ask a source for next; `undefined` when there is nothing for it now. */
  assign(source: number): Run | undefined {
    const state = this.#sources.get(source);
    if (state === undefined) return undefined;
    const first = this.#firstFor(state) ?? this.#endGamePiece(state);
    if (first === undefined) return undefined;
    let count = 0;
    while (count < this.#options.request && this.#isOpen(state, first + count)) count++;
    const run = { first, count: Math.max(1, count) };
    for (let piece = first; piece < first + run.count; piece++) {
      state.asked.add(piece);
      this.#askedOf[piece] = (this.#askedOf[piece] ?? 0) + 1;
    }
    state.next = first + run.count;
    return run;
  }

  /** Whether the piece is wanted, asked of nobody, and this source has it. */
  #isOpen({ has }: SourceState, piece: number): boolean {
    return piece < this.#options.pieces && this.#askedOf[piece] === 0 &&
      !this.#verified.has(piece) && (has === undefined || has.has(piece));
  }

  #firstFor(state: SourceState): number | undefined {
    const { stretch, inOrder, pieces } = this.#options;
    if (inOrder) return this.#openIn(state, 0, pieces);
    if (state.next > 0 && state.next % stretch !== 0) {
      const end = (Math.floor(state.next / stretch) + 1) * stretch;
      const next = this.#openIn(state, state.next, end);
      if (next !== undefined) return next;
    }
    return this.#rarest(state);
  }

  /** The first open piece of the best stretch: untouched before begun, rare before common. */
  #rarest(state: SourceState): number | undefined {
    const { stretch, pieces, random } = this.#options;
    let best: number | undefined;
    let bestCost = Infinity;
    let ties = 0;
    for (let start = 0; start < pieces; start += stretch) {
      const piece = this.#openIn(state, start, start + stretch);
      if (piece === undefined) continue;
      const begun = this.#isWorkedOn(start, start + stretch) ? 1 : 0;
      const cost = begun * 65_536 + (this.#partials[piece] ?? 0);
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

  /** The piece that will be last if nothing is done, once only slow sources have work left. */
  #endGamePiece(state: SourceState): number | undefined {
    if (this.#sources.size < 2 || state.asked.size > 0) return undefined;
    let worst: number | undefined;
    let longest = endGameSeconds;
    for (const other of this.#sources.values()) {
      const wait = other.rate === 0 ? Infinity : other.asked.size / other.rate;
      if (other === state || wait <= longest) continue;
      const piece = [...other.asked].findLast((one) =>
        this.#askedOf[one] === 1 && !this.#verified.has(one) &&
        (state.has === undefined || state.has.has(one))
      );
      if (piece === undefined) continue;
      worst = piece;
      longest = wait;
    }
    return worst;
  }

  #unask(piece: number): void {
    this.#askedOf[piece] = Math.max(0, (this.#askedOf[piece] ?? 0) - 1);
  }

  #count(piece: number, by: number): void {
    this.#partials[piece] = Math.max(0, (this.#partials[piece] ?? 0) + by);
  }
}
