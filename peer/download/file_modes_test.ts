import { assertEquals } from "@std/assert";
import { TempFolder } from "../../tests/support/network.ts";
import { openPartWith, plainFinish } from "../testing/parts.ts";
import { newFileModes } from "./file_modes.ts";

Deno.test("newFileModes are what the user's mask leaves, and a finished file has them", async () => {
  await using temp = new TempFolder();
  const before = Deno.umask();
  try {
    for (const [mask, plain, executable] of [[0o22, 0o644, 0o755], [0o77, 0o600, 0o700]] as const) {
      Deno.umask(mask);
      const modes = await newFileModes(temp.path);
      assertEquals(modes, { plain, executable });
      const part = await openPartWith(temp.path, [0, 1, 2]);
      const path = await part.finish({ ...plainFinish, mode: modes.executable });
      assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, executable);
      await Deno.remove(path);
    }
  } finally {
    Deno.umask(before);
  }
  assertEquals([...Deno.readDirSync(temp.path)], [], "the probe is gone");
});
