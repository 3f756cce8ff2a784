/** Numbers that the length of a text takes before it. */
const lengthUnits = 2;
const byte = 0x100;
const fewestUnits = 4096;
/** How many times as much room there is when it is used up. */
const growth = 1.5;

/**
 * Many short texts in little room, and nothing for the garbage collector to look at: a byte for
 * each character up to U+00FF, two for all characters of a text that has others.
 */
export class TextPool {
  #narrow = new Uint8Array(fewestUnits);
  #wide = new Uint16Array(0);
  #narrowEnd = 0;
  #wideEnd = 0;

  /** Bytes that the texts take at most, as their room grows. */
  get room(): number {
    return Math.ceil(growth * (this.#narrowEnd + 2 * this.#wideEnd));
  }

  /** Adds a text of fewer than 65,536 characters (UTF-16); returns its place. */
  add(text: string): number {
    if (isNarrow(text)) {
      const place = this.#narrowEnd;
      this.#narrowEnd += lengthUnits + text.length;
      if (this.#narrowEnd > this.#narrow.length) {
        this.#narrow = grown(new Uint8Array(roomFor(this.#narrowEnd)), this.#narrow);
      }
      write(this.#narrow, place, text);
      return 2 * place;
    }
    const place = this.#wideEnd;
    this.#wideEnd += lengthUnits + text.length;
    if (this.#wideEnd > this.#wide.length) {
      this.#wide = grown(new Uint16Array(roomFor(this.#wideEnd)), this.#wide);
    }
    write(this.#wide, place, text);
    return 2 * place + 1;
  }

  /** Lets go of the room for more texts, when none will be added any more. */
  trim(): void {
    this.#narrow = this.#narrow.slice(0, this.#narrowEnd);
    this.#wide = this.#wide.slice(0, this.#wideEnd);
  }

  /** The text at a place. */
  get(place: number): string {
    const units = place % 2 === 0 ? this.#narrow : this.#wide;
    const at = place >>> 1;
    const start = at + lengthUnits;
    const length = (units[at] ?? 0) + byte * (units[at + 1] ?? 0);
    // With `...` it takes five times as long.
    const found: ArrayLike<number> = units.subarray(start, start + length);
    return String.fromCharCode.apply(undefined, found as number[]);
  }
}

function isNarrow(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= byte) return false;
  return true;
}

function write(units: Uint8Array | Uint16Array, place: number, text: string): void {
  units[place] = text.length % byte;
  units[place + 1] = Math.floor(text.length / byte);
  for (let at = 0; at < text.length; at++) units[place + lengthUnits + at] = text.charCodeAt(at);
}

function roomFor(units: number): number {
  return Math.max(fewestUnits, Math.ceil(growth * units));
}

function grown<T extends Uint8Array | Uint16Array>(larger: T, units: T): T {
  larger.set(units);
  return larger;
}
