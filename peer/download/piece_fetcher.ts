import { LanyardError, pieceSpan } from "../../shared/mod.ts";
import type { Engine } from "./engine.ts";
import { type Member, piecesASecond } from "./member.ts";
import { PieceSink } from "./piece_sink.ts";
import type { Plan, Run } from "./plan.ts";
import type { SourceLink } from "./source_link.ts";
import type { Wanted } from "./wanted.ts";
import type { PartHandle } from "./writer.ts";

/** What is told while pieces come. */
interface PieceFetcherEvents {
  /** Verified bytes on disk, and bytes that came over the network in this run. */
  progress(verified: number, received: number): void;
  /** A piece is being written; that may go on when the request is over, and fail. */
  goesOn(work: Promise<void>): void;
}

/** Fetches pieces of one file: what comes is verified, written and counted. */
export class PieceFetcher {
  readonly #engine: Engine;
  readonly #wanted: Wanted;
  readonly #plan: Plan;
  readonly #part: PartHandle;
  readonly #events: PieceFetcherEvents;
  #lastVerified = performance.now();
  #verified = 0;
  #received = 0;

  constructor(
    engine: Engine,
    wanted: Wanted,
    plan: Plan,
    part: PartHandle,
    events: PieceFetcherEvents,
  ) {
    this.#engine = engine;
    this.#wanted = wanted;
    this.#plan = plan;
    this.#part = part;
    this.#events = events;
    for (const piece of plan.verified) this.#verified += this.#bytesOf(piece);
  }

  /** Bytes that came over the network. */
  get received(): number {
    return this.#received;
  }

  /** Bytes that are right on disk, those of earlier runs among them. */
  get verified(): number {
    return this.#verified;
  }

  /** When a piece was right for the last time, in milliseconds of `performance.now()`. */
  get lastVerified(): number {
    return this.#lastVerified;
  }

  /**
   * Fetches a run of pieces from a source.
   *
   * @throws {LanyardError} why the source, or the connection to it, did not send all of them.
   */
  async fetch(member: Member, link: SourceLink, { first, count }: Run): Promise<void> {
    const { id, size } = this.#wanted;
    const { offset } = pieceSpan(size, first);
    const last = pieceSpan(size, first + count - 1);
    const length = last.offset + last.length - offset;
    const buffers = this.#engine.buffersFor(size);
    const sink = new PieceSink(buffers, size, first, (piece, bytes, buffer) => {
      this.#events.goesOn(this.#arrived(member, link, piece, bytes, buffer));
    }, this.#engine.pacer);
    try {
      await link.download({ id, size, offset, length }, sink);
    } finally {
      sink.release();
    }
  }

  /** A piece is here: it is verified and written while the next ones come. */
  async #arrived(
    member: Member,
    link: SourceLink,
    piece: number,
    length: number,
    buffer: ArrayBuffer,
  ): Promise<void> {
    const { id, size } = this.#wanted;
    const give = (back: ArrayBuffer): void => this.#engine.buffersFor(size).give(back);
    this.#received += length;
    member.failures = 0;
    member.contributed = true;
    member.rate.add(length, performance.now());
    this.#plan.setRate(member.number, piecesASecond(member, size));
    if (this.#plan.verified.has(piece)) {
      give(buffer); // Asked twice in the end game; the other source was first.
      this.#plan.arrived(member.number, piece);
      return;
    }
    const written = await this.#part.write(piece, length, buffer, give);
    give(written.buffer);
    this.#plan.arrived(member.number, piece);
    if (written.right) this.#verify(piece);
    else {
      member.lied = new LanyardError("integrity", "The source sent wrong bytes");
      link.complain(id, size);
      await link.finish(member.lied);
    }
  }

  #verify(piece: number): void {
    if (!this.#plan.verified.has(piece)) this.#verified += this.#bytesOf(piece);
    this.#plan.verify(piece);
    this.#lastVerified = performance.now();
    this.#events.progress(this.#verified, this.#received);
  }

  #bytesOf(piece: number): number {
    return pieceSpan(this.#wanted.size, piece).length;
  }
}
