import { grown } from "../grown.ts";
import { Revocable } from "../revocable.ts";
import { Chains } from "./chains.ts";
import { keyedHash } from "./keyed_hash.ts";

/** Content under a name. */
export interface NamedContent {
  id: Uint8Array;
  size: number;
  name: string;
}

/** Contents that there is room for at first, and how many times as many when it is used up. */
const fewest = 256;
const growth = 1.5;

/**
 * The serial numbers of entries, found by their content, and by that and their name. It is in
 * memory: ids are random, so in an index of SQLite each one that is announced changes another page.
 */
export class ContentIndex extends Revocable {
  readonly #byId = new Chains();
  readonly #byAll = new Chains();
  /** By number; the first is 1. */
  #serials = new Float64Array(fewest);
  #end = 1;
  /** Numbers that are free again. */
  readonly #free: number[] = [];

  /** Adds what is not in here. */
  add(serial: number, content: NamedContent): void {
    const number = this.#free.pop() ?? this.#end++;
    if (number >= this.#serials.length) {
      this.#serials = grown(new Float64Array(Math.ceil(growth * number)), this.#serials);
    }
    this.#serials[number] = serial;
    const { byId, byAll } = keysOf(content);
    this.#byId.add(number, byId);
    this.#byAll.add(number, byAll);
    this.noteAdded(number);
  }

  /** Takes out what is in here; after `begin` only when that is committed. */
  remove(serial: number, content: NamedContent): void {
    for (const number of this.#byAll.find(keysOf(content).byAll)) {
      if (this.#serials[number] === serial) return this.takeWhenCommitted(number);
    }
  }

  /** Entries of some content under any name, and perhaps some others. */
  *withId(id: Uint8Array): Generator<number> {
    yield* this.#serialsOf(this.#byId.find(keyOf(id)));
  }

  /** The entry of some content under a name, if there is one, and perhaps some others. */
  *named(content: NamedContent): Generator<number> {
    yield* this.#serialsOf(this.#byAll.find(keysOf(content).byAll));
  }

  /** Those of some numbers; what is replaced again and again is not looked at again and again. */
  *#serialsOf(numbers: Iterable<number>): Generator<number> {
    for (const number of numbers) {
      if (!this.isRemoved(number)) yield this.#serials[number] ?? -1;
    }
  }

  protected override take(number: number): void {
    this.#byId.remove(number);
    this.#byAll.remove(number);
    this.#free.push(number);
  }
}

/** What is hashed at the moment: an id of 32 bytes, a size, and a name, which has at most 255. */
const words = new Uint32Array(8 + 2 + 255);

function keyOf(id: Uint8Array): number {
  return keyedHash(words, writeId(id));
}

/** Both keys of some content: of its id, and of all of it. */
function keysOf({ id, size, name }: NamedContent): { byId: number; byAll: number } {
  let count = writeId(id);
  const byId = keyedHash(words, count);
  words[count++] = size;
  words[count++] = size / 2 ** 32;
  for (let at = 0; at < name.length; at++) words[count++] = name.charCodeAt(at);
  return { byId, byAll: keyedHash(words, count) };
}

/** Writes an id as words; returns how many there are. */
function writeId(id: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < id.length; at += 4) {
    words[count++] = (id[at] ?? 0) | ((id[at + 1] ?? 0) << 8) | ((id[at + 2] ?? 0) << 16) |
      ((id[at + 3] ?? 0) << 24);
  }
  return count;
}
