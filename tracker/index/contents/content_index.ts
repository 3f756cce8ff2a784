import { grown } from "../grown.ts";
import { Revocable } from "../revocable.ts";
import { Chains } from "./chains.ts";
import { keyOfId, type NamedContent } from "./named_content.ts";

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
    this.#byId.add(number, content.byId);
    this.#byAll.add(number, content.byAll);
    this.noteAdded(number);
  }

  /** Takes out what is in here; after `begin` only when that is committed. */
  remove(serial: number, content: NamedContent): void {
    const chains = this.#byAll;
    let number = chains.first(content.byAll);
    while (number !== 0 && this.#serials[number] !== serial) number = chains.next(number);
    if (number !== 0) this.takeWhenCommitted(number);
  }

  /** Entries of some content under any name, and perhaps some others. */
  *withId(id: Uint8Array): Generator<number> {
    const chains = this.#byId;
    for (let number = chains.first(keyOfId(id)); number !== 0; number = chains.next(number)) {
      if (!this.isRemoved(number)) yield this.#serials[number] ?? -1;
    }
  }

  /**
   * The entry of some content under a name.
   *
   * @param isIt whether an entry is the right one: others are asked for, too
   */
  named(content: NamedContent, isIt: (serial: number) => boolean): number | undefined {
    const chains = this.#byAll;
    // The latest mostly comes first: what is replaced again and again is seldom looked at again.
    for (let number = chains.first(content.byAll); number !== 0; number = chains.next(number)) {
      const serial = this.#serials[number] ?? -1;
      if (!this.isRemoved(number) && isIt(serial)) return serial;
    }
    return undefined;
  }

  protected override take(number: number): void {
    this.#byId.remove(number);
    this.#byAll.remove(number);
    this.#free.push(number);
  }
}
