import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { TempFolder } from "../../tests/support/network.ts";
import { judgeFolder, lookAt } from "./folders.ts";

Deno.test("judgeFolder warns of little room, and has a problem with none", {
  permissions: "none",
}, () => {
  const verdict = (free: number): unknown =>
    judgeFolder("downloads", { path: "/d", free }, "-o").verdict;
  assertEquals([5e9, 5e8, 5e6, 0].map(verdict), ["ok", "warning", "problem", "problem"]);
  const { message, remedy } = judgeFolder("state", { path: "/s", unwritable: "no" }, "--state");
  assertEquals(message, "Nothing can be written in /s: no");
  assertMatch(remedy ?? "", /--state/);
});

Deno.test("lookAt finds out what a folder is like, and leaves it as it was", async () => {
  await using temp = new TempFolder();
  const names = (): string[] => Array.from(Deno.readDirSync(temp.path), ({ name }) => name);
  for (const path of [temp.path, join(temp.path, "not", "there")]) {
    const { unwritable, free } = await lookAt(path);
    assertEquals(unwritable, undefined);
    assert((free ?? 0) > 0);
  }
  assertEquals(names(), []);
  const file = await temp.write("file", "x");
  assert((await lookAt(join(file, "below"))).unwritable !== undefined);
  assert((await lookAt(file)).unwritable !== undefined);
  assertEquals(names(), ["file"]);
});
