import { assertEquals, assertRejects } from "@std/assert";
import { within } from "./within.ts";

Deno.test("within gives what comes in time, and nothing if it does not", async () => {
  assertEquals(await within(Promise.resolve("here"), 60_000), "here");
  assertEquals(await within(new Promise(() => {}), 1), undefined);
  await assertRejects(() => within(Promise.reject(new Error("gone")), 60_000), Error, "gone");
});
