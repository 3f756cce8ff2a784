import { assertEquals, assertRejects } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { aFile, hex, manyFiles } from "../_fakes.ts";
import { DirectIndex, SqliteStore } from "../index/mod.ts";
import { meteredIndex } from "./metered_index.ts";
import { TrackerMetrics } from "./tracker_metrics.ts";

const permissions = "none";

/** A clock on which everything takes half a second. */
function slowClock(): () => number {
  let now = 0;
  return () => now += 500;
}

Deno.test("meteredIndex answers as the index does, and tells how long that took", {
  permissions,
}, async () => {
  const metrics = new TrackerMetrics(slowClock());
  const index = meteredIndex(
    new DirectIndex(new SqliteStore("a test", { mostFiles: 100 })),
    metrics,
  );
  await index.put(1, manyFiles(10), 100);
  await index.put(2, [aFile("b.txt", 1)], 100);
  assertEquals((await index.search({ text: "b.txt" }, { limit: 9 })).entries.length, 1);
  assertEquals((await index.list({}, { limit: 99 })).entries.length, 11);
  const holders = (await index.sources({ id: hex(1), size: 1001 }, { limit: 9 })).entries;
  assertEquals(holders.map(({ value }) => value.holder).sort(), [1, 2]);
  assertEquals(await index.holds(2, { id: hex(1), size: 1001 }), true);
  assertEquals(index.totals(1).files, 10);
  index.hide(2);
  assertEquals((await index.list({}, { limit: 99 })).entries.length, 10);
  index.show(2);
  await index.remove(1, [aFile("many/file 0.txt").path, aFile("is not there").path]);
  await index.drop(2);
  assertEquals(Object.fromEntries(metrics.indexOperations), {
    put: 2,
    remove: 1,
    drop: 1,
    holds: 1,
    search: 1,
    list: 2,
    sources: 1,
  });
  assertEquals(metrics.indexTime.get("put"), 1);
  assertEquals([metrics.announced, metrics.withdrawn], [11, 2]);
});

Deno.test("meteredIndex passes on what the index refuses, and counts no file then", {
  permissions,
}, async () => {
  const metrics = new TrackerMetrics(slowClock());
  const index = meteredIndex(
    new DirectIndex(new SqliteStore("a test", { mostFiles: 100 })),
    metrics,
  );
  await assertRejects(() => index.put(1, manyFiles(10), 5), LanyardError);
  assertEquals([metrics.announced, metrics.indexOperations.get("put")], [0, 1]);
});
