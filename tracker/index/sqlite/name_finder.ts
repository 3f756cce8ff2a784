import { fold, hasControlCharacter } from "../../../shared/mod.ts";
import type { SearchQuery } from "../file_index.ts";
import {
  type Copied,
  type FoundNames,
  longestGram,
  type NameSegment,
  nameStart,
  Pattern,
  wholeName,
} from "../names/mod.ts";
import { findsFolders, type SearchTerms, searchTerms, type Tier, tierOf } from "../search_terms.ts";
import { type Database, firstFetch, mostFetch, nextFetch, type Value } from "./database.ts";
import type { Lookup } from "./lookup.ts";
import { type Sight, sightColumns } from "./rows.ts";
import { Visibility } from "./visibility.ts";

/** An entry whose name fits a text, and how well. */
export interface Candidate extends Copied {
  tier: Tier;
  serial: number;
}

/** Says the tier of a folded name, if it is wanted. */
type Judge = (name: string) => Tier | undefined;

/** Some of what fits. */
export interface Step {
  found: Iterable<Candidate>;
  /** Whether the best may come last; otherwise it is enough to look until one tier is full. */
  isMixed: boolean;
}

/** The sessions whose files are wanted. */
export interface Among {
  visible: Visibility;
  /** Whether they have so little that it is soon looked through. */
  haveLittle: boolean;
}

/** What is sooner looked at one by one than searched for. */
export const little = 3000;
/** Of so many numbers one has to be wanted so that all are looked at: copies have numbers, too. */
const dense = 8;

/**
 * Finds the entries whose names fit a text: first those that are the text, then those that begin
 * with it, then all others, each time as far as they are wanted.
 */
export class NameFinder {
  readonly #database: Database;
  readonly #lookup: Lookup;
  readonly #query: SearchQuery;
  readonly #among: Among;
  readonly #terms: SearchTerms;
  /** What names must have, beyond what they are found by. */
  readonly #parts: readonly Pattern[];
  readonly #findsFolders: boolean;
  /** Whether more is asked than the names tell. */
  readonly #isFiltered: boolean;

  /**
   * @param lookup of all entries
   * @param among whose copies count; the query's audience and holders do not
   * @throws {LanyardError} `too-many` if the text has too many words.
   */
  constructor(database: Database, lookup: Lookup, query: SearchQuery, among: Among) {
    this.#database = database;
    this.#lookup = lookup;
    this.#query = query;
    this.#among = among;
    this.#terms = searchTerms(query.text);
    const words = query.exact === true ? [] : this.#terms.words;
    this.#parts = words.filter((word) => word.length > longestGram).map((word) =>
      new Pattern(word)
    );
    this.#findsFolders = findsFolders(query, this.#terms);
    const { id, type, minSize, maxSize } = query;
    this.#isFiltered = [id, type, minSize, maxSize].some((filter) => filter !== undefined);
  }

  /** The steps, the best tiers first. */
  *steps(): Generator<Step> {
    const { words, wholes } = this.#terms;
    if (this.#query.exact === true) {
      const folded = fold(this.#query.text);
      const found = this.#having([wholeName(folded)], (name) => name === folded ? 0 : undefined);
      yield { found, isMixed: false };
      return;
    }
    // No name has a control character, but what stands for the end of one is such a character.
    if (words.some(hasControlCharacter)) return;
    const few = this.#few();
    if (few !== undefined) {
      yield { found: few, isMixed: true };
      return;
    }
    if (words.length > 0) {
      yield { found: this.#only(0, wholes.map(wholeName)), isMixed: false };
      yield { found: this.#only(1, wholes.map(nameStart)), isMixed: false };
    }
    yield { found: this.#having(words, (name) => this.#lateTier(name)), isMixed: false };
  }

  /** The tier of a name that the other steps have not named yet. */
  #lateTier(name: string): Tier | undefined {
    const tier = tierOf(name, this.#terms);
    return this.#terms.words.length > 0 && (tier === 0 || tier === 1) ? undefined : tier;
  }

  /** What is of one tier, once although it may be found by several texts. */
  *#only(tier: Tier, texts: readonly string[]): Generator<Candidate> {
    const seen = new Set<number>();
    const judge: Judge = (name) => tierOf(name, this.#terms) === tier ? tier : undefined;
    for (const text of texts) {
      for (const found of this.#having([text], judge)) {
        if (texts.length > 1 && seen.has(found.serial)) continue;
        if (texts.length > 1) seen.add(found.serial);
        yield found;
      }
    }
  }

  /** All there can be, where the content or the session leaves little. */
  #few(): Candidate[] | undefined {
    const judge: Judge = (name) => tierOf(name, this.#terms);
    const { id } = this.#query;
    const withId = id === undefined ? undefined : this.#lookup.withId(id, little + 1);
    if (withId !== undefined && withId.length <= little) {
      return judged(this.#lookUp(withId.sort((a, b) => a - b)), judge);
    }
    if (!this.#among.haveLittle) return undefined;
    return judged(
      this.#see("copies cross join entries on entries.serial = copies.entry", "true", []),
      judge,
    );
  }

  /**
   * Entries whose names have some texts.
   *
   * @param judge the tier of a name, if it has them: the index of names finds others as well
   */
  *#having(texts: readonly string[], judge: Judge): Generator<Candidate> {
    for (const part of inParts(this.#lookup.names.find(texts))) {
      yield* this.#isFiltered ? this.#seeFiltered(part, judge) : this.#seeOpen(part, judge);
    }
  }

  /** What the names say is believed; the rest is looked up. */
  #seeOpen(part: FoundNames[], judge: Judge): Candidate[] {
    const { visible } = this.#among;
    const found: Candidate[] = [];
    const unknown = new Map<number, { tier: Tier; segment: NameSegment; number: number }>();
    for (const { segment, numbers } of part) {
      for (const number of numbers) {
        if (!this.#parts.every((part) => segment.has(number, part))) continue;
        const tier = judge(segment.name(number));
        if (tier === undefined) continue;
        if (segment.isFolder(number) && !this.#findsFolders) continue;
        const serial = segment.serial(number);
        const copies = this.#copies(segment, number);
        if (copies === undefined) unknown.set(serial, { tier, segment, number });
        else if (copies.sources > 0) found.push({ tier, serial, ...copies });
      }
    }
    for (const [serial, sources, newest] of this.#lookUp([...unknown.keys()])) {
      const one = unknown.get(serial);
      if (one === undefined) continue;
      found.push({ tier: one.tier, serial, sources, newest });
      if (visible === Visibility.all) one.segment.noteCopies(one.number, { sources, newest });
    }
    // What is known is to make no difference: of a tier that is full the last ones are left out.
    return found.sort((a, b) => a.serial - b.serial);
  }

  /** The copies of an entry that count, as far as they are known without the database. */
  #copies(segment: NameSegment, number: number): Copied | undefined {
    const { visible } = this.#among;
    const holder = segment.holder(number);
    if (holder !== undefined && !visible.has(holder)) return { sources: 0, newest: 0 };
    const isSure = holder !== undefined || visible === Visibility.all;
    return isSure ? segment.copies(number) : undefined;
  }

  /** Few pass the filters, so only their names are looked at. */
  #seeFiltered(part: FoundNames[], judge: Judge): Candidate[] {
    const serials = part.flatMap(({ segment, numbers }) =>
      Array.from(numbers, (number) => segment.serial(number))
    );
    return judged(this.#lookUp(serials), judge);
  }

  /** Entries with some ascending serial numbers; if most are wanted, also those in between. */
  #lookUp(serials: readonly number[]): Sight[] {
    const [first, last] = [serials[0], serials.at(-1)];
    if (first === undefined || last === undefined) return [];
    return last - first < dense * serials.length
      ? this.#see(withCopies, "entries.serial between ? and ?", [first, last])
      : this.#see(withCopies, "entries.serial in (select value from json_each(?))", [
        JSON.stringify(serials),
      ]);
  }

  /** Entries as they are seen, as far as they pass the filters. */
  #see(from: string, where: string, wanted: readonly Value[]): Sight[] {
    const { visible } = this.#among;
    const held = `partial = 0 and ${visible.condition}`;
    const values = [...visible.values, ...wanted];
    return this.#database.lists<Sight>(
      `select ${sightColumns(held)} from ${from} where ${where} and ${this.#filters(values)}
         and ${held} group by entries.serial`,
      ...values,
      ...visible.values,
    );
  }

  /** The condition that an entry passes the filters, whose values are added to others. */
  #filters(values: Value[]): string {
    const { id, type, minSize, maxSize } = this.#query;
    const filters = [this.#findsFolders ? "true" : "files is null"];
    const filter = (condition: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      filters.push(condition);
      values.push(value);
    };
    filter("id = unhex(?)", id);
    filter("type = ?", type?.toLowerCase());
    filter("size >= ?", minSize);
    filter("size <= ?", maxSize);
    return filters.join(" and ");
  }
}

/** Those of some entries whose names are wanted. */
function judged(sights: readonly Sight[], judge: Judge): Candidate[] {
  return sights.flatMap(([serial, sources, newest, name]) => {
    const tier = judge(fold(name));
    return tier === undefined ? [] : [{ tier, serial, sources, newest }];
  });
}

const withCopies = "entries cross join copies on copies.entry = entries.serial";

/** Names many at a time: at first as many as mostly do, then few, and more if those are in vain. */
function* inParts(found: Iterable<FoundNames>): Generator<FoundNames[]> {
  let part: FoundNames[] = [];
  let [left, size] = [firstFetch, nextFetch];
  for (const { segment, numbers } of found) {
    for (let from = 0; from < numbers.length;) {
      const some = numbers.subarray(from, from + left);
      part.push({ segment, numbers: some });
      from += some.length;
      left -= some.length;
      if (left > 0) continue;
      yield part;
      part = [];
      [left, size] = [size, Math.min(mostFetch, 2 * size)];
    }
  }
  if (part.length > 0) yield part;
}
