import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { sharePathFault } from "../../shared/mod.ts";
import { Dice } from "../../tests/support/dice.ts";
import { Collection, folderFiles, type LoadFile } from "./collection.ts";
import { scripts, Vocabulary } from "./vocabulary.ts";

const vocabulary = new Vocabulary();
const collection = new Collection(1, vocabulary);

/** What some peers share. */
function someFiles(peers: number, folders: number): LoadFile[][] {
  return Array.from(
    { length: peers },
    (_, peer) =>
      Array.from({ length: folders }, (_, number) => collection.folder(peer, number)).flat(),
  );
}

Deno.test("Collection makes the same files for the same seed, and others for another one", () => {
  assertEquals(new Collection(1, new Vocabulary()).folder(7, 3), collection.folder(7, 3));
  assertNotEquals(new Collection(2, vocabulary).folder(7, 3), collection.folder(7, 3));
});

Deno.test("Collection names files so that SHARE takes them, each path of a peer once", () => {
  for (const files of someFiles(30, 40)) {
    assertEquals(files.length, 40 * folderFiles);
    assertEquals(new Set(files.map(({ path }) => path)).size, files.length);
    for (const { path, size, id, modified } of files) {
      assertEquals([sharePathFault(path), path], [undefined, path]);
      assert(
        Number.isSafeInteger(size) && Number.isSafeInteger(modified) && /^[0-9a-f]{64}$/.test(id),
      );
    }
  }
});

Deno.test("Collection lets several peers have the same content, and most have their own", () => {
  const files = someFiles(60, 20).flat();
  const different = new Set(files.map(({ id }) => id)).size / files.length;
  assert(different > 0.7 && different < 0.99, `${different} of all files are different`);
});

Deno.test("Vocabulary has words of every script, some of which are in many names", () => {
  const names = someFiles(50, 20).flat().map(({ path }) => path.slice(path.lastIndexOf("/")));
  const tests = [
    ...[/\p{Script=Latin}/u, /[éàüñøåžğ]/, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u],
    ...[/\p{Script=Han}/u, /[\p{Script=Hiragana}\p{Script=Katakana}]/u, /\p{Script=Arabic}/u],
  ];
  assertEquals(tests.length, scripts.length);
  for (const test of tests) {
    const share = names.filter((name) => test.test(name)).length / names.length;
    assert(share > 0.01, `${test} is in ${share} of all names`);
  }
  const common = vocabulary.wordOfRank("latin", new Dice(1), 0, Number.EPSILON);
  const share = names.filter((name) => name.includes(common)).length / names.length;
  assert(share > 0.02 && share < 0.5, `"${common}" is in ${share} of all names`);
});
