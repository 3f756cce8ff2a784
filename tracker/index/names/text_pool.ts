import type { Pattern } from "./pattern.ts";

/** Numbers that the length of a text takes before it. */
const lengthUnits = 2;
const byte = 0x100;
/** Numbers that there is room for as soon as there is a text. */
const fewestUnits = 4096;
/** How many times as much room there is when it is used up. */
const growth = 1.5;

/** The two kinds of numbers that characters are kept as. */
type Units = Uint8Array | Uint16Array;

/**
 * Many short texts in little room, and nothing for the garbage collector to look at: a byte for
 * each character up to U+00FF, two for all characters of a text that has others.
 */
export class TextPool {
  readonly #narrow = new UnitPool((size) => new Uint8Array(size));
  readonly #wide = new UnitPool((size) => new Uint16Array(size));

  /** Bytes that the texts take at most, as their room grows. */
  get room(): number {
    return this.#narrow.room + this.#wide.room;
  }

  /** Adds a text of fewer than 65,536 characters (UTF-16); returns its place. */
  add(text: string): number {
    return isNarrow(text) ? 2 * this.#narrow.add(text) : 2 * this.#wide.add(text) + 1;
  }

  /** Lets go of the room for more texts, when none will be added any more. */
  trim(): void {
    this.#narrow.trim();
    this.#wide.trim();
  }

  /** The text at a place. */
  get(place: number): string {
    return this.#poolOf(place).get(place >>> 1);
  }

  /** Whether something is in the text at a place. */
  includes(place: number, pattern: Pattern): boolean {
    return this.#poolOf(place).includes(place >>> 1, pattern);
  }

  #poolOf(place: number): UnitPool {
    return place % 2 === 0 ? this.#narrow : this.#wide;
  }
}

/** Texts of characters that all are numbers of one kind, each behind its length. */
class UnitPool {
  readonly #make: (size: number) => Units;
  #units: Units;
  #end = 0;

  constructor(make: (size: number) => Units) {
    this.#make = make;
    this.#units = make(0);
  }

  get room(): number {
    return Math.ceil(growth * this.#end * this.#units.BYTES_PER_ELEMENT);
  }

  add(text: string): number {
    const place = this.#end;
    this.#end += lengthUnits + text.length;
    if (this.#end > this.#units.length) {
      this.#resize(Math.max(fewestUnits, Math.ceil(growth * this.#end)));
    }
    const units = this.#units;
    units[place] = text.length % byte;
    units[place + 1] = Math.floor(text.length / byte);
    for (let at = 0; at < text.length; at++) units[place + lengthUnits + at] = text.charCodeAt(at);
    return place;
  }

  trim(): void {
    this.#resize(this.#end);
  }

  get(place: number): string {
    const units = this.#units;
    const start = place + lengthUnits;
    // With `...` it takes five times as long.
    const found: ArrayLike<number> = units.subarray(start, start + this.#length(place));
    return String.fromCharCode.apply(undefined, found as number[]);
  }

  includes(place: number, pattern: Pattern): boolean {
    const start = place + lengthUnits;
    return pattern.isIn(this.#units, start, start + this.#length(place));
  }

  #length(place: number): number {
    return (this.#units[place] ?? 0) + byte * (this.#units[place + 1] ?? 0);
  }

  #resize(size: number): void {
    const units = this.#make(size);
    units.set(this.#units.subarray(0, size));
    this.#units = units;
  }
}

function isNarrow(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= byte) return false;
  return true;
}
