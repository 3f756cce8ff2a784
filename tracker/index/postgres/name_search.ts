import { fold, hasControlCharacter } from "../../../shared/mod.ts";
import type { Ranked } from "../cut_page.ts";
import type { SearchQuery } from "../file_index.ts";
import { candidatesPerTier, RankedNames } from "../ranked_names.ts";
import {
  beyond,
  findsFolders,
  type SearchTerms,
  searchTerms,
  type Tier,
  tierOf,
} from "../search_terms.ts";
import type { Fragment, Transaction } from "./connections.ts";
import { allOf, isOpen } from "./visibility.ts";

/** An entry whose name may fit, with how many have it. */
interface Candidate {
  serial: number;
  folded: string;
  sources: number;
  newest: number;
}

/** A search for names: the database finds what may fit, and here it is judged how well. */
export class NameSearch {
  readonly #sql: Transaction;
  readonly #query: SearchQuery;
  readonly #terms: SearchTerms;

  /** @throws {LanyardError} `too-many` if the text has too many words. */
  constructor(sql: Transaction, query: SearchQuery) {
    this.#sql = sql;
    this.#query = query;
    this.#terms = searchTerms(query.text);
  }

  /**
   * The entries that fit, the best first, by tier, sources, age and serial number; as many as are
   * needed for a page and for the total.
   *
   * @param after the place in this order behind which the page begins
   */
  async ranked(limit: number, after: readonly number[] | undefined): Promise<Ranked<number>[]> {
    const ranked = new RankedNames();
    for (const step of this.#steps()) {
      for (const { serial, folded, sources, newest } of await step.ask()) {
        const tier = step.tier(folded);
        if (tier === undefined) continue;
        ranked.add(tier, serial, sources, newest);
        if (ranked.isFull(tier)) break;
      }
      if (ranked.endStep(limit, after)) break;
    }
    return ranked.found;
  }

  /** What is asked one after the other, the best tiers first. */
  *#steps(): Generator<{
    ask(): Promise<Candidate[]>;
    tier(folded: string): Tier | undefined;
  }> {
    const sql = this.#sql;
    const { words, wholes } = this.#terms;
    const { text, exact = false, type = "" } = this.#query;
    // No name has a control character, and the database takes no text with some of them.
    if (hasControlCharacter(text) || hasControlCharacter(type)) return;
    if (exact) {
      const isText = sql`e.folded = ${fold(text)}`;
      yield { ask: () => this.#candidates([isText], candidatesPerTier), tier: () => 0 };
      return;
    }
    const isWhole = sql`e.folded = any(${wholes}::text[])`;
    const holds = words.map((word) => sql`e.folded like ${`%${escaped(word)}%`}`);
    const judge = (...tiers: Tier[]) => (folded: string): Tier | undefined => {
      const tier = tierOf(folded, this.#terms);
      return tier !== undefined && tiers.includes(tier) ? tier : undefined;
    };
    if (words.length === 0) {
      yield { ask: () => this.#candidates([], candidatesPerTier), tier: judge(0, 1) };
      return;
    }
    yield { ask: () => this.#candidates([isWhole, ...holds], candidatesPerTier), tier: judge(0) };
    yield {
      ask: () =>
        this.#candidates([sql`not ${isWhole}`, this.#begins(), ...holds], candidatesPerTier),
      tier: judge(1),
    };
    yield {
      // Of so many, either tier is full.
      ask: () => this.#candidates([sql`not ${this.#begins()}`, ...holds], 2 * candidatesPerTier),
      tier: judge(2, 3),
    };
  }

  /** Whether a name begins with the text: a range of the names in their order. */
  #begins(): Fragment {
    const sql = this.#sql;
    const ranges = this.#terms.wholes.map((whole) =>
      sql`e.folded >= ${whole} and e.folded < ${beyond(whole)}`
    );
    return sql`(${ranges.reduce((any, one) => sql`${any} or ${one}`)})`;
  }

  async #candidates(conditions: readonly Fragment[], most: number): Promise<Candidate[]> {
    const sql = this.#sql;
    return await sql<Candidate[]>`
      select e.serial, e.folded, seen.sources, seen.newest
      from lanyard.entries e
      cross join lateral (
        select count(distinct c.holder) as sources, max(c.modified) as newest
        from lanyard.copies c join lanyard.sessions s on s.holder = c.holder
        where c.entry = e.serial and not c.partial and ${isOpen(sql, this.#query)}
      ) seen
      where seen.sources > 0 and ${allOf(sql, [...conditions, ...this.#filters()])}
      order by e.serial limit ${most}`;
  }

  #filters(): Fragment[] {
    const sql = this.#sql;
    const { type, minSize, maxSize, id, holders } = this.#query;
    return [
      ...findsFolders(this.#query, this.#terms) ? [] : [sql`e.files is null`],
      ...type === undefined ? [] : [sql`e.type = ${type.toLowerCase()}`],
      ...minSize === undefined ? [] : [sql`e.size >= ${minSize}`],
      ...maxSize === undefined ? [] : [sql`e.size <= ${maxSize}`],
      ...id === undefined ? [] : [sql`e.id = decode(${id}, 'hex')`],
      ...holders === undefined ? [] : [sql`e.serial in (
        select entry from lanyard.copies where holder = any(${[...holders]}::bigint[]))`],
    ];
  }
}

/** A text in a pattern, where each of its characters means itself. */
function escaped(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
