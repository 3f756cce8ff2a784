import { assertEquals, assertRejects } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { boundless, file } from "./_index_property.ts";
import { describeIndex } from "./index_contract.ts";
import { MemoryIndex } from "./memory_index.ts";

let made = 0;

describeIndex("MemoryIndex", () => Promise.resolve(new MemoryIndex(`index ${made++}`)));

Deno.test("hostile 38: MemoryIndex refuses files before the memory is full", {
  permissions: "none",
}, async () => {
  const index = new MemoryIndex("full", 10_000);
  const refuses = async (...paths: string[]): Promise<void> => {
    const files = paths.map((path, n) => file(path, n));
    const error = await assertRejects(() => index.put(2, files, boundless), LanyardError);
    assertEquals([error.code, index.totals(2).files], ["too-many", 0]);
  };
  await index.put(1, [1, 2, 3, 4, 5].map((n) => file(`${n}`, n)), boundless);
  await index.put(1, [file("5", 6)], boundless);
  await refuses("6");
  await index.drop(1);
  await refuses(`${"x".repeat(250)}/`.repeat(15) + "x");
  await refuses("1", "2", "3", "4", "5", "6");
  await index.put(2, [1, 2, 3, 4, 5].map((n) => file(`${n}`, n)), boundless);
});
