import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { TempFolder } from "../../../tests/support/network.ts";
import { LanyardError, limits, parseSharePath, type SharedFile } from "../../../shared/mod.ts";
import { boundless, describeIndex, file, id } from "../contract/mod.ts";
import type { Holder } from "../file_index.ts";
import { DirectIndex } from "./direct_index.ts";
import { SqliteStore } from "./store.ts";

const most = { mostFiles: limits.filesInTotal };
let made = 0;

describeIndex(
  "SqliteStore",
  () => Promise.resolve(new DirectIndex(new SqliteStore(`store ${made++}`, most))),
);

const small = {
  "there is no room": { mostFiles: boundless, room: 5 * 517 },
  "there are as many as it may hold": { mostFiles: 5 },
};

for (const [when, most] of Object.entries(small)) {
  Deno.test(`hostile 38: SqliteStore refuses files when ${when}`, {
    permissions: "none",
  }, async () => {
    const index = new DirectIndex(new SqliteStore("full", most));
    const refuses = async (...paths: string[]): Promise<void> => {
      const files = paths.map((path, n) => file(path, n));
      const error = await assertRejects(() => index.put(2, files, boundless), LanyardError);
      assertEquals([error.code, index.totals(2).files], ["too-many", 0]);
    };
    await index.put(1, [1, 2, 3, 4, 5].map((n) => file(`${n}`, n)), boundless);
    await index.put(1, [file("5", 6)], boundless);
    await refuses("6");
    await index.remove(1, [parseSharePath("1"), parseSharePath("none")]);
    await index.put(2, [file("6", 6)], boundless);
    await index.drop(2);
    await index.drop(1);
    await refuses("1", "2", "3", "4", "5", "6");
    await index.put(2, [1, 2, 3, 4, 5].map((n) => file(`${n}`, n)), boundless);
  });
}

Deno.test("hostile 38: SqliteStore reckons with long paths", { permissions: "none" }, async () => {
  const index = new DirectIndex(new SqliteStore("full", { mostFiles: boundless, room: 10_000 }));
  const long = file(`${"x".repeat(250)}/`.repeat(15) + "x", 1);
  const error = await assertRejects(() => index.put(1, [long], boundless), LanyardError);
  assertEquals([error.code, index.totals(1).files], ["too-many", 0]);
});

Deno.test("hostile 38: SqliteStore reckons with the folders of parts that become whole", {
  permissions: "none",
}, async () => {
  const room = 10_000;
  const index = new DirectIndex(new SqliteStore("parts", { mostFiles: boundless, room }));
  const path = `${"d/".repeat(limits.foundFolders)}x`;
  await index.put(1, [file(path, 1, { partial: true })], boundless);
  const error = await assertRejects(() => index.put(1, [file(path)], boundless), LanyardError);
  assertEquals(error.code, "too-many");
  await index.put(1, [file(path, 2, { partial: true })], boundless);
});

Deno.test("SqliteStore knows the parts of an earlier run, and of a session that was not dropped", async () => {
  await using temp = new TempFolder();
  const place = join(temp.path, "index");
  const [part, whole] = [file("d/x", 1, { partial: true }), file("d/x")];
  const before = new SqliteStore("before", most, new DatabaseSync(place));
  Array.from(before.put(1, [part], boundless));
  before.close();

  const store = new SqliteStore("after", most, new DatabaseSync(place));
  assertEquals(store.restored().map(({ holder }) => holder), [1]);
  Array.from(store.put(1, [whole], boundless));
  Array.from(store.put(2, [part], boundless));
  store.begin();
  store.hide(2);
  Array.from(store.drop(2));
  store.rollBack();
  Array.from(store.put(2, [whole], boundless));
  for (const holder of [1, 2]) assertEquals(store.holds(holder, { id: id(1), size: 1001 }), true);
  store.close();
});

Deno.test("hostile 38: SqliteStore takes no more room than it reckons with", {
  permissions: "none",
}, async () => {
  const database = new DatabaseSync(":memory:");
  const room = 10_000_000;
  const index = new DirectIndex(new SqliteStore("room", { mostFiles: boundless, room }, database));
  const name = (n: number): string =>
    String.fromCharCode(...Array.from({ length: 83 }, (_, at) => 0x4e00 + (n * 83 + at) % 20_000));
  for (let n = 0; n < 5000; n++) {
    const path = `${name(1)}/${name(2)}/${name(3)}/${name(n)}`;
    await index.put(1, [file(path, n)], boundless).catch(() => {});
  }
  const [taken] = database.prepare(
    "select page_count * page_size as bytes from pragma_page_count, pragma_page_size",
  ).all();
  assertLess(Number(taken?.["bytes"]), room);
});

/** The least milliseconds that something takes. */
async function fastest(work: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let times = 0; times < 3; times++) {
    const start = performance.now();
    await work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

Deno.test("hostile 39: SqliteStore takes no longer to find what repeats itself", {
  permissions: "none",
}, async () => {
  const index = new DirectIndex(new SqliteStore("repeated", most));
  const names = Array.from({ length: 3000 }, (_, n) => file("a".repeat(240) + n, n));
  await index.put(1, names, boundless);
  const search = (text: string, type?: string): Promise<unknown> =>
    index.search({ text, ...(type === undefined ? {} : { type }) }, { limit: 10 });
  const usual = await fastest(() => search("aaa", "none"));
  assertLess(await fastest(() => search("a".repeat(200), "none")), 20 * usual + 20);
  const words = Array.from({ length: limits.searchWords }, (_, n) => "a".repeat(31 - n % 20));
  assertLess(await fastest(() => search(words.join(" "), "none")), 20 * usual + 20);
  const found = await index.search({ text: `${"a".repeat(200)}17` }, { limit: 10 });
  assertEquals(found.total, 111);
});

Deno.test("hostile 39: SqliteStore soon finds that nothing passes a filter, or may be seen", {
  permissions: "none",
}, async () => {
  const index = new DirectIndex(new SqliteStore("filtered", most));
  const names = Array.from({ length: 20_000 }, (_, n) => file(`name ${n} photo.jpg`, n));
  for (const holder of [1, 2]) await index.put(holder, names, boundless);
  const search = (text: string, type?: string): Promise<number> =>
    fastest(() => index.search({ text, ...(type === undefined ? {} : { type }) }, { limit: 50 }));
  const usual = await search("", "none");
  for (const text of ["e", "photo"]) assertLess(await search(text, "none"), 5 * usual + 20);
  for (const holder of [1, 2]) index.hide(holder);
  for (const text of ["", "e", "photo"]) assertLess(await search(text), 10 * usual + 20);
});

Deno.test("hostile 38: SqliteStore takes one content under very many names as any other", {
  permissions: "none",
}, async () => {
  const index = new DirectIndex(new SqliteStore("names", most));
  const count = 12_000;
  const announce = async (holder: number, more: (n: number) => Partial<SharedFile>) => {
    const start = performance.now();
    for (let from = 0; from < count; from += 400) {
      const numbers = Array.from({ length: 400 }, (_, n) => from + n);
      await index.put(holder, numbers.map((n) => file(`name${n}`, n, more(n))), boundless);
    }
    return performance.now() - start;
  };
  const usual = await announce(1, () => ({}));
  assertLess(await announce(2, () => ({ id: id(7), size: 0 })), 5 * usual + 500);
  await announce(3, (n) => ({ id: id(7), size: n }));
  const search = async (query: { id?: string }): Promise<number> =>
    await fastest(() => index.search({ text: "", ...query }, { limit: 200 }));
  assertLess(await search({ id: id(7) }), 5 * await search({}) + 50);
});

Deno.test("hostile 39: SqliteStore finds soon what a peer with very many folders has", {
  permissions: "none",
}, async () => {
  const index = new DirectIndex(new SqliteStore("folders", most));
  const paths = Array.from({ length: 1000 }, (_, n) => `${n}/${"d/".repeat(31)}x`);
  await index.put(1, paths.map((path, n) => file(path, n)), boundless);
  const search = (holders: Holder[]): Promise<number> =>
    fastest(() => index.search({ text: "none", holders }, { limit: 200 }));
  assertLess(await search([1]), 5 * await search([2]) + 20);
});

Deno.test("hostile 40: SqliteStore finds the same again, whatever it has remembered meanwhile", {
  permissions: "none",
}, async () => {
  const index = new DirectIndex(new SqliteStore("same", most));
  // Parts are not found, so that the last of a thousand come with others that are too many.
  const names = Array.from({ length: 1250 }, (_, n) => {
    const partial = n < 200 ? { partial: true } : {};
    return file(`name${n}`, n, { modified: 2000 - n, ...partial });
  });
  await index.put(1, names, boundless);
  await index.put(2, names.filter((_, n) => n >= 1000 && n % 2 === 0), boundless);
  const found = new Set<string>();
  for (let cursor: string | undefined, more = true; more;) {
    const page = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const { entries, more: isMore } = await index.search({ text: "name" }, page);
    for (const { value } of entries) found.add(value.name);
    [cursor, more] = [entries.at(-1)?.cursor, isMore];
  }
  assertEquals(found.size, 1000);
});

Deno.test("hostile 40: SqliteStore soon lists all behind what is hidden", {
  permissions: "none",
}, async () => {
  const index = new DirectIndex(new SqliteStore("hidden", most));
  const names = Array.from({ length: 30_000 }, (_, n) => file(`name${n}`, n));
  await index.put(1, names, boundless);
  index.hide(1);
  const search = await fastest(() => index.search({ text: "name" }, { limit: 200 }));
  assertLess(await fastest(() => index.list({}, { limit: 200 })), search + 20);
});

Deno.test("hostile 40: SqliteStore tells the end of a long list as fast as its beginning", {
  permissions: "none",
}, async () => {
  const index = new DirectIndex(new SqliteStore("long", most));
  const each = 6000;
  for (const holder of [1, 2]) {
    const files = Array.from(
      { length: each },
      (_, n) => file(`${n % 4 === 0 ? "few/" : "many/"}${n}`, holder * each + n),
    );
    await index.put(holder, files, boundless);
  }
  const counts = { few: each / 4, many: each * 3 / 4 };
  for (const under of [undefined, "few", "many"] as const) {
    const query = under === undefined ? {} : { under: parseSharePath(under) };
    const count = 2 * (under === undefined ? each : counts[under]);
    const seen = new Set<string>();
    let cursor: string | undefined;
    let last: string | undefined;
    for (;;) {
      const page = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
      const { entries, more, total } = await index.list(query, page);
      assertEquals(total, 1000);
      for (const { value } of entries) seen.add(`${value.id} ${value.size}`);
      if (!more) break;
      last = cursor = entries.at(-1)?.cursor ?? "";
    }
    assertEquals(seen.size, count);
    const first = await fastest(() => index.list(query, { limit: 200 }));
    const end = await fastest(() => index.list(query, { limit: 200, cursor: last ?? "" }));
    assertLess(end, 5 * first + 5);
  }
});

Deno.test("hostile 20: SqliteStore shows nobody's files if those could not be removed", {
  permissions: "none",
}, () => {
  const store = new SqliteStore("full disk", most);
  store.markEncrypted(1);
  Array.from(store.put(1, [file("secret.txt")], boundless));
  store.begin();
  store.hide(1);
  Array.from(store.drop(1));
  store.rollBack();
  for (const plainOnly of [false, true]) {
    assertEquals(store.search({ text: "secret", plainOnly }, { limit: 9 }).entries, []);
  }
  Array.from(store.drop(1));
  assertEquals(store.restored(), []);
});
