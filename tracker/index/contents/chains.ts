import { grown } from "../grown.ts";

/** Chains at first; a power of two. */
const fewest = 256;
/** How many times as much room there is when it is used up. */
const growth = 1.5;

/**
 * Numbers from 1 on, found by signed keys of 32 bits that are spread evenly; many may have the same
 * key. It is a hash table that grows by linear hashing (W. Litwin, VLDB 1980): with each number one
 * chain at most is made two, so that no step takes long, however many there are.
 */
export class Chains {
  #heads = new Uint32Array(fewest);
  /** Chains there were before this round, in which each becomes two. */
  #base = fewest;
  /** Of those, the first that is still one. */
  #split = 0;
  #count = 0;
  /** By number. */
  #keys = new Int32Array(fewest);
  #next = new Uint32Array(fewest);
  #before = new Uint32Array(fewest);

  /** Adds a number that is not in here. */
  add(number: number, key: number): void {
    if (number >= this.#keys.length) this.#widen(Math.ceil(growth * number));
    this.#keys[number] = key;
    this.#link(number, this.#chainOf(key));
    if (++this.#count > this.#base + this.#split) this.#splitOne();
  }

  /** Takes a number out that is in here. */
  remove(number: number): void {
    const [before, next] = [this.#before[number] ?? 0, this.#next[number] ?? 0];
    if (before === 0) this.#heads[this.#chainOf(this.#keys[number] ?? 0)] = next;
    else this.#next[before] = next;
    if (next !== 0) this.#before[next] = before;
    this.#count--;
  }

  /** A number with a key, mostly the one that was added last; 0 if there is none. */
  first(key: number): number {
    return this.#from(this.#heads[this.#chainOf(key)] ?? 0, key);
  }

  /** The number behind one that is in here, with the same key; 0 if there is none. */
  next(number: number): number {
    return this.#from(this.#next[number] ?? 0, this.#keys[number] ?? 0);
  }

  #from(start: number, key: number): number {
    let number = start;
    while (number !== 0 && this.#keys[number] !== key) number = this.#next[number] ?? 0;
    return number;
  }

  #chainOf(key: number): number {
    const chain = key & (this.#base - 1);
    return chain < this.#split ? key & (2 * this.#base - 1) : chain;
  }

  #link(number: number, chain: number): void {
    const next = this.#heads[chain] ?? 0;
    this.#next[number] = next;
    this.#before[number] = 0;
    if (next !== 0) this.#before[next] = number;
    this.#heads[chain] = number;
  }

  /** Makes one chain two. */
  #splitOne(): void {
    const chains = this.#base + this.#split + 1;
    if (chains > this.#heads.length) {
      this.#heads = grown(new Uint32Array(Math.ceil(growth * chains)), this.#heads);
    }
    let number = this.#heads[this.#split] ?? 0;
    this.#heads[this.#split] = 0;
    this.#split++;
    while (number !== 0) {
      const next = this.#next[number] ?? 0;
      this.#link(number, this.#chainOf(this.#keys[number] ?? 0));
      number = next;
    }
    if (this.#split < this.#base) return;
    this.#base *= 2;
    this.#split = 0;
  }

  #widen(size: number): void {
    this.#keys = grown(new Int32Array(size), this.#keys);
    this.#next = grown(new Uint32Array(size), this.#next);
    this.#before = grown(new Uint32Array(size), this.#before);
  }
}
