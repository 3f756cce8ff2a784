import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { LanyardError } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { hex } from "../_fakes.ts";
import { ControlFile, readControlFile } from "./control_file.ts";

const place = { port: 2280, token: "t".repeat(43), id: hex(1) };

Deno.test("ControlFile tells how the tracker is reached, the last one that said so", async () => {
  await using temp = new TempFolder();
  {
    using file = ControlFile.claim(temp.path);
    file.write({ ...place, port: 1 });
  }
  using file = ControlFile.claim(temp.path);
  file.write(place);
  assertEquals(await readControlFile(temp.path), place);
  const names = [...Deno.readDirSync(temp.path)].map(({ name }) => name).sort();
  assertEquals(names, ["control.json", "control.lock"]);
});

Deno.test("hostile 28: ControlFile is one tracker's at a time", async () => {
  await using temp = new TempFolder();
  using file = ControlFile.claim(temp.path);
  file.write(place);
  const error = assertThrows(() => ControlFile.claim(temp.path), LanyardError, temp.path);
  assertEquals(error.code, "io");
  assertMatch(error.message, /--state/);
  assertEquals(await readControlFile(temp.path), place);
});

Deno.test("ControlFile.claim removes what a tracker that has ended said", async () => {
  await using temp = new TempFolder();
  {
    using file = ControlFile.claim(temp.path);
    file.write(place);
  }
  assertEquals(await readControlFile(temp.path), place, "it may have had no right to, at its end");
  using _file = ControlFile.claim(temp.path);
  const error = await assertRejects(() => readControlFile(temp.path), LanyardError);
  assertEquals(error.code, "unreachable");
});

Deno.test("hostile 59: ControlFile lets nobody else read the token, whatever the umask", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using temp = new TempFolder();
  // What another user may have left there is replaced, not written into.
  const path = join(temp.path, "control.json");
  await Deno.writeTextFile(path, "{}", { mode: 0o666 });
  const old = await Deno.open(path);
  const umask = Deno.umask(0);
  try {
    using file = ControlFile.claim(temp.path);
    file.write(place);
  } finally {
    Deno.umask(umask);
  }
  for (const { name } of Deno.readDirSync(temp.path)) {
    assertEquals(((await Deno.stat(join(temp.path, name))).mode ?? 0) & 0o777, 0o600, name);
  }
  assertEquals(await new Response(old.readable).text(), "{}");
});

Deno.test("readControlFile says that no tracker runs where none was started", async () => {
  await using temp = new TempFolder();
  for (const folder of [temp.path, join(temp.path, "missing")]) {
    const error = await assertRejects(() => readControlFile(folder), LanyardError, folder);
    assertEquals(error.code, "unreachable");
    assertMatch(error.message, /start it with: tracker/);
  }
});

Deno.test("hostile 53: readControlFile refuses what no tracker wrote", async () => {
  await using temp = new TempFolder();
  const file = join(temp.path, "control.json");
  const damages = ["", "x", "[]", "{}", '{"port":2280}'];
  for (const [key, value] of [["port", 70_000], ["token", "short"], ["id", "ABC"]] as const) {
    damages.push(JSON.stringify({ ...place, [key]: value }));
  }
  for (const text of damages) {
    await Deno.writeTextFile(file, text);
    const error = await assertRejects(() => readControlFile(temp.path), LanyardError, file);
    assertEquals(error.code, "io", text);
    assertMatch(error.message, /start the tracker anew/);
  }
});
