import { assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { LanyardError } from "../shared/mod.ts";
import { TempFolder } from "../tests/support/network.ts";
import { type Memory, readMemory, writeMemory } from "./memory.ts";

const whole: Memory = {
  secret: "5e".repeat(32),
  port: 2224,
  shares: ["/a/docs"],
  excluded: ["*.key"],
  labels: { "/a/docs": "docs" },
};

Deno.test("readMemory makes the folder and a secret of its own, and remembers it", async () => {
  await using temp = new TempFolder();
  const folder = join(temp.path, "a/b");
  const memory = await readMemory(folder);
  assertMatch(memory.secret, /^[0-9a-f]{64}$/);
  assertEquals({ ...memory, secret: "" }, { secret: "", shares: [], excluded: [], labels: {} });
  assertEquals(await readMemory(folder), memory);
  const other = await readMemory(join(temp.path, "c"));
  assertNotEquals(other.secret, memory.secret);
});

Deno.test("hostile 59: readMemory makes a folder and a file that are nobody else's", async () => {
  await using temp = new TempFolder();
  const folder = join(temp.path, "state");
  await readMemory(folder);
  assertEquals((Deno.statSync(folder).mode ?? 0) & 0o777, 0o700);
  assertEquals((Deno.statSync(join(folder, "memory.json")).mode ?? 0) & 0o777, 0o600);
});

Deno.test("writeMemory keeps everything, and leaves nothing beside", async () => {
  await using temp = new TempFolder();
  await writeMemory(temp.path, { ...whole, shares: [] });
  await writeMemory(temp.path, whole);
  assertEquals(await readMemory(temp.path), whole);
  assertEquals([...Deno.readDirSync(temp.path)].map(({ name }) => name), ["memory.json"]);
});

Deno.test("hostile 57: readMemory reads those of an earlier version and of a later one", async () => {
  await using temp = new TempFolder();
  const { excluded: _, port: __, ...earlier } = whole;
  await temp.write("memory.json", JSON.stringify({ ...earlier, later: { deep: [1] } }));
  const { secret, excluded, shares, port } = await readMemory(temp.path);
  assertEquals([secret, excluded, shares, port], [whole.secret, [], whole.shares, undefined]);
});

Deno.test("hostile 27: readMemory says what to do about damaged memory, and keeps them", async () => {
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
    const file = await temp.write("memory.json", content);
    const error = await assertRejects(() => readMemory(temp.path), LanyardError, "is damaged");
    assertEquals([error.code, error.message.includes(file)], ["io", true], content);
    assertEquals(await Deno.readTextFile(file), content);
  }
});

Deno.test("hostile 60: readMemory says which folder it cannot use", async () => {
  await using temp = new TempFolder();
  const file = await temp.write("file", "");
  for (const folder of [file, join(file, "below")]) {
    const error = await assertRejects(() => readMemory(folder), LanyardError, folder);
    assertEquals(error.code, "io");
  }
  await Deno.mkdir(join(temp.path, "memory.json"));
  await assertRejects(() => readMemory(temp.path), LanyardError, temp.path);
});
