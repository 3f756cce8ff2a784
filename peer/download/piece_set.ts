/** Which pieces of a file there are: a bitmap, the first piece in the highest bit (as in BEP 3). */
export class PieceSet {
  readonly size: number;
  readonly #bits: Uint8Array;
  #count = 0;

  /** @param size pieces of the file. */
  constructor(size: number) {
    this.size = size;
    this.#bits = new Uint8Array(Math.ceil(size / 8));
  }

  /** Reads a bitmap; one of another length, or with bits beyond the end, is nobody's: `undefined`. */
  static fromBytes(bytes: Uint8Array, size: number): PieceSet | undefined {
    if (bytes.length !== Math.ceil(size / 8)) return undefined;
    const set = new PieceSet(size);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      if (((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) === 0) continue;
      if (bit >= size) return undefined;
      set.add(bit);
    }
    return set;
  }

  /** All pieces of a file. */
  static all(size: number): PieceSet {
    const set = new PieceSet(size);
    for (let piece = 0; piece < size; piece++) set.add(piece);
    return set;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  has(piece: number): boolean {
    return ((this.#bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0;
  }

  add(piece: number): void {
    if (this.has(piece) || piece >= this.size) return;
    this.#bits[piece >> 3] = (this.#bits[piece >> 3] ?? 0) | (0x80 >> (piece & 7));
    this.#count++;
  }

  delete(piece: number): void {
    if (!this.has(piece)) return;
    this.#bits[piece >> 3] = (this.#bits[piece >> 3] ?? 0) & ~(0x80 >> (piece & 7));
    this.#count--;
  }

  *[Symbol.iterator](): Iterator<number> {
    for (let piece = 0; piece < this.size; piece++) if (this.has(piece)) yield piece;
  }

  /** The bitmap; a copy. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bits.slice();
  }
}
