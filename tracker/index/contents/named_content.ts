import { keyedHash } from "./keyed_hash.ts";

/** What is hashed at the moment: a key, a size, and a name, which has at most 255; or an id. */
const words = new Uint32Array(1 + 2 + 128);

/** Content under a name, with the keys by which it is found. */
export class NamedContent {
  readonly id: Uint8Array;
  readonly size: number;
  readonly name: string;
  /** Of its id. */
  readonly byId: number;
  /** Of all of it. */
  readonly byAll: number;

  constructor({ id, size, name }: { id: Uint8Array; size: number; name: string }) {
    this.id = id;
    this.size = size;
    this.name = name;
    this.byId = keyOfId(id);
    this.byAll = keyOfAll(this.byId, size, name);
  }
}

/** The key of content under whatever name. */
export function keyOfId(id: Uint8Array): number {
  return keyedHash(words, writeId(id));
}

/** Of the id only its key counts, which is the same for two as rarely as what comes out here. */
function keyOfAll(byId: number, size: number, name: string): number {
  words[0] = byId;
  words[1] = size;
  words[2] = size / 2 ** 32;
  let count = 3;
  // Two characters are a word. None is 0, so that of an odd number of them is another one.
  for (let at = 0; at < name.length; at += 2) {
    words[count++] = name.charCodeAt(at) | (name.charCodeAt(at + 1) << 16);
  }
  return keyedHash(words, count);
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
