import { assertEquals, assertThrows } from "@std/assert";
import { fold, LanyardError, limits } from "../../shared/mod.ts";
import { searchTerms, tierOf } from "./search_terms.ts";

const permissions = "none";

function words(text: string): string[] {
  return searchTerms(text).words;
}

function tier(name: string, text: string): number | undefined {
  return tierOf(fold(name), searchTerms(text));
}

Deno.test("searchTerms takes words and quoted phrases apart", { permissions }, () => {
  assertEquals(words("two  words"), ["two", "words"]);
  assertEquals(words('"two words" three'), ["two words", "three"]);
  assertEquals(words('one "two""three"'), ["one", "two", "three"]);
  assertEquals(words(""), []);
  assertEquals(words(" \t\n "), []);
  assertEquals(words('"  "'), []);
});

Deno.test("searchTerms folds every word", { permissions }, () => {
  assertEquals(words('ÜBUNG "Große Øre"'), ["ubung", "grosse ore"]);
});

Deno.test("searchTerms takes a quote without a partner as a character", { permissions }, () => {
  assertEquals(words('"'), ['"']);
  assertEquals(words('""'), ['""']);
  assertEquals(words('"open end'), ['"open', "end"]);
  assertEquals(words('5"disk 3"disk'), ['5"disk', '3"disk']);
});

Deno.test(
  "hostile 39: searchTerms leaves %, _, * and operators as they are",
  { permissions },
  () => {
    assertEquals(words("100% a_b *.txt NOT -x (y) a:b"), [
      "100%",
      "a_b",
      "*.txt",
      "not",
      "-x",
      "(y)",
      "a:b",
    ]);
  },
);

Deno.test("hostile 39: searchTerms refuses more words than the limit", { permissions }, () => {
  const most = Array.from({ length: limits.searchWords }, (_, n) => `w${n}`);
  assertEquals(words(most.join(" ")), most);
  assertEquals(words("w ".repeat(limits.searchWords)), ["w"]);
  const error = assertThrows(() => words("w ".repeat(limits.searchWords + 1)), LanyardError);
  assertEquals([error.code, error.fatal], ["too-many", false]);
});

Deno.test("hostile 39: searchTerms is quick on texts made of quotes", { permissions }, () => {
  assertEquals(words('"'.repeat(limits.searchBytes)), ['"'.repeat(limits.searchBytes)]);
});

Deno.test("tierOf tells exact, prefix, word start, anywhere and nothing apart", {
  permissions,
}, () => {
  assertEquals(tier("Plan.txt", "plan.txt"), 0);
  assertEquals(tier("plan.txt", "plan"), 1);
  assertEquals(tier("my plan.txt", "plan"), 2);
  assertEquals(tier("airplane.txt", "plan"), 3);
  assertEquals(tier("other.txt", "plan"), undefined);
});

Deno.test("tierOf lets a word start anywhere but behind a letter or digit", { permissions }, () => {
  for (const name of ["x-b", "x_b", "x.b", "(b)", "x b"]) assertEquals(tier(name, "b"), 2, name);
  for (const name of ["xb", "8b", "éb"]) assertEquals(tier(name, "b"), 3, name);
});

Deno.test("tierOf looks for a word start beyond the first occurrence", { permissions }, () => {
  assertEquals(tier("aplan of my plan", "plan"), 2);
  assertEquals(tier("xaa a", "a"), 2);
});

Deno.test("tierOf wants every word, and every one at a word start", { permissions }, () => {
  assertEquals(tier("holiday photo", "photo holi"), 2);
  assertEquals(tier("holiday photo", "photo day"), 3);
  assertEquals(tier("holiday photo", "photo nights"), undefined);
});

Deno.test("tierOf knows a name again that has quotes or double spaces", { permissions }, () => {
  assertEquals(tier('the "one"  name', 'the "one"  name'), 0);
  assertEquals(tier('the "one"  name.txt', 'the "one"  name'), 1);
  assertEquals(tier("one name", '"one name"'), 0);
});

Deno.test("tierOf has every name begin with an empty text", { permissions }, () => {
  assertEquals(tier("anything", ""), 1);
});
