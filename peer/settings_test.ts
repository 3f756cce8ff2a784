import { assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { LanyardError } from "../shared/mod.ts";
import { TempFolder } from "../tests/support/network.ts";
import { readSettings, type Settings, writeSettings } from "./settings.ts";

const whole: Settings = {
  secret: "5e".repeat(32),
  port: 2224,
  shares: ["/a/docs"],
  excluded: ["*.key"],
  labels: { "/a/docs": "docs" },
};

Deno.test("readSettings makes the folder and a secret of its own, and remembers it", async () => {
  await using temp = new TempFolder();
  const folder = join(temp.path, "a/b");
  const settings = await readSettings(folder);
  assertMatch(settings.secret, /^[0-9a-f]{64}$/);
  assertEquals({ ...settings, secret: "" }, { secret: "", shares: [], excluded: [], labels: {} });
  assertEquals(await readSettings(folder), settings);
  const other = await readSettings(join(temp.path, "c"));
  assertNotEquals(other.secret, settings.secret);
});

Deno.test("hostile 59: readSettings makes a folder and a file that are nobody else's", async () => {
  await using temp = new TempFolder();
  const folder = join(temp.path, "state");
  await readSettings(folder);
  assertEquals((Deno.statSync(folder).mode ?? 0) & 0o777, 0o700);
  assertEquals((Deno.statSync(join(folder, "settings.json")).mode ?? 0) & 0o777, 0o600);
});

Deno.test("writeSettings keeps everything, and leaves nothing beside", async () => {
  await using temp = new TempFolder();
  await writeSettings(temp.path, { ...whole, shares: [] });
  await writeSettings(temp.path, whole);
  assertEquals(await readSettings(temp.path), whole);
  assertEquals([...Deno.readDirSync(temp.path)].map(({ name }) => name), ["settings.json"]);
});

Deno.test("hostile 57: readSettings reads those of an earlier version and of a later one", async () => {
  await using temp = new TempFolder();
  const { excluded: _, port: __, ...earlier } = whole;
  await temp.write("settings.json", JSON.stringify({ ...earlier, later: { deep: [1] } }));
  const { secret, excluded, shares, port } = await readSettings(temp.path);
  assertEquals([secret, excluded, shares, port], [whole.secret, [], whole.shares, undefined]);
});

Deno.test("hostile 27: readSettings says what to do about damaged settings, and keeps them", async () => {
  await using temp = new TempFolder();
  const text = JSON.stringify(whole);
  const damaged = [
    "",
    text.slice(0, 40),
    "null",
    "5",
    '"text"',
    "[]",
    JSON.stringify({ ...whole, secret: "short" }),
    JSON.stringify({ ...whole, secret: 5 }),
    JSON.stringify({ ...whole, shares: "/" }),
    JSON.stringify({ ...whole, shares: [5] }),
    JSON.stringify({ ...whole, excluded: null }),
    JSON.stringify({ ...whole, labels: { "/etc": "../etc" } }),
    JSON.stringify({ ...whole, labels: [] }),
    JSON.stringify({ ...whole, port: "2224" }),
    JSON.stringify({ ...whole, port: 70_000 }),
  ];
  for (const content of damaged) {
    const file = await temp.write("settings.json", content);
    const error = await assertRejects(() => readSettings(temp.path), LanyardError, "is damaged");
    assertEquals([error.code, error.message.includes(file)], ["io", true], content);
    assertEquals(await Deno.readTextFile(file), content);
  }
});

Deno.test("hostile 60: readSettings says which folder it cannot use", async () => {
  await using temp = new TempFolder();
  const file = await temp.write("file", "");
  for (const folder of [file, join(file, "below")]) {
    const error = await assertRejects(() => readSettings(folder), LanyardError, folder);
    assertEquals(error.code, "io");
  }
  await Deno.mkdir(join(temp.path, "settings.json"));
  await assertRejects(() => readSettings(temp.path), LanyardError, temp.path);
});
