import { eachGram, wholeName } from "./grams.ts";
import type { Pattern } from "./pattern.ts";
import { manyLists, mostNumbers, PostingLists } from "./posting_lists.ts";
import { TextPool } from "./text_pool.ts";

/** What has a name. */
export type Kind = "file" | "folder";

const kinds: Record<Kind | "gone", number> = { file: 0, folder: 1, gone: 2 };
/** In place of a session: none has it yet. */
const nobody = -1;
/**
 * In place of a session: others have it as well, or not the whole of it; less by as many as are
 * known to have it.
 */
const several = -2;

/** The only copy of what has a name. */
export interface OnlyCopy {
  /** The session that has it. */
  holder: number;
  /** Unix ms. */
  modified: number;
}

/** The copies of what has a name. */
export interface Copied {
  /** Sessions that have it. */
  sources: number;
  /** When the latest copy was modified, in Unix ms. */
  newest: number;
}

/** Names that there is room for at first. */
const fewest = 256;

/** What is known of each name, by its number. */
class Columns {
  readonly size: number;
  /** Serial numbers, ascending, also of names that were taken out. */
  readonly serials: Float64Array;
  readonly places: Uint32Array;
  readonly kinds: Uint8Array;
  readonly holders: Float64Array;
  readonly modified: Float64Array;

  /** @param others what is in them already */
  constructor(size: number, others?: Columns) {
    this.size = size;
    this.serials = new Float64Array(size);
    this.places = new Uint32Array(size);
    this.kinds = new Uint8Array(size);
    this.holders = new Float64Array(size);
    this.modified = new Float64Array(size);
    if (others === undefined) return;
    for (const column of ["serials", "places", "kinds", "holders", "modified"] as const) {
      this[column].set(others[column]);
    }
  }
}

/** Names in a row of their serial numbers, found by what is in them. They are numbered from 0 on. */
export class NameSegment {
  readonly #texts = new TextPool();
  readonly #lists = new PostingLists();
  #columns = new Columns(fewest);
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

  /** Texts by which they are found. */
  get lists(): number {
    return this.#lists.size;
  }

  /** Whether so many names were taken out that the others are worth moving. */
  get isSparse(): boolean {
    return this.#count <= this.#end / 2;
  }

  /** Whether no more names should be added. */
  get isFull(): boolean {
    return this.#end === mostNumbers || this.lists >= manyLists;
  }

  /** The serial number of the last name that was added. */
  get last(): number {
    return this.#columns.serials[this.#end - 1] ?? -1;
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
    this.#columns.kinds[number] = kinds.gone;
    this.#count--;
  }

  /**
   * Notes a copy of what has a name, also if it was noted before; of one at another session on that
   * there are several.
   */
  hold(serial: number, { holder, modified }: OnlyCopy): void {
    const number = this.#numberOf(serial);
    if (number === undefined) return;
    const isKnown = this.#columns.holders[number] === holder &&
      this.#columns.modified[number] === modified;
    if (!isKnown && this.#columns.holders[number] !== nobody) return this.forgetHolder(serial);
    this.#columns.holders[number] = holder;
    this.#columns.modified[number] = modified;
  }

  /** From now on it is not known who has what has a name. */
  forgetHolder(serial: number): void {
    const number = this.#numberOf(serial);
    if (number !== undefined) this.#columns.holders[number] = several;
  }

  /** Notes what was found out of the copies of what has a name; it holds until one changes. */
  noteCopies(number: number, { sources, newest }: Copied): void {
    this.#columns.holders[number] = several - sources;
    this.#columns.modified[number] = newest;
  }

  /** What is known of all copies of what has a name. */
  copies(number: number): Copied | undefined {
    const holder = this.#columns.holders[number] ?? nobody;
    const sources = holder >= 0 ? 1 : several - holder;
    return sources < 1 ? undefined : { sources, newest: this.#columns.modified[number] ?? 0 };
  }

  /** Numbers, ascending, of the names that have all of some grams. */
  find(keys: readonly number[]): Uint16Array {
    const [rarest, ...others] = keys.toSorted((a, b) =>
      this.#lists.count(a) - this.#lists.count(b)
    );
    let numbers = rarest === undefined ? this.#all() : this.#lists.numbers(rarest);
    for (const key of others) numbers = this.#lists.retain(key, numbers);
    if (this.#count === this.#end) return numbers;
    return numbers.filter((number) => !this.#isGone(number));
  }

  serial(number: number): number {
    return this.#columns.serials[number] ?? -1;
  }

  name(number: number): string {
    return this.#texts.get(this.#columns.places[number] ?? 0);
  }

  /** Whether something is in a name. */
  has(number: number, pattern: Pattern): boolean {
    return this.#texts.includes(this.#columns.places[number] ?? 0, pattern);
  }

  isFolder(number: number): boolean {
    return this.#columns.kinds[number] === kinds.folder;
  }

  /** The session that has the only copy of what has a name, if there is only one for sure. */
  holder(number: number): number | undefined {
    const holder = this.#columns.holders[number] ?? nobody;
    return holder < 0 ? undefined : holder;
  }

  #push(serial: number, name: string, kind: number, holder = nobody, modified = 0): number {
    const { size } = this.#columns;
    if (this.#end === size) this.#columns = new Columns(2 * size, this.#columns);
    const number = this.#end++;
    this.#columns.serials[number] = serial;
    this.#columns.places[number] = this.#texts.add(name);
    this.#columns.kinds[number] = kind;
    this.#columns.holders[number] = holder;
    this.#columns.modified[number] = modified;
    this.#count++;
    return number;
  }

  #all(): Uint16Array {
    return Uint16Array.from({ length: this.#end }, (_, number) => number);
  }

  #isGone(number: number): boolean {
    return this.#columns.kinds[number] === kinds.gone;
  }

  #numberOf(serial: number): number | undefined {
    // What was just added is asked for most.
    if (serial === this.last) return this.#end - 1;
    let [low, high] = [0, this.#end];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#columns.serials[middle] ?? 0) < serial) low = middle + 1;
      else high = middle;
    }
    return low < this.#end && this.#columns.serials[low] === serial ? low : undefined;
  }

  #append(other: NameSegment): void {
    const moved = new Int32Array(other.#end).fill(-1);
    for (const number of other.find([])) {
      moved[number] = this.#push(
        other.serial(number),
        other.name(number),
        other.#columns.kinds[number] ?? kinds.file,
        other.#columns.holders[number],
        other.#columns.modified[number],
      );
    }
    this.#lists.addAll(other.#lists, moved);
  }
}
