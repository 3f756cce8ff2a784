import { assertEquals, assertRejects } from "@std/assert";
import { LanyardError, parseSharePath } from "../../shared/mod.ts";
import { boundless, file } from "./_index_property.ts";
import { describeIndex } from "./index_contract.ts";
import { MemoryIndex } from "./memory_index.ts";

let made = 0;

describeIndex("MemoryIndex", () => Promise.resolve(new MemoryIndex(`index ${made++}`)));

const small = {
  "the memory is full": (): MemoryIndex => new MemoryIndex("full", boundless, 10_000),
  "there are as many as it may hold": (): MemoryIndex => new MemoryIndex("full", 5),
};

for (const [when, make] of Object.entries(small)) {
  Deno.test(`hostile 38: MemoryIndex refuses files when ${when}`, {
    permissions: "none",
  }, async () => {
    const index = make();
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

Deno.test("hostile 38: MemoryIndex reckons with long paths", { permissions: "none" }, async () => {
  const index = new MemoryIndex("full", boundless, 10_000);
  const long = file(`${"x".repeat(250)}/`.repeat(15) + "x", 1);
  const error = await assertRejects(() => index.put(1, [long], boundless), LanyardError);
  assertEquals([error.code, index.totals(1).files], ["too-many", 0]);
});
