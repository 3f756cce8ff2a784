import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { TempFolder } from "../../tests/support/network.ts";
import { Pulse } from "./pulse.ts";

Deno.test("Pulse beats again and again, also several at once, and writes nothing", async () => {
  await using temp = new TempFolder();
  const file = join(temp.path, "pulse");
  const pulse = new Pulse(file);
  const { mtime, size, mode } = await Deno.stat(file);
  assertEquals([size, (mode ?? 0) & 0o777], [0, 0o600]);
  for (let beat = 0; beat < 20; beat++) assertEquals(await pulse.beats(), true);
  assertEquals(await Promise.all([pulse.beats(), pulse.beats()]), [true, true]);
  assertEquals((await Deno.stat(file)).mtime, mtime);
  pulse.close();
});

Deno.test("Pulse does not beat without its file", async () => {
  await using temp = new TempFolder();
  const pulse = new Pulse(join(temp.path, "pulse"));
  await Deno.remove(join(temp.path, "pulse"));
  assertEquals(await pulse.beats(), Deno.build.os !== "linux");
  pulse.close();
});

Deno.test({
  name: "hostile 17: Pulse tells when a pipe has stopped the events",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using temp = new TempFolder();
    const pulse = new Pulse(join(temp.path, "pulse"), 300);
    const share = await temp.folder("share");
    const watcher = Deno.watchFs(share, { recursive: true });
    assertEquals(await pulse.beats(), true);
    const pipe = join(share, "pipe");
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    assertEquals(await pulse.beats(), false);
    // As long as somebody may write to the pipe nobody waits at it; else this test would hang, too.
    using _writer = await Deno.open(pipe, { read: true, write: true });
    assertEquals(await pulse.beats(), true);
    watcher.close();
    pulse.close();
  },
});
