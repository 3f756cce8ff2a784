import { assert, assertEquals, assertRejects } from "@std/assert";
import { LanyardError, limits } from "../../../shared/mod.ts";
import { hasPostgres, PostgresServer } from "../../../tests/support/postgres.ts";
import { boundless, describeIndex, file } from "../contract/mod.ts";
import type { PageRequest } from "../file_index.ts";
import { Connections } from "./connections.ts";
import { parseDatabaseUrl } from "./database_url.ts";
import { PostgresIndex } from "./postgres_index.ts";

const page: PageRequest = { limit: limits.pageEntries };
let made = 0;

/** Opens an index in a database that is there. */
async function open(
  server: PostgresServer,
  database: string,
  mostFiles: number = limits.filesInTotal,
): Promise<PostgresIndex> {
  return await PostgresIndex.open({
    place: parseDatabaseUrl(server.url(database)),
    instance: `index ${++made}`,
    mostFiles,
    onError: (error) => {
      throw error;
    },
  });
}

async function names(index: PostgresIndex, text: string): Promise<string[]> {
  return (await index.search({ text }, page)).entries.map(({ value }) => value.name).sort();
}

/** Everything that needs a database. */
function describePostgres(server: PostgresServer): void {
  Deno.test.afterAll(() => server[Symbol.asyncDispose]());
  describeIndex(
    "PostgresIndex",
    async () => await open(server, await server.database()),
    "inherit",
    8, // Each run asks a database hundreds of times.
  );

  Deno.test("hostile 28: PostgresIndex is made once by trackers that start at the same time", async () => {
    const database = await server.database();
    const indexes = await Promise.all(Array.from({ length: 4 }, () => open(server, database)));
    const holders = indexes.map(({ commons }) => commons.nextHolder());
    assertEquals(new Set(holders).size, 4);
    await Promise.all(
      indexes.map((index, at) =>
        index.put(holders[at] ?? 0, [file("same.txt"), file(`of ${at}.txt`, at + 2)], boundless)
      ),
    );
    for (const index of indexes) {
      const [same] = (await index.search({ text: "same" }, page)).entries;
      assertEquals(same?.value.holders.toSorted(), holders.toSorted());
      assertEquals((await names(index, "txt")).length, 5);
      assertEquals(index.totals(holders[0] ?? 0).files, index === indexes[0] ? 2 : 0);
    }
    for (const index of indexes) await index[Symbol.asyncDispose]();
  });

  Deno.test("PostgresIndex agrees with others who announce and take back the same at once", async () => {
    const database = await server.database();
    const indexes = await Promise.all(Array.from({ length: 3 }, () => open(server, database)));
    const files = Array.from({ length: 100 }, (_, n) => file(`f ${n}.txt`, n));
    await Promise.all(indexes.map(async (index, at) => {
      const shuffled = at % 2 === 0 ? files : files.toReversed();
      for (let round = 0; round < 5; round++) {
        const holder = index.commons.nextHolder();
        await index.put(holder, shuffled, boundless);
        if (round < 4) await index.drop(holder);
      }
    }));
    for (const index of indexes) {
      const { entries, total } = await index.list({}, page);
      assertEquals([entries.length, total], [100, 100]);
      assert(entries.every(({ value }) => value.holders.length === 3));
    }
    for (const index of indexes) await index[Symbol.asyncDispose]();
  });

  Deno.test("PostgresIndex tells others where sessions are until they are hidden", async () => {
    const database = await server.database();
    await using ours = await open(server, database);
    await using theirs = await open(server, database);
    const holder = ours.commons.nextHolder();
    ours.commons.describe({ holder, peer: "ana", text: "here" });
    await ours.put(holder, [file("a.txt")], boundless);
    const said = { holder, peer: "ana", text: "here" };
    assertEquals(await theirs.commons.described([holder, 5]), [said]);
    assertEquals(await theirs.commons.others("ana"), [{ ...said, files: 1, bytes: 1001 }]);
    assertEquals(await theirs.commons.others("bo"), []);
    assertEquals(await ours.commons.others(), []);
    ours.hide(holder);
    await ours.list({}, page);
    assertEquals(await theirs.commons.described([holder]), []);
  });

  Deno.test("hostile 38: PostgresIndex takes files up to a limit that counts for all trackers", async () => {
    const database = await server.database();
    await using one = await open(server, database, 3);
    await using other = await open(server, database, 3);
    await one.put(1, [file("a", 1), file("b", 2)], boundless);
    const more = [file("c", 3), file("d", 4)];
    const error = await assertRejects(() => other.put(2, more, boundless), LanyardError);
    assertEquals([error.code, error.fatal], ["too-many", false]);
    await other.put(2, more.slice(1), boundless);
    await one.put(1, [file("a", 5)], boundless);
  });

  Deno.test("hostile 38: PostgresIndex takes the longest paths, and names that unfold", async () => {
    await using index = await open(server, await server.database());
    const folder = "x".repeat(250);
    const random = Array.from(
      crypto.getRandomValues(new Uint8Array(120)),
      (byte) => byte.toString(16).padStart(2, "0"),
    ).join("");
    const deep = `${`${folder}/`.repeat(15)}${random}`;
    // Each of these stands for 18 characters.
    const unfolding = "\u{fdfa}".repeat(84);
    await index.put(1, [file(deep, 1), file(unfolding, 2)], boundless);
    await index.put(1, [file(deep, 3)], boundless);
    assertEquals(index.totals(1).files, 2);
    assertEquals(await names(index, random), [random]);
    assertEquals(await names(index, unfolding), [unfolding]);
  });

  Deno.test("Connections gives up one that says nothing, and goes on with another", async () => {
    const place = parseDatabaseUrl(server.url());
    const connections = await Connections.prepare(place, 1, 200);
    try {
      const asked = connections.ask((sql) => sql`select pg_sleep(60)`);
      const error = await assertRejects(() => asked, LanyardError);
      assertEquals(error.code, "io");
      const [row] = await connections.ask((sql) => sql`select 2 as two`);
      assertEquals(row?.["two"], 2);
    } finally {
      await connections.close();
    }
  });
}

if (hasPostgres) describePostgres(await PostgresServer.start());
