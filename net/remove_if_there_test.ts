import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { removeIfThere } from "./remove_if_there.ts";

Deno.test("removeIfThere removes a file, and fails only if it cannot", async () => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "state.json");
  await Deno.writeTextFile(file, "{}");

  removeIfThere(file);
  removeIfThere(file);

  assertEquals([...Deno.readDirSync(folder)], []);
  await Deno.writeTextFile(file, "{}");
  assertThrows(() => removeIfThere(folder));
  await Deno.remove(folder, { recursive: true });
});
