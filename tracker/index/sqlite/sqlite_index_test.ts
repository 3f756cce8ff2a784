import { assertEquals, assertRejects } from "@std/assert";
import { LanyardError, limits } from "../../../shared/mod.ts";
import { boundless, describeIndex, file } from "../contract/mod.ts";
import { SqliteIndex } from "./sqlite_index.ts";

let indexes = 0;

function make(): Promise<SqliteIndex> {
  return SqliteIndex.open({ instance: `index ${++indexes}`, mostFiles: limits.filesInTotal });
}

describeIndex("SqliteIndex", make, { read: true }, 20);

Deno.test("SqliteIndex answers questions while it takes a long list, and what it has of it", async () => {
  await using index = await make();
  await index.put(1, [file("first.txt")], boundless);
  const many = Array.from({ length: 20_000 }, (_, at) => file(`docs/file ${at}.txt`, at));
  let isDone = false;
  const putting = index.put(2, many, boundless).then(() => isDone = true);
  const found = await index.search({ text: "first" }, { limit: 10 });
  assertEquals([found.entries.length, isDone], [1, false]);
  await putting;
  assertEquals(index.totals(2).files, many.length);
  const dropping = index.drop(2);
  assertEquals((await index.search({ text: "file" }, { limit: 10 })).entries.length, 0);
  await dropping;
});

Deno.test("SqliteIndex leaves nobody waiting when it is closed", async () => {
  const index = await make();
  const many = Array.from({ length: 20_000 }, (_, n) => file(`many ${n}`, n));
  const asked = index.put(1, many, boundless); // Some hundred ms of work.
  asked.catch(() => {}); // Looked at below.
  await index[Symbol.asyncDispose]();
  const error = await assertRejects(() => asked, LanyardError);
  assertEquals(error.code, "closed");
  await assertRejects(() => index.list({}, { limit: 1 }), LanyardError);
});

Deno.test("hostile 53: SqliteIndex tells what an earlier run left unfinished, so that nobody gets its number", async () => {
  const folder = await Deno.makeTempDir();
  const start = { mostFiles: limits.filesInTotal, file: `${folder}/index` };
  try {
    {
      await using index = await SqliteIndex.open({ instance: "first", ...start });
      await index.put(3, [file("complete.txt")], boundless);
      await index.note(3, "a note");
      await index.put(4, [file("unfinished.txt")], boundless);
    }
    await using index = await SqliteIndex.open({ instance: "second", ...start });
    const left = index.restored.map(({ holder, note }) => [holder, note]);
    assertEquals(left, [[3, "a note"], [4, ""]]);
    assertEquals((await index.search({ text: "" }, { limit: 9 })).entries, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
