import { assertEquals, assertRejects } from "@std/assert";
import { LanyardError, limits, parseSharePath } from "../../../shared/mod.ts";
import { boundless, file } from "../_index_property.ts";
import { describeIndex } from "../index_contract.ts";
import { DirectIndex } from "./direct_index.ts";
import { SqliteStore } from "./store.ts";

const most = { mostFiles: limits.filesInTotal };
let made = 0;

describeIndex(
  "SqliteStore",
  () => Promise.resolve(new DirectIndex(new SqliteStore(`store ${made++}`, most))),
);

const small = {
  "there is no room": { mostFiles: boundless, room: 5 * 509 },
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
