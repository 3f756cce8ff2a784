import { Revocable } from "../revocable.ts";
import { gramsOf } from "./grams.ts";
import { type Kind, NameSegment, type OnlyCopy } from "./name_segment.ts";
import { manyLists } from "./posting_lists.ts";

/** Names up to which two segments become one: making it takes some milliseconds. */
const mostMerged = 32_768;

/** Names of one segment. */
export interface FoundNames {
  segment: NameSegment;
  /** Their numbers, ascending. */
  numbers: Uint16Array;
}

/**
 * Folded names, found by what is in them. It is in memory. SQLite's FTS5 takes four times as long to
 * add a name, knows no texts of one and two characters, and for a rare word reads all that it has on
 * the common parts of it.
 */
export class NameIndex extends Revocable {
  /** In the order of the serial numbers that are in them. */
  readonly #segments: NameSegment[] = [];

  /** Bytes that names take, beside some of each that are always the same. */
  get room(): number {
    return this.#segments.reduce((sum, { room }) => sum + room, 0);
  }

  /** Adds a name. @param serial larger than those of all others, also of those taken out */
  add(serial: number, name: string, kind: Kind): void {
    let last = this.#segments.at(-1);
    if (last === undefined || last.isFull) this.#segments.push(last = new NameSegment());
    last.add(serial, name, kind);
    this.noteAdded(serial);
  }

  /** Notes a whole copy of what has a name: of most there is one only, which is told at once. */
  hold(serial: number, copy: OnlyCopy): void {
    this.#segments[this.#at(serial)]?.hold(serial, copy);
  }

  /** Notes that something else is to be said of the copies of what has a name, or was, or may be. */
  forgetHolder(serial: number): void {
    this.#segments[this.#at(serial)]?.forgetHolder(serial);
  }

  /** Takes a name out, if it is in here; after `begin` only when that is committed. */
  remove(serial: number): void {
    this.takeWhenCommitted(serial);
  }

  /** Finds the names with all of some texts, and others that have all of what is in these. */
  *find(texts: readonly string[]): Generator<FoundNames> {
    const keys = gramsOf(texts);
    for (const segment of this.#segments) yield { segment, numbers: segment.find(keys) };
  }

  protected override take(serial: number): void {
    const at = this.#at(serial);
    const segment = this.#segments[at];
    if (segment === undefined) return;
    segment.remove(serial);
    if (segment.isSparse) this.#tidy(at, segment);
  }

  #at(serial: number): number {
    return this.#segments.findIndex(({ last }) => last >= serial);
  }

  /** Makes a segment anew without what was taken out, together with one before it if both are small. */
  #tidy(at: number, segment: NameSegment): void {
    if (segment.count === 0) return void this.#segments.splice(at, 1);
    const before = this.#segments[at - 1];
    const isSmall = before !== undefined && before.count + segment.count <= mostMerged &&
      before.lists + segment.lists <= manyLists;
    if (isSmall) this.#segments.splice(at - 1, 2, NameSegment.of([before, segment]));
    else this.#segments[at] = NameSegment.of([segment]);
  }
}
