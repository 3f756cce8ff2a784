import { grown } from "../grown.ts";

/** Numbers that there may be: from 0 to one less. */
export const mostNumbers = 65_536;
/** The form of a list with room for 2^n numbers is n; this is that of the longest. */
const longest = 12;
/** The form of a list that is longer still: a bit for each number there may be. */
const bits = 13;
/** Places in the pool that the bits take, each of 16: as many as the longest list. */
const bitPlaces = mostNumbers / 16;

/** Numbers of a row: key, place in the pool, and how many numbers in which form. */
const rowLength = 3;
/** Bits of that last number that tell the form. */
const formBits = 4;
const formMask = (1 << formBits) - 1;
/** Lists from which on others should be begun, so that no step on all of them takes long. */
export const manyLists = 131_072;
/** Rows at first; there are powers of two. */
const fewestRows = 64;
/** Of the rows, how many are used at most, and right after there are twice as many. */
const mostUsed = 3 / 4;
const leastUsed = mostUsed / 2;
/** Places in the pool at first, and how many times as many there are when it is full. */
const fewestPlaces = 256;
const poolGrowth = 1.5;

/**
 * Lists of ascending numbers, found by signed keys of 32 bits. They are kept as Roaring bitmaps do
 * it (arXiv:1603.06549): short ones as numbers, long ones as bits; and all in one pool, because of
 * most there are tens of thousands that hold a few numbers each.
 */
export class PostingLists {
  /** A hash table with linear probing. A row whose key is 0 is free. */
  #rows = new Int32Array(fewestRows * rowLength);
  #used = 0;
  #pool = new Uint16Array(fewestPlaces);
  #end = 0;
  /** Where something was in the pool that is elsewhere now, by its form. */
  readonly #left: number[][] = Array.from({ length: longest + 1 }, () => []);

  /** Lists that have or had any numbers. */
  get size(): number {
    return this.#used;
  }

  /** Bytes that what was added takes at most, as tables and pools grow. */
  get room(): number {
    const rows = this.#used * rowLength * this.#rows.BYTES_PER_ELEMENT;
    return Math.ceil(rows / leastUsed + poolGrowth * this.#end * this.#pool.BYTES_PER_ELEMENT);
  }

  /** Adds a number to a list: one that is larger than all in there, or the last one again. */
  add(key: number, number: number): void {
    const row = this.#rowFor(key);
    const count = this.#count(row);
    const form = this.#form(row);
    const place = this.#place(row);
    if (form === bits) return this.#setBit(row, number);
    const pool = this.#pool;
    if (count > 0 && pool[place + count - 1] === number) return;
    if (count === 1 << form) {
      this.#widen(row, count + 1);
      return this.add(key, number);
    }
    pool[place + count] = number;
    this.#tell(row, count + 1, form);
  }

  /**
   * Adds other lists to these.
   *
   * @param moved what becomes of a number of theirs: one that is larger than all in here, and than
   * those that were before it; -1 if it is left out
   */
  addAll(others: PostingLists, moved: Int32Array): void {
    const adding = new Uint16Array(mostNumbers);
    for (let row = 0; row < others.#rows.length; row += rowLength) {
      let count = 0;
      others.#each(row, (number) => {
        const to = moved[number] ?? -1;
        if (to >= 0) adding[count++] = to;
      });
      if (count > 0) this.#append(others.#rows[row] ?? 0, adding, count);
    }
  }

  /** Lets go of the room for more numbers, when none will be added any more. */
  trim(): void {
    let end = 0;
    for (let row = 0; row < this.#rows.length; row += rowLength) end += this.#places(row);
    const pool = new Uint16Array(end);
    end = 0;
    for (let row = 0; row < this.#rows.length; row += rowLength) {
      const [count, place] = [this.#places(row), this.#place(row)];
      for (let at = 0; at < count; at++) pool[end + at] = this.#pool[place + at] ?? 0;
      this.#rows[row + 1] = end;
      end += count;
    }
    this.#pool = pool;
    this.#end = end;
  }

  /** How many numbers a list has. */
  count(key: number): number {
    const row = this.#find(key);
    return this.#isFree(row) ? 0 : this.#count(row);
  }

  /** A copy of a list. */
  numbers(key: number): Uint16Array {
    const row = this.#find(key);
    return this.#isFree(row) ? new Uint16Array() : this.#numbers(row);
  }

  /** Those of some ascending numbers that are in a list, too; what is given is overwritten. */
  retain(key: number, numbers: Uint16Array): Uint16Array {
    const row = this.#find(key);
    if (this.#isFree(row)) return new Uint16Array();
    const place = this.#place(row);
    const isBits = this.#form(row) === bits;
    const end = place + this.#count(row);
    let kept = 0;
    let from = place;
    for (const number of numbers) {
      if (!isBits) from = this.#search(from, end, number);
      const isIn = isBits ? this.#hasBit(place, number) : from < end && this.#pool[from] === number;
      if (isIn) numbers[kept++] = number;
    }
    return numbers.subarray(0, kept);
  }

  #isFree(row: number): boolean {
    return this.#rows[row] === 0;
  }

  #place(row: number): number {
    return this.#rows[row + 1] ?? 0;
  }

  #count(row: number): number {
    return (this.#rows[row + 2] ?? 0) >>> formBits;
  }

  #form(row: number): number {
    return (this.#rows[row + 2] ?? 0) & formMask;
  }

  /** Places in the pool that are in use. */
  #places(row: number): number {
    return this.#form(row) === bits ? bitPlaces : this.#count(row);
  }

  #tell(row: number, count: number, form: number): void {
    this.#rows[row + 2] = (count << formBits) | form;
  }

  /** The row with a key, or where it would be. */
  #find(key: number): number {
    const most = this.#rows.length / rowLength - 1;
    let at = key & most;
    while (this.#rows[at * rowLength] !== key && this.#rows[at * rowLength] !== 0) {
      at = (at + 1) & most;
    }
    return at * rowLength;
  }

  #rowFor(key: number): number {
    const row = this.#find(key);
    if (!this.#isFree(row)) return row;
    if (this.#used >= mostUsed * this.#rows.length / rowLength) {
      this.#addRows();
      return this.#rowFor(key);
    }
    this.#used++;
    this.#rows[row] = key;
    this.#rows[row + 1] = this.#take(0);
    return row;
  }

  #addRows(): void {
    const rows = this.#rows;
    this.#rows = new Int32Array(2 * rows.length);
    for (let row = 0; row < rows.length; row += rowLength) {
      const key = rows[row] ?? 0;
      if (key === 0) continue;
      const found = this.#find(key);
      for (let at = 0; at < rowLength; at++) this.#rows[found + at] = rows[row + at] ?? 0;
    }
  }

  #append(key: number, numbers: Uint16Array, added: number): void {
    const row = this.#rowFor(key);
    const count = this.#count(row);
    const isListed = this.#form(row) !== bits;
    if (isListed && count + added > 1 << this.#form(row)) this.#widen(row, count + added);
    const [form, place] = [this.#form(row), this.#place(row)];
    for (let at = 0; at < added; at++) {
      if (form === bits) this.#setBit(row, numbers[at] ?? 0);
      else this.#pool[place + count + at] = numbers[at] ?? 0;
    }
    if (form !== bits) this.#tell(row, count + added, form);
  }

  #numbers(row: number): Uint16Array {
    const numbers = new Uint16Array(this.#count(row));
    let found = 0;
    this.#each(row, (number) => numbers[found++] = number);
    return numbers;
  }

  #each(row: number, see: (number: number) => void): void {
    const [count, place] = [this.#count(row), this.#place(row)];
    if (this.#form(row) !== bits) {
      for (let at = 0; at < count; at++) see(this.#pool[place + at] ?? 0);
      return;
    }
    for (let at = 0; at < bitPlaces; at++) {
      let word = this.#pool[place + at] ?? 0;
      for (; word !== 0; word &= word - 1) see(16 * at + lowestBit(word));
    }
  }

  /** The first place from `from` on with a number that is not less than one; `end` if none is. */
  #search(from: number, end: number, number: number): number {
    const pool = this.#pool;
    let low = from;
    let step = 1;
    // It is mostly near: farther and farther is looked, and then in between.
    for (; low + step <= end && (pool[low + step - 1] ?? 0) < number; step *= 2) low += step;
    let high = Math.min(low + step, end);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((pool[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A place in the pool for a list of some form. */
  #take(form: number): number {
    const left = this.#left[form]?.pop();
    if (left !== undefined) return left;
    const place = this.#end;
    this.#end += 1 << form;
    if (this.#end > this.#pool.length) {
      const places = Math.max(this.#end, Math.ceil(poolGrowth * this.#pool.length));
      this.#pool = grown(new Uint16Array(places), this.#pool);
    }
    return place;
  }

  /** Makes room in a list that is no bits yet. @param count numbers that it is to hold */
  #widen(row: number, count: number): void {
    const [held, form, place] = [this.#count(row), this.#form(row), this.#place(row)];
    const isLong = count > 1 << longest;
    const numbers = isLong ? this.#numbers(row) : [];
    const wider = isLong ? longest : 32 - Math.clz32(count - 1);
    if (wider > form) {
      this.#left[form]?.push(place);
      this.#rows[row + 1] = this.#take(wider);
    }
    const found = this.#place(row);
    if (!isLong) {
      this.#pool.copyWithin(found, place, place + held);
      return this.#tell(row, held, wider);
    }
    this.#pool.fill(0, found, found + bitPlaces);
    this.#tell(row, 0, bits);
    for (const number of numbers) this.#setBit(row, number);
  }

  #hasBit(place: number, number: number): boolean {
    return ((this.#pool[place + (number >>> 4)] ?? 0) & (1 << (number & 15))) !== 0;
  }

  #setBit(row: number, number: number): void {
    const place = this.#place(row);
    if (this.#hasBit(place, number)) return;
    const at = place + (number >>> 4);
    this.#pool[at] = (this.#pool[at] ?? 0) | (1 << (number & 15));
    this.#tell(row, this.#count(row) + 1, bits);
  }
}

/** The position of the lowest bit that is set. */
function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
