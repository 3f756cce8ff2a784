import { eachGram, wholeName } from "./grams.ts";
import { mostNumbers, PostingLists } from "./posting_lists.ts";
import { TextPool } from "./text_pool.ts";

/** What has a name. */
export type Kind = "file" | "folder";

const kinds: Record<Kind | "gone", number> = { file: 0, folder: 1, gone: 2 };
/** In place of a session: none has it yet. */
const nobody = -1;
/** In place of a session: others have it as well, or not the whole of it. */
const several = -2;

/** The only copy of what has a name. */
export interface OnlyCopy {
  /** The session that has it. */
  holder: number;
  /** Unix ms. */
  modified: number;
}

/** Names in a row of their serial numbers, found by what is in them. They are numbered from 0 on. */
export class NameSegment {
  /** Serial numbers, ascending, also of names that were taken out. */
  readonly #serials = new Float64Array(mostNumbers);
  readonly #texts = new TextPool();
  readonly #places = new Uint32Array(mostNumbers);
  readonly #kinds = new Uint8Array(mostNumbers);
  readonly #holders = new Float64Array(mostNumbers);
  readonly #modified = new Float64Array(mostNumbers);
  readonly #lists = new PostingLists();
  /** Names that were added. */
  #end = 0;
  #count = 0;

  /** The names of several segments, which follow each other. */
  static of(segments: readonly NameSegment[]): NameSegment {
    const made = new NameSegment();
    for (const segment of segments) made.#append(segment);
    return made;
  }

  /** Names that are in here. */
  get count(): number {
    return this.#count;
  }

  /** Bytes that names take that are or were in here, beside some of each that are always the same. */
  get room(): number {
    return this.#lists.room + this.#texts.room;
  }

  /** Whether so many names were taken out that the others are worth moving. */
  get isSparse(): boolean {
    return this.#count <= this.#end / 2;
  }

  get isFull(): boolean {
    return this.#end === mostNumbers;
  }

  /** The serial number of the last name that was added. */
  get last(): number {
    return this.#serials[this.#end - 1] ?? -1;
  }

  /** Adds a name, whose serial number is larger than all others. */
  add(serial: number, name: string, kind: Kind): void {
    const number = this.#push(serial, name, kinds[kind]);
    eachGram(wholeName(name), (key) => this.#lists.add(key, number));
    if (!this.isFull) return;
    this.#lists.trim();
    this.#texts.trim();
  }

  /** Takes a name out, if it is in here. */
  remove(serial: number): void {
    const number = this.#numberOf(serial);
    if (number === undefined || this.#isGone(number)) return;
    this.#kinds[number] = kinds.gone;
    this.#count--;
  }

  /**
   * Notes a copy of what has a name, also if it was noted before; of one at another session on that
   * there are several.
   */
  hold(serial: number, { holder, modified }: OnlyCopy): void {
    const number = this.#numberOf(serial);
    if (number === undefined) return;
    const isKnown = this.#holders[number] === holder && this.#modified[number] === modified;
    if (!isKnown && this.#holders[number] !== nobody) return this.forgetHolder(serial);
    this.#holders[number] = holder;
    this.#modified[number] = modified;
  }

  /** From now on it is not known who has what has a name. */
  forgetHolder(serial: number): void {
    const number = this.#numberOf(serial);
    if (number !== undefined) this.#holders[number] = several;
  }

  /**
   * Numbers, ascending, of the names that have all of some grams.
   *
   * @param texts what else they have
   */
  find(keys: readonly number[], texts: readonly string[]): Uint16Array {
    const [rarest, ...others] = keys.toSorted((a, b) =>
      this.#lists.count(a) - this.#lists.count(b)
    );
    let numbers = rarest === undefined ? this.#all() : this.#lists.numbers(rarest);
    for (const key of others) numbers = this.#lists.retain(key, numbers);
    if (this.#count === this.#end && texts.length === 0) return numbers;
    return numbers.filter((number) => {
      const place = this.#places[number] ?? 0;
      return !this.#isGone(number) && texts.every((text) => this.#texts.includes(place, text));
    });
  }

  serial(number: number): number {
    return this.#serials[number] ?? -1;
  }

  name(number: number): string {
    return this.#texts.get(this.#places[number] ?? 0).slice(1, -1);
  }

  isFolder(number: number): boolean {
    return this.#kinds[number] === kinds.folder;
  }

  /** The session that has the only copy of what has a name, if there is only one for sure. */
  holder(number: number): number | undefined {
    const holder = this.#holders[number] ?? nobody;
    return holder < 0 ? undefined : holder;
  }

  /** When that copy was modified. */
  modified(number: number): number {
    return this.#modified[number] ?? 0;
  }

  #push(serial: number, name: string, kind: number, holder = nobody, modified = 0): number {
    const number = this.#end++;
    this.#serials[number] = serial;
    this.#places[number] = this.#texts.add(wholeName(name));
    this.#kinds[number] = kind;
    this.#holders[number] = holder;
    this.#modified[number] = modified;
    this.#count++;
    return number;
  }

  #all(): Uint16Array {
    return Uint16Array.from({ length: this.#end }, (_, number) => number);
  }

  #isGone(number: number): boolean {
    return this.#kinds[number] === kinds.gone;
  }

  #numberOf(serial: number): number | undefined {
    let [low, high] = [0, this.#end];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#serials[middle] ?? 0) < serial) low = middle + 1;
      else high = middle;
    }
    return low < this.#end && this.#serials[low] === serial ? low : undefined;
  }

  #append(other: NameSegment): void {
    const moved = new Int32Array(mostNumbers).fill(-1);
    for (const number of other.find([], [])) {
      moved[number] = this.#push(
        other.serial(number),
        other.name(number),
        other.#kinds[number] ?? kinds.file,
        other.#holders[number],
        other.#modified[number],
      );
    }
    this.#lists.addAll(other.#lists, moved);
  }
}
