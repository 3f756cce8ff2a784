import { assert, assertEquals } from "@std/assert";
import { fold, limits, nameOf } from "../../shared/mod.ts";
import { searchTerms, tierOf } from "../../tracker/index/search_terms.ts";
import { Collection } from "./collection.ts";
import { searchKinds, SearchMix, searchShares } from "./search_mix.ts";
import { Vocabulary } from "./vocabulary.ts";

const vocabulary = new Vocabulary();
const collection = new Collection(1, vocabulary);
const [peers, folders] = [20, 10];
const mix = new SearchMix(1, { collection, vocabulary, peers, folders });
const searches = Array.from({ length: 2000 }, (_, number) => mix.search(number));

Deno.test("SearchMix makes the same searches again, each kind as often as it is said", () => {
  assertEquals(mix.search(17), searches[17]);
  assertEquals(Object.values(searchShares).reduce((sum, share) => sum + share, 0), 100);
  for (const kind of searchKinds) {
    const count = searches.filter((search) => search.kind === kind).length;
    const expected = searchShares[kind] * 20;
    assert(Math.abs(count - expected) < 0.5 * expected, `${count} searches are ${kind}`);
  }
});

Deno.test("SearchMix asks what a tracker takes", () => {
  for (const { text, bytes } of searches) {
    assert(new TextEncoder().encode(text).length <= limits.searchBytes && text.trim() !== "");
    assert(searchTerms(text).words.length > 0);
    assertEquals(bytes.at(-1), 10);
  }
});

Deno.test("SearchMix finds rare names and phrases, and not what is missing", () => {
  const names = Array.from(
    { length: peers * folders },
    (_, at) => collection.folder(at % peers, Math.floor(at / peers)),
  ).flat()
    .map(({ path }) => fold(nameOf(path)));
  const isFound = (text: string): boolean => {
    const terms = searchTerms(text);
    return names.some((name) => tierOf(name, terms) !== undefined);
  };
  for (const { kind, text } of searches.slice(0, 300)) {
    if (kind === "rare" || kind === "phrase") assert(isFound(text), `${kind}: ${text}`);
    if (kind === "missing") assert(!isFound(text), text);
  }
});
