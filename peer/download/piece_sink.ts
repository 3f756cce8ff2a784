import { LanyardError, pieceSpan } from "../../shared/mod.ts";
import type { Pacer } from "../pacer.ts";
import type { Buffers } from "./buffers.ts";
import type { Sink } from "./source_link.ts";

/** Collects the bytes of neighbouring pieces, each in a buffer of its own. */
export class PieceSink implements Sink {
  readonly #buffers: Buffers;
  readonly #size: number;
  readonly #onPiece: (piece: number, length: number, buffer: ArrayBuffer) => void;
  readonly #pacer: Pacer | undefined;
  #piece: number;
  #buffer: ArrayBuffer | undefined;
  #filled = 0;
  #isFilling = false;
  #released = false;

  /**
   * @param size bytes of the whole file
   * @param first the piece that the first byte belongs to
   * @param onPiece gets each full piece and its buffer, which it has to give back
   * @param pacer holds us to a rate: what is not read here, the source cannot send
   */
  constructor(
    buffers: Buffers,
    size: number,
    first: number,
    onPiece: (piece: number, length: number, buffer: ArrayBuffer) => void,
    pacer?: Pacer,
  ) {
    this.#pacer = pacer;
    this.#buffers = buffers;
    this.#size = size;
    this.#piece = first;
    this.#onPiece = onPiece;
  }

  async take(
    _offset: number,
    length: number,
    fill: (into: Uint8Array) => Promise<void>,
  ): Promise<void> {
    for (let left = length; left > 0;) {
      const whole = pieceSpan(this.#size, this.#piece).length;
      this.#buffer ??= await this.#buffers.take();
      this.#checkReleased();
      const part = Math.min(left, whole - this.#filled, this.#pacer?.slice ?? Infinity);
      await this.#pacer?.pace(part);
      this.#checkReleased();
      await this.#fill(fill, new Uint8Array(this.#buffer, this.#filled, part));
      this.#checkReleased();
      this.#filled += part;
      left -= part;
      if (this.#filled < whole) continue;
      const buffer = this.#buffer;
      this.#buffer = undefined;
      this.#filled = 0;
      this.#onPiece(this.#piece++, whole, buffer);
    }
  }

  /** Gives back the buffer of a piece that did not become full; nothing is taken any more. */
  release(): void {
    this.#released = true;
    // While it is filled it must not become another piece's.
    if (this.#buffer === undefined || this.#isFilling) return;
    this.#buffers.give(this.#buffer);
    this.#buffer = undefined;
  }

  async #fill(fill: (into: Uint8Array) => Promise<void>, into: Uint8Array): Promise<void> {
    this.#isFilling = true;
    try {
      await fill(into);
    } finally {
      this.#isFilling = false;
      if (this.#released) this.release();
    }
  }

  /** @throws {LanyardError} `closed` if nobody wants any more. */
  #checkReleased(): void {
    if (!this.#released) return;
    this.release();
    throw new LanyardError("closed", "The request was given up");
  }
}
