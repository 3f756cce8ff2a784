import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { join } from "@std/path";
import { noise } from "./support/network.ts";
import { assertContent, namesIn, Served } from "./support/served.ts";

Deno.test("hostile 54: a file comes over a link of 1 Mb/s with a latency of 300 ms", async () => {
  const content = noise(400_000, 54);
  await using served = await Served.start({ "notes.pdf": content }, { rate: 125_000, delay: 300 });
  const out = await served.folder.folder("out");
  const { code, lines, stderr } = await (await served.get("notes.pdf", "-o", out)).end();
  assertEquals(code, 0, stderr);
  assertEquals(lines.at(-1)?.["received"], content.length);
  await assertContent(join(out, "notes.pdf"), content);
});

Deno.test("hostile 54: a link that breaks again and again loses nothing that came", async () => {
  const content = noise(24 * 1024 * 1024, 55);
  await using served = await Served.start({ "film.bin": content }, { rate: 12e6 });
  const out = await served.folder.folder("out");
  const download = await served.get("film.bin", "-o", out);
  for (const bytes of [4e6, 8e6, 12e6, 16e6]) {
    await served.proxy.passed(bytes);
    served.proxy.cut();
  }
  const { code, lines, stderr } = await download.end();
  assertEquals(code, 0, stderr);
  assertGreaterOrEqual(Number(lines.at(-1)?.["received"]), content.length);
  assertEquals(namesIn(out), ["film.bin"]);
  await assertContent(join(out, "film.bin"), content);
});
