import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { InboxUsage } from "./usage.ts";

const permissions = { read: true, write: true, sys: true } as const;

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("hostile 50: InboxUsage counts folders, also those that are about to be made", {
  permissions,
}, async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "a/b/c"), { recursive: true });
    await Deno.writeTextFile(join(folder, "a/b/c/d.txt"), "four");
    const usage = new InboxUsage(folder, () => 0);
    await usage.look();
    usage.make(2);
    const { files, bytes } = usage.now(join(folder, "part"));
    assertEquals([files, bytes], [6, 4]);
  });
});

Deno.test(
  "hostile 50: InboxUsage counts what has come of a file for all others, but not for itself",
  {
    permissions,
  },
  async () => {
    await inFolder(async (folder) => {
      const [part, other] = [join(folder, "part"), join(folder, "other")];
      await Deno.writeFile(part, new Uint8Array(700));
      const usage = new InboxUsage(folder, () => 0);
      const bytes = async (of: string): Promise<number> => {
        await usage.look();
        return usage.now(of).bytes;
      };
      assertEquals([await bytes(part), await bytes(other)], [0, 700]);
      const settle = usage.expect(700, part);
      assertEquals([await bytes(part), await bytes(other)], [0, 700]);
      usage.expect(700, part)(false);
      assertEquals([await bytes(part), await bytes(other)], [0, 700], "one of two still comes");
      settle(false);
      assertEquals([await bytes(part), await bytes(other)], [0, 700]);
      usage.expect(700, part)(true);
      await Deno.rename(part, join(folder, "whole"));
      assertEquals([await bytes(part), await bytes(other)], [700, 700]);
    });
  },
);
