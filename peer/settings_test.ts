import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { LanyardError } from "../shared/mod.ts";
import { TempFolder } from "../tests/support/network.ts";
import { writeMemory } from "./memory.ts";
import {
  changeSettings,
  parseSettings,
  readSettings,
  settingKeys,
  settingsFile,
  settingsTable,
  variableOf,
} from "./settings.ts";

const whole = {
  "name": "ana",
  "tracker": "192.168.1.7",
  "share": ["/home/ana/Music", "~/notes.txt"],
  "downloads": "~/Downloads",
  "inbox": "/home/ana/In",
  "limit-up": "20MB",
  "limit-down": "1.5MiB/s",
  "slots": 4,
  "port": 2230,
  "notify": "bell",
  "discovery": false,
  "plain": true,
};

Deno.test("readSettings reads every key, and nothing where there is no file", async () => {
  await using temp = new TempFolder();
  assertEquals(await readSettings(join(temp.path, "missing")), undefined);
  assertEquals(Object.keys(whole), settingKeys);
  await temp.write("settings.json", JSON.stringify(whole));
  assertEquals(await readSettings(temp.path), whole);
  await temp.write("settings.json", "{}");
  assertEquals(await readSettings(temp.path), {});
});

Deno.test("changeSettings changes, takes out, and leaves a file that is its user's alone", async () => {
  await using temp = new TempFolder();
  const folder = join(temp.path, "state");
  await changeSettings(folder, { name: "ana", slots: 4 });
  assertEquals(await changeSettings(folder, { slots: undefined, plain: true }), {
    name: "ana",
    plain: true,
  });
  assertEquals(await readSettings(folder), { name: "ana", plain: true });
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["settings.json"]);
  assertEquals((Deno.statSync(settingsFile(folder)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("hostile 57: readSettings moves what was remembered in a file of that name", async () => {
  await using temp = new TempFolder();
  const memory = { secret: "5e".repeat(32), shares: ["/a"], excluded: [], labels: {} };
  await writeMemory(temp.path, memory);
  await Deno.rename(join(temp.path, "memory.json"), join(temp.path, "settings.json"));
  assertEquals(await readSettings(temp.path), undefined);
  assertEquals([...Deno.readDirSync(temp.path)].map(({ name }) => name), ["memory.json"]);
});

Deno.test("hostile 27: wrong settings are an error that names the key and the file", () => {
  const wrong: [string, string][] = [
    ["", "not JSON"],
    ["{", "not JSON"],
    ["[]", "settings look like"],
    ["null", "settings look like"],
    ['{"colour": "red"}', 'no setting "colour"'],
    ['{"__proto__": 1}', 'no setting "__proto__"'],
    ['{"name": 5}', '"name" is wrong'],
    ['{"name": ""}', '"name" is wrong'],
    ['{"name": "a\\u0007"}', '"name" is wrong'],
    ['{"tracker": " "}', '"tracker" is wrong'],
    ['{"tracker": "lanyard://1.2.3.4:5#AA.BB"}', "peer join"],
    ['{"share": "/a"}', '"share" is wrong'],
    ['{"share": ["a"]}', "Give a whole path"],
    ['{"downloads": "a"}', "Give a whole path"],
    ['{"limit-up": 20}', '"limit-up" is wrong'],
    ['{"limit-up": "fast"}', '"limit-up" is wrong'],
    ['{"slots": "4"}', "without quotes"],
    ['{"slots": 0}', '"slots" is wrong'],
    ['{"notify": "loud"}', "Give off, bell or osc9"],
    ['{"plain": "on"}', "true or false"],
  ];
  for (const [text, says] of wrong) {
    const error = assertThrows(() => parseSettings(text, "/s/settings.json"), LanyardError, says);
    assertEquals([error.code, error.message.startsWith("/s/settings.json: ")], ["usage", true]);
  }
});

Deno.test("hostile 60: readSettings says which file it cannot read", async () => {
  await using temp = new TempFolder();
  await Deno.mkdir(settingsFile(temp.path));
  const error = await assertRejects(() => readSettings(temp.path), LanyardError, temp.path);
  assertEquals(error.code, "io");
});

Deno.test("each setting reads what was typed as the file has it", () => {
  const read = (key: keyof typeof settingsTable, text: string): unknown =>
    settingsTable[key].kind.fromText(text);
  assertEquals(read("slots", "4"), 4);
  assertEquals(read("plain", "on"), true);
  assertEquals(read("discovery", "off"), false);
  assertEquals(read("limit-up", "20MB"), "20MB");
  assertEquals(settingsTable["limit-up"].kind.toOption("20MB"), 20_000_000);
  assertEquals(read("downloads", "x"), join(Deno.cwd(), "x"));
  assertEquals(read("share", "/a:/b"), ["/a", "/b"]);
  const home = Deno.env.get("HOME") ?? "";
  assertEquals(settingsTable.downloads.kind.toOption("~/x"), join(home, "x"));
  for (const key of settingKeys) {
    const { kind } = settingsTable[key];
    for (const value of [whole[key]]) assertEquals(kind.fromFile(value), value);
    assertThrows(() => kind.fromFile(null), RangeError, "Give ");
    assertThrows(() => kind.fromText(""), RangeError, "Give ");
  }
});

Deno.test("variableOf gives each setting a variable that the program may read", async () => {
  const { permissions } = JSON.parse(await Deno.readTextFile("deno.json"));
  assertEquals(variableOf("limit-up"), "LANYARD_LIMIT_UP");
  for (const key of settingKeys) {
    assertEquals(permissions.peer.env.includes(variableOf(key)), true, key);
  }
});
