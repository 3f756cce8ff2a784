import { assertEquals, assertRejects } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { Ending } from "./ending.ts";

const permissions = "none";

/** How it ended: an error's code, or nothing. */
async function codeOf(ending: Ending): Promise<string> {
  try {
    await ending.over;
    return "";
  } catch (error) {
    return error instanceof LanyardError ? error.code : String(error);
  }
}

Deno.test("Ending is over with the first file, if that is wished", { permissions }, async () => {
  const [came, failed] = [new Ending(true), new Ending(true)];
  came.settle();
  failed.settle(new LanyardError("full", "The disk is full"));
  assertEquals([await codeOf(came), await codeOf(failed)], ["", "full"]);
});

Deno.test("Ending goes on until nobody is there to be asked", { permissions }, async () => {
  const ending = new Ending(false);
  ending.settle();
  ending.settle(new LanyardError("unreachable", "No source is left"));
  ending.settle();
  ending.endAlone();
  const error = await assertRejects(() => ending.over, LanyardError, "Not every file came");
  assertEquals(error.code, "unreachable");
});

Deno.test("Ending says that nobody can be asked at all", { permissions }, async () => {
  const [nobody, declined] = [new Ending(false), new Ending(false)];
  nobody.endAlone();
  declined.settle();
  declined.endAlone();
  assertEquals([await codeOf(nobody), await codeOf(declined)], ["usage", ""]);
});
