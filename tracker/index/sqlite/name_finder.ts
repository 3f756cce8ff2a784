import { fold, hasControlCharacter } from "../../../shared/mod.ts";
import type { Holder, SearchQuery } from "../file_index.ts";
import {
  beyond,
  findsFolders,
  type SearchTerms,
  searchTerms,
  type Tier,
  tierOf,
} from "../search_terms.ts";
import { type Database, firstFetch, nextFetch, type Value, type Walk } from "./database.ts";
import { pairQuery } from "./pairs.ts";
import { type Sight, sightColumns } from "./rows.ts";
import { heldBy, valuesOf } from "./visibility.ts";

/** An entry whose name fits a text, and how well. */
export interface Candidate extends Sight {
  tier: Tier;
}

/** Some of what fits. */
export interface Step {
  found: Iterable<Candidate>;
  /** Whether the best may come last; otherwise it is enough to look until one tier is full. */
  isMixed: boolean;
}

/** The sessions whose files are wanted. */
export interface Among {
  /** All if missing. */
  holders: readonly Holder[] | undefined;
  /** Whether they have so little that it is soon looked through. */
  haveLittle: boolean;
}

/** The order of what is seen: by columns that are a key. */
interface Order extends Omit<Walk<Sight>, "values"> {
  columns: string;
}

/** What is sooner looked at one by one than searched for. */
export const little = 3000;
/** Characters from which on a text has trigrams. */
const trigram = 3;
/** Names looked at to see whether a character is in many of them. */
const sample = 2000;
/** Of these, how many make a character so frequent that looking on is the fastest way. */
const frequent = 40;
/** Texts of three or two characters that names are found by: more find hardly less, but later. */
const mostTexts = 12;
/** How many times as many matches are asked for next. */
const moreMatches = 3;

/**
 * Finds the entries whose names fit a text: first those that are the text, then those that begin
 * with it, then all others, each time as far as they are wanted.
 */
export class NameFinder {
  readonly #database: Database;
  readonly #query: SearchQuery;
  readonly #among: Among;
  readonly #terms: SearchTerms;

  /**
   * @param among whose copies count; the query's audience and holders do not
   * @throws {LanyardError} `too-many` if the text has too many words.
   */
  constructor(database: Database, query: SearchQuery, among: Among) {
    this.#database = database;
    this.#query = query;
    this.#among = among;
    this.#terms = searchTerms(query.text);
  }

  /** The steps, the best tiers first. */
  *steps(): Generator<Step> {
    const { words, wholes } = this.#terms;
    if (this.#query.exact === true) {
      yield { found: this.#exact(fold(this.#query.text)), isMixed: false };
      return;
    }
    // No name has a control character, but what stands for the end of one is such a character.
    if (words.some(hasControlCharacter)) return;
    const few = this.#few();
    if (few !== undefined) {
      yield { found: this.#judge(few), isMixed: true };
      return;
    }
    if (words.length > 0) {
      yield { found: this.#only(0, wholes, (whole) => this.#named(whole)), isMixed: false };
      yield { found: this.#only(1, wholes, (whole) => this.#beginning(whole)), isMixed: false };
    }
    yield { found: this.#rest(words), isMixed: false };
  }

  *#exact(folded: string): Generator<Candidate> {
    for (const sight of this.#named(folded)) yield { tier: 0, ...sight };
  }

  #named(folded: string): Iterable<Sight> {
    return this.#see("folded = ?", [folded]);
  }

  #beginning(whole: string): Iterable<Sight> {
    return this.#see("folded < ?", [beyond(whole)], {
      columns: "folded, entries.serial",
      behind: [whole, Number.MAX_SAFE_INTEGER],
      keyOf: ({ folded, serial }) => [folded, serial],
    });
  }

  /** What the other steps have not named yet. */
  *#rest(words: readonly string[]): Generator<Candidate> {
    for (const candidate of this.#judge(this.#containing(words))) {
      if (candidate.tier > 1 || words.length === 0) yield candidate;
    }
  }

  /** All there can be, where the content or the session leaves little. */
  #few(): Iterable<Sight> | undefined {
    const from = this.#hasFewNames()
      ? "entries cross join copies"
      : this.#among.haveLittle
      ? "copies cross join entries"
      : undefined;
    if (from === undefined) return undefined;
    const values: Value[] = [];
    return this.#database.all<Sight>(
      `select ${sightColumns} from ${from} on entries.serial = copies.entry
       where ${this.#filters(values)} group by entries.serial`,
      ...values,
    );
  }

  /** Whether one content is wanted, which has as few names as are soon looked through. */
  #hasFewNames(): boolean {
    const { id } = this.#query;
    if (id === undefined) return false;
    const sql = `select 1 from entries where id = unhex(?) limit ${little + 1}`;
    return this.#database.all(sql, id).length <= little;
  }

  /** Names that have all of the words. */
  #containing(words: readonly string[]): Iterable<Sight> {
    const long = words.filter((word) => [...word].length >= trigram);
    if (long.length > 0) return this.#matching("names", trigramQuery(long));
    const pairs = words.filter((word) => [...word].length === 2).slice(0, mostTexts);
    if (pairs.length > 0) return this.#matching("pairs", pairs.map(pairQuery).join(" "));
    const rare = words.find((word) => !this.#isFrequent(word));
    if (rare !== undefined) return this.#matching("pairs", pairQuery(rare));
    return this.#see(this.#hasWords(), words);
  }

  /**
   * What an index of texts finds. It goes through all it has found before to find more, so the
   * numbers alone come from there, each time several times as many.
   */
  *#matching(table: "names" | "pairs", query: string): Generator<Sight> {
    for (let behind = -1, size = firstFetch;; size *= moreMatches) {
      const matches = this.#database.all<{ serial: number }>(
        `select rowid as serial from ${table} where ${table} match ? and rowid > ?
         order by rowid limit ?`,
        ...[query, behind, size],
      ).map(({ serial }) => serial);
      for (let at = 0, end = firstFetch; at < matches.length; at = end, end += nextFetch) {
        yield* this.#seeAgain(matches.slice(at, end));
      }
      if (matches.length < size) return;
      behind = matches.at(-1) ?? behind;
    }
  }

  /** Of some entries those that have all of the words: an index of texts finds others as well. */
  #seeAgain(serials: readonly number[]): Sight[] {
    const values: Value[] = [JSON.stringify(serials), ...this.#terms.words];
    return this.#database.all<Sight>(
      `select ${sightColumns} from entries cross join copies on copies.entry = entries.serial
       where entries.serial in (select value from json_each(?))
         and ${this.#hasWords()} and ${this.#filters(values)}
       group by entries.serial`,
      ...values,
    );
  }

  /** Entries as they are seen, in some order, as far as they pass the filters. */
  #see(
    where: string,
    wanted: readonly Value[],
    { columns, behind, keyOf }: Order = bySerial,
  ): Iterable<Sight> {
    const values = [...wanted];
    const filters = this.#filters(values);
    return this.#database.each<Sight>(
      `select ${sightColumns} from entries cross join copies on copies.entry = entries.serial
       where ${where} and ${filters} and (${columns}) > (${behind.map(() => "?")})
       group by ${columns} order by ${columns}`,
      { values, behind, keyOf },
    );
  }

  /** The condition that a name has all of the words, which are its values. */
  #hasWords(): string {
    return this.#terms.words.map(() => "instr(entries.folded, ?) > 0").join(" and ") || "true";
  }

  /** The condition that a copy passes the filters, whose values are added to others. */
  #filters(values: Value[]): string {
    const { id, type, minSize, maxSize } = this.#query;
    const { holders } = this.#among;
    const filters = ["partial = 0"];
    if (!findsFolders(this.#query, this.#terms)) filters.push("files is null");
    const filter = (condition: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      filters.push(condition);
      values.push(value);
    };
    filter("id = unhex(?)", id);
    filter("type = ?", type?.toLowerCase());
    filter("size >= ?", minSize);
    filter("size <= ?", maxSize);
    values.push(...valuesOf(holders));
    return [...filters, heldBy(holders)].join(" and ");
  }

  /** To find all names with a frequent character by their pairs takes longer than to look at them. */
  #isFrequent(character: string): boolean {
    const { hits } = this.#database.get<{ hits: number }>(
      `select count(*) as hits from (select folded from entries order by serial limit ${sample})
       where instr(folded, ?) > 0`,
      character,
    ) ?? { hits: 0 };
    return hits >= frequent;
  }

  /** What is of one tier, once although it may be found by several texts. */
  *#only(
    tier: Tier,
    wholes: readonly string[],
    find: (whole: string) => Iterable<Sight>,
  ): Generator<Candidate> {
    const seen = new Set<number>();
    for (const whole of wholes) {
      for (const candidate of this.#judge(find(whole))) {
        if (candidate.tier !== tier || seen.has(candidate.serial)) continue;
        if (wholes.length > 1) seen.add(candidate.serial);
        yield candidate;
      }
    }
  }

  *#judge(sights: Iterable<Sight>): Generator<Candidate> {
    for (const sight of sights) {
      const tier = tierOf(sight.folded, this.#terms);
      if (tier !== undefined) yield { tier, ...sight };
    }
  }
}

const bySerial: Order = {
  columns: "entries.serial",
  behind: [-1],
  keyOf: ({ serial }) => [serial],
};

/**
 * The query that finds the names with some words, and some others: texts of three characters, from
 * everywhere in the words. Where they stand in a name is not asked: in names that repeat themselves
 * that takes minutes.
 */
function trigramQuery(words: readonly string[]): string {
  const longest = words.toSorted((a, b) => b.length - a.length).slice(0, mostTexts);
  const ofEach = Math.floor(mostTexts / longest.length);
  const texts = longest.flatMap((word) => {
    const characters = [...word];
    const last = characters.length - trigram;
    const count = Math.min(ofEach, last + 1);
    return Array.from({ length: count }, (_, n) => {
      const at = Math.round(n * last / Math.max(1, count - 1));
      return characters.slice(at, at + trigram).join("");
    });
  });
  return [...new Set(texts)].map((text) => `"${text.replaceAll('"', '""')}"`).join(" ");
}
