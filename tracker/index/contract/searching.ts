import { assertEquals, assertRejects } from "@std/assert";
import { LanyardError } from "../../../shared/mod.ts";
import type { SearchQuery } from "../file_index.ts";
import { boundless, file, id } from "./property.ts";
import { fileWithoutId, names, page, type Say, values } from "./saying.ts";

/** What a text finds, and in which order. */
export function saySearching(test: Say): void {
  test("finds names with the last of all characters", async (index) => {
    const found = ["abc\u{10ffff}", "abc\u{10ffff}\u{10ffff}d"];
    await index.put(1, found.map((name, n) => file(name, n)), boundless);
    assertEquals(names(await index.search({ text: "abc" }, page)).toSorted(), found);
  });

  test("ranks exact, prefix, word start, anywhere", async (index) => {
    const ranked = ["plan", "plans.txt", "my plan.txt", "airplane.txt"];
    for (const [at, path] of ranked.toReversed().entries()) {
      await index.put(at, [file(path, at)], boundless);
    }
    assertEquals(names(await index.search({ text: "Plan" }, page)), ranked);
  });

  test("ranks a name first that equals the text to the letter", async (index) => {
    const name = 'a "so" b  c';
    for (const [at, path] of [`${name} d`, `x ${name}`, name].entries()) {
      await index.put(at, [file(path, at)], boundless);
    }
    assertEquals(names(await index.search({ text: name }, page)), [name, `${name} d`, `x ${name}`]);
  });

  test("ranks inside a tier by sources, then newest", async (index) => {
    const shared = file("x 1 shared", 1, { modified: 1 });
    await index.put(1, [file("x 1 old", 2, { modified: 5 }), shared], boundless);
    await index.put(2, [file("x 1 new", 3, { modified: 9 }), shared], boundless);
    assertEquals(names(await index.search({ text: "x" }, page)), [
      "x 1 shared",
      "x 1 new",
      "x 1 old",
    ]);
  });

  test("ranks by sessions, not by copies", async (index) => {
    await index.put(1, [1, 2, 3].map((n) => file(`${n}/x many copies`, 1)), boundless);
    for (const holder of [2, 3]) await index.put(holder, [file("x two sources", 2)], boundless);
    assertEquals(names(await index.search({ text: "x" }, page)), [
      "x two sources",
      "x many copies",
    ]);
    assertEquals(values(await index.search({ text: "many" }, page))[0]?.holders, [1]);
  });

  test("ranks by what sessions have now", async (index) => {
    const [one, other] = [file("x one", 1), file("x other", 2)];
    const ranks = async (...best: string[]): Promise<void> =>
      assertEquals(names(await index.search({ text: "x" }, page)), best);
    for (const holder of [1, 2, 3]) await index.put(holder, [one], boundless);
    for (const holder of [1, 2]) await index.put(holder, [other], boundless);
    await ranks("x one", "x other");
    for (const holder of [4, 5]) await index.put(holder, [other], boundless);
    await ranks("x other", "x one");
    for (const holder of [1, 2]) await index.remove(holder, [other.path]);
    await ranks("x one", "x other");
    index.hide(1);
    index.hide(2);
    await ranks("x other", "x one");
    index.show(2);
    index.show(1);
    for (const holder of [2, 3]) await index.drop(holder);
    await ranks("x other", "x one");
    for (const holder of [4, 5]) {
      await index.put(holder, [file("x other", 2, { partial: true })], boundless);
    }
    await ranks("x one");
  });

  test("finds every word in any order, and phrases in quotes", async (index) => {
    await index.put(1, [file("holiday photo 2024.jpg", 1), file("photo of a holiday.jpg", 2)], 9);
    const search = async (text: string): Promise<string[]> =>
      names(await index.search({ text }, page)).sort();
    assertEquals((await search("photo holiday")).length, 2);
    assertEquals(await search('"holiday photo"'), ["holiday photo 2024.jpg"]);
    assertEquals(await search("photo missing"), []);
    assertEquals(await search("hol 2024"), ["holiday photo 2024.jpg"]);
  });

  test("finds names whatever their case, marks and composition", async (index) => {
    await index.put(1, [file("Übung Straße.txt", 1)], boundless);
    for (const text of ["übung", "UBUNG", "U\u0308bung", "strasse", "STRASSE"]) {
      assertEquals(names(await index.search({ text }, page)), ["Übung Straße.txt"], text);
    }
    assertEquals(
      names(await index.search({ text: "ubung strasse.txt", exact: true }, page)).length,
      1,
    );
  });

  test("hostile 39: reads no character of a text as syntax", async (index) => {
    const odd = ["100%.txt", "a_b.txt", "x*y.txt", `it's "so".txt`, "a AND b.txt", "[x](y)?.txt"];
    await index.put(1, odd.map((path, n) => file(path, n)), boundless);
    const found = async (text: string): Promise<string[]> =>
      names(await index.search({ text }, page));
    assertEquals(await found("%"), ["100%.txt"]);
    assertEquals(await found("_"), ["a_b.txt"]);
    assertEquals(await found("*"), ["x*y.txt"]);
    assertEquals(await found("'"), [`it's "so".txt`]);
    assertEquals(await found(`"`), [`it's "so".txt`]);
    assertEquals(await found(`it's "so".txt`), [`it's "so".txt`]);
    assertEquals(await found("AND"), ["a AND b.txt"]);
    assertEquals(await found("OR"), []);
    assertEquals(await found("[x](y)?"), ["[x](y)?.txt"]);
    assertEquals(await found("'; drop table files; --"), []);
    assertEquals((await found(".")).sort(), odd.toSorted());
    for (const text of ["a%t", "a*t", "a_txt", "^", "$", "\\", "%00"]) {
      assertEquals(await found(text), [], text);
    }
  });

  test("hostile 39: answers short, empty and long texts", async (index) => {
    await index.put(1, [file("ab.txt", 1), file("zz.txt", 2)], boundless);
    const count = async (text: string): Promise<number> =>
      values(await index.search({ text }, page)).length;
    assertEquals(await count(""), 2);
    assertEquals(await count("   "), 2);
    assertEquals(await count("a"), 1);
    assertEquals(await count("ab"), 1);
    assertEquals(await count("x".repeat(1024)), 0);
    assertEquals(await count("t ".repeat(32)), 2);
    const error = await assertRejects(
      () => index.search({ text: "t ".repeat(33) }, page),
      LanyardError,
    );
    assertEquals(error.code, "too-many");
  });

  test("finds exact names only when asked to", async (index) => {
    await index.put(1, [file("plan", 1), file("Plan", 2), file("plan b", 3)], boundless);
    assertEquals(names(await index.search({ text: "PLAN", exact: true }, page)).sort(), [
      "Plan",
      "plan",
    ]);
    assertEquals(names(await index.search({ text: "", exact: true }, page)), []);
    assertEquals(names(await index.search({ text: "b plan", exact: true }, page)), []);
  });

  test("filters by type, size, content and session", async (index) => {
    const small = file("a.txt", 1, { size: 10 });
    await index.put(1, [small, file("a.jpg", 2, { size: 20 })], boundless);
    await index.put(2, [small, file("no extension", 3, { size: 30 })], boundless);
    const found = async (query: Omit<SearchQuery, "text">): Promise<string[]> =>
      names(await index.search({ text: "", ...query }, page)).sort();
    assertEquals(await found({ type: "jpg" }), ["a.jpg"]);
    assertEquals(await found({ type: "JPG" }), ["a.jpg"]);
    assertEquals(await found({ type: "" }), ["no extension"]);
    assertEquals(await found({ minSize: 20 }), ["a.jpg", "no extension"]);
    assertEquals(await found({ maxSize: 20 }), ["a.jpg", "a.txt"]);
    assertEquals(await found({ minSize: 20, maxSize: 20 }), ["a.jpg"]);
    assertEquals(await found({ minSize: 21, maxSize: 20 }), []);
    assertEquals(await found({ id: id(3) }), ["no extension"]);
    assertEquals(await found({ holders: [2] }), ["a.txt", "no extension"]);
    assertEquals(await found({ holders: [] }), []);
    assertEquals(values(await index.search({ text: "a.txt", holders: [2] }, page))[0]?.holders, [
      2,
    ]);
  });

  test("takes the type that a session says, in lower case", async (index) => {
    await index.put(1, [{ ...fileWithoutId("song"), type: "MP3" }], boundless);
    assertEquals(values(await index.search({ text: "", type: "mp3" }, page))[0]?.type, "mp3");
  });
}
