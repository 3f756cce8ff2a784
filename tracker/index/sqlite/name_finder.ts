import { fold, hasControlCharacter } from "../../../shared/mod.ts";
import type { Holder, SearchQuery } from "../file_index.ts";
import { type SearchTerms, searchTerms, type Tier, tierOf } from "../search_terms.ts";
import type { Database } from "./database.ts";
import { pairQuery } from "./pairs.ts";
import { type Look, lookColumns } from "./rows.ts";

/** An entry whose name fits a text: how well it fits, and a look at each of its copies. */
export interface Candidate {
  tier: Tier;
  first: Look;
  looks: readonly Look[];
}

/** Some of what fits. */
export interface Step {
  found: Iterable<Candidate>;
  /** Whether the best may come last; otherwise it is enough to look until one tier is full. */
  isMixed: boolean;
}

/** Characters from which on a text has trigrams. */
const trigram = 3;
/** Names looked at to see whether a character is in many of them. */
const sample = 2000;
/** Of these, how many make a character so frequent that looking on is the fastest way. */
const frequent = 40;
/** Texts of three or two characters that names are found by: more find hardly less, but later. */
const mostTexts = 12;
/** Greater than everything that begins with the text before it. */
const beyond = "\u{10ffff}";

/**
 * Finds the entries whose names fit a text: first those that are the text, then those that begin
 * with it, then all others, each time as far as they are wanted. Filters by content are heeded; of
 * those by session some are, to look at less, and whoever asks has to heed them and all others.
 */
export class NameFinder {
  readonly #database: Database;
  readonly #query: SearchQuery;
  readonly #among: readonly Holder[] | undefined;
  readonly #terms: SearchTerms;

  /**
   * @param among the sessions whose copies are looked at; all if missing
   * @throws {LanyardError} `too-many` if the text has too many words.
   */
  constructor(database: Database, query: SearchQuery, among?: readonly Holder[]) {
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
    for (const looks of groups(this.#named(folded))) yield { tier: 0, ...looks };
  }

  #named(folded: string): Iterable<Look> {
    const { id } = this.#query;
    if (id === undefined) {
      return this.#looks("entries", "folded = ?", "entries.serial", folded);
    }
    return this.#looks("entries", "folded = ? and id = unhex(?)", "entries.serial", folded, id);
  }

  #beginning(whole: string): Iterable<Look> {
    const range = "folded > ? and folded < ?";
    return this.#looks("entries", range, "folded, entries.serial", whole, `${whole}${beyond}`);
  }

  /** What the other steps have not named yet. */
  *#rest(words: readonly string[]): Generator<Candidate> {
    for (const candidate of this.#judge(this.#containing(words))) {
      if (candidate.tier > 1 || words.length === 0) yield candidate;
    }
  }

  /** All there can be, where the content or the session leaves little. */
  #few(): Iterable<Look> | undefined {
    const { id, holders } = this.#query;
    if (id !== undefined) {
      return this.#looks("entries", "id = unhex(?)", "entries.serial", id);
    }
    const isIndexed = this.#terms.words.some((word) => [...word].length >= trigram);
    if (holders === undefined || isIndexed) return undefined;
    return this.#heldBy(holders);
  }

  #heldBy(holders: readonly Holder[]): Iterable<Look> {
    return this.#database.each<Look>(
      `select ${lookColumns} from copies join entries on entries.serial = copies.entry
       where holder in (select value from json_each(?)) order by entries.serial`,
      JSON.stringify(holders),
    );
  }

  /** Names that have all of the words; some may be there that have not. */
  #containing(words: readonly string[]): Iterable<Look> {
    const long = words.filter((word) => [...word].length >= trigram);
    if (long.length > 0) return this.#matching("names", trigramQuery(long));
    const pairs = words.filter((word) => [...word].length === 2).slice(0, mostTexts);
    if (pairs.length > 0) return this.#matching("pairs", pairs.map(pairQuery).join(" "));
    const rare = words.find((word) => !this.#isFrequent(word));
    if (rare !== undefined) return this.#matching("pairs", pairQuery(rare));
    const all = words.map(() => "instr(entries.folded, ?) > 0").join(" and ") || "true";
    return this.#looks("entries", all, "entries.serial", ...words);
  }

  #matching(table: "names" | "pairs", query: string): Iterable<Look> {
    return this.#looks(
      `${table} join entries on entries.serial = ${table}.rowid`,
      `${table} match ?`,
      `${table}.rowid`,
      query,
    );
  }

  /** Entries with their copies, each entry's together, as far as they pass the filters. */
  #looks(
    tables: string,
    where: string,
    order: string,
    ...values: (string | number)[]
  ): Iterable<Look> {
    const { type, minSize, maxSize } = this.#query;
    const filters = [where];
    const filter = (condition: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      filters.push(condition);
      values.push(value);
    };
    filter("type = ?", type?.toLowerCase());
    filter("size >= ?", minSize);
    filter("size <= ?", maxSize);
    const among = this.#among === undefined ? undefined : JSON.stringify(this.#among);
    filter("holder in (select value from json_each(?))", among);
    return this.#database.each<Look>(
      `select ${lookColumns} from ${tables} cross join copies on copies.entry = entries.serial
       where ${filters.join(" and ")} order by ${order}`,
      ...values,
    );
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
    find: (whole: string) => Iterable<Look>,
  ): Generator<Candidate> {
    const seen = new Set<number>();
    for (const whole of wholes) {
      for (const candidate of this.#judge(find(whole))) {
        const { serial } = candidate.first;
        if (candidate.tier !== tier || seen.has(serial)) continue;
        if (wholes.length > 1) seen.add(serial);
        yield candidate;
      }
    }
  }

  *#judge(looks: Iterable<Look>): Generator<Candidate> {
    for (const { first, looks: all } of groups(looks)) {
      const tier = tierOf(first.folded, this.#terms);
      if (tier !== undefined) yield { tier, first, looks: all };
    }
  }
}

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

/** The looks of each entry, which follow one another. */
function* groups(looks: Iterable<Look>): Generator<Pick<Candidate, "first" | "looks">> {
  let group: Look[] = [];
  for (const look of looks) {
    const [first] = group;
    if (first !== undefined && first.serial !== look.serial) {
      yield { first, looks: group };
      group = [];
    }
    group.push(look);
  }
  const [first] = group;
  if (first !== undefined) yield { first, looks: group };
}
