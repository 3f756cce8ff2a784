import { syntaxError } from "./errors.ts";
import { limits } from "./limits.ts";

const LF = 0x0a;
/** Bytes of buffer kept while it is empty: a tracker has thousands of readers, most of them idle. */
const restingBytes = 16 * 1024;

/**
 * Cuts received bytes into lines and raw runs. Work is linear in the input however it is cut: it
 * remembers how far it has searched, and grows its buffer by doubling.
 */
export class LineReader {
  readonly #mostBytes: number;
  #buffer = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #searched = 0;

  /** @param mostBytes bytes of the longest line accepted, with its LF. */
  constructor(mostBytes: number = limits.lineBytes) {
    this.#mostBytes = mostBytes;
  }

  /** Bytes received and not yet taken. */
  get buffered(): number {
    return this.#end - this.#start;
  }

  /** The first byte received and not yet taken. */
  get first(): number | undefined {
    return this.buffered === 0 ? undefined : this.#buffer[this.#start];
  }

  /**
   * Room for at least `least` bytes, to be received into; `commit` says how many came. Views that
   * were handed out before are invalid from here on.
   */
  space(least: number): Uint8Array<ArrayBuffer> {
    this.#makeRoom(least);
    return this.#buffer.subarray(this.#end);
  }

  /** Adds the first `length` bytes of the last `space`. */
  commit(length: number): void {
    this.#end += length;
  }

  /** Adds received bytes. They are copied, so the caller may reuse its buffer. */
  push(chunk: Uint8Array): void {
    this.space(chunk.length).set(chunk);
    this.commit(chunk.length);
  }

  /**
   * Takes the next line without its LF, or `undefined` until one is complete. The bytes are a
   * view that stays valid until the next `push` or `space`.
   *
   * @throws {LanyardError} `syntax` as soon as a line is too long, complete or not.
   */
  line(): Uint8Array | undefined {
    const found = this.#buffer.subarray(0, this.#end).indexOf(LF, this.#searched);
    const length = (found === -1 ? this.#end : found + 1) - this.#start;
    if (length > this.#mostBytes) {
      throw syntaxError(`A line is longer than ${this.#mostBytes} bytes`);
    }
    this.#searched = found === -1 ? this.#end : found + 1;
    if (found === -1) return undefined;
    const line = this.#buffer.subarray(this.#start, found);
    this.#start = found + 1;
    return line;
  }

  /** Moves up to `into.length` raw bytes into `into`; returns how many there were. */
  take(into: Uint8Array): number {
    const length = Math.min(into.length, this.buffered);
    into.set(this.#buffer.subarray(this.#start, this.#start + length));
    this.#start += length;
    this.#searched = Math.max(this.#searched, this.#start);
    return length;
  }

  #makeRoom(length: number): void {
    if (this.buffered === 0) {
      this.#start = this.#end = this.#searched = 0;
      const ample = Math.max(restingBytes, 4 * length);
      if (this.#buffer.length > ample) this.#buffer = new Uint8Array(0);
    }
    if (this.#end + length <= this.#buffer.length) return;
    const kept = this.buffered;
    if (kept + length <= this.#buffer.length / 2) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    } else {
      // Most lines are short, and there is no more to come behind them.
      const grown = new Uint8Array(kept === 0 ? length : 2 * (kept + length));
      grown.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = grown;
    }
    this.#searched -= this.#start;
    this.#start = 0;
    this.#end = kept;
  }
}
