import { decodeBase64Url, encodeBase64Url } from "@std/encoding";
import { LanyardError, sha256 } from "../../shared/mod.ts";

const encoder = new TextEncoder();

/**
 * Makes and reads the cursors of one list. A cursor holds the sort key of the entry it continues
 * after, so the tracker keeps no state for it, and a stamp, so that it fits no other list.
 */
export class Cursors {
  readonly #stamp: string;

  /**
   * @param instance distinguishes this index from one that ran before
   * @param query what the list answers
   */
  constructor(instance: string, query: unknown) {
    const digest = sha256(encoder.encode(instance + JSON.stringify(query)));
    this.#stamp = encodeBase64Url(digest.subarray(0, 9));
  }

  /** The cursor behind the entry with this sort key. */
  write(key: readonly number[]): string {
    return `${this.#stamp}.${encodeBase64Url(key.join(","))}`;
  }

  /**
   * The sort key in a cursor.
   *
   * @throws {LanyardError} `bad-cursor` if it is from another list, another tracker, or made up.
   */
  read(cursor: string, length: number): number[] {
    const [stamp, encoded, ...rest] = cursor.split(".");
    const ours = stamp === this.#stamp && rest.length === 0;
    const key = ours && encoded !== undefined ? decodeKey(encoded) : [];
    if (key.length !== length || !key.every(Number.isSafeInteger)) {
      throw new LanyardError("bad-cursor", "The cursor belongs to another list; start again");
    }
    return key;
  }
}

function decodeKey(encoded: string): number[] {
  try {
    return new TextDecoder().decode(decodeBase64Url(encoded)).split(",")
      .map((text) => /^-?[0-9]+$/.test(text) ? Number(text) : NaN);
  } catch {
    return []; // Not base64: made up.
  }
}

/** Compares two sort keys of equal length, ascending. */
export function compareKeys(a: readonly number[], b: readonly number[]): number {
  // An index in place of an iterator: this is called ten thousand times for one search.
  for (let at = 0; at < a.length; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
