import { keyedHash } from "./keyed_hash.ts";

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
    let count = writeId(id);
    this.byId = keyedHash(words, count);
    words[count++] = size;
    words[count++] = size / 2 ** 32;
    for (let at = 0; at < name.length; at++) words[count++] = name.charCodeAt(at);
    this.byAll = keyedHash(words, count);
  }
}

/** The key of content under whatever name. */
export function keyOfId(id: Uint8Array): number {
  return keyedHash(words, writeId(id));
}

/** What is hashed at the moment: an id of 32 bytes, a size, and a name, which has at most 255. */
const words = new Uint32Array(8 + 2 + 255);

/** Writes an id as words; returns how many there are. */
function writeId(id: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < id.length; at += 4) {
    words[count++] = (id[at] ?? 0) | ((id[at + 1] ?? 0) << 8) | ((id[at + 2] ?? 0) << 16) |
      ((id[at + 3] ?? 0) << 24);
  }
  return count;
}
