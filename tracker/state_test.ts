import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { certificateId, LanyardError } from "../shared/mod.ts";
import { TempFolder } from "../tests/support/network.ts";
import { openState } from "./state.ts";

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names.sort();
}

Deno.test("openState makes folder, identity and guest list at the first start and keeps them", async () => {
  await using temp = new TempFolder();
  const folder = join(temp.path, "deep", "state");
  const first = await openState(folder);
  assertEquals(first.id, certificateId(first.identity.certificate));
  first.guests.addMember({ peer: "0".repeat(64), name: "ana", since: 1 });
  const key = first.guests.inviteKey;
  first.guests.close();
  assertEquals(await namesIn(folder), ["identity.pem", "tracker.sqlite"]);
  const { id, identity, guests } = await openState(folder);
  assertEquals([id, identity.certificate], [first.id, first.identity.certificate]);
  assertEquals([guests.inviteKey, guests.members().length], [key, 1]);
  guests.close();
});

Deno.test("hostile 59: openState lets nobody else read the state", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using temp = new TempFolder();
  const folder = join(temp.path, "state");
  const { guests } = await openState(folder);
  const modeOf = async (path: string): Promise<number> =>
    ((await Deno.stat(path)).mode ?? 0) & 0o777;
  assertEquals(await modeOf(folder), 0o700);
  for (const name of await namesIn(folder)) {
    assertEquals(await modeOf(join(folder, name)), 0o600, name);
  }
  guests.close();
});

Deno.test("hostile 28: openState gives trackers that start at once the same state", async () => {
  await using temp = new TempFolder();
  for (let round = 0; round < 5; round++) {
    const folder = join(temp.path, `${round}`);
    const states = await Promise.all(Array.from({ length: 4 }, () => openState(folder)));
    assertEquals(new Set(states.map(({ id }) => id)).size, 1);
    assertEquals(new Set(states.map(({ guests }) => guests.inviteKey.join())).size, 1);
    for (const { guests } of states) guests.close();
    assertEquals(await namesIn(folder), ["identity.pem", "tracker.sqlite"]);
  }
});

Deno.test("hostile 53: openState refuses a damaged state and names the file", async () => {
  await using temp = new TempFolder();
  (await openState(temp.path)).guests.close();
  for (const name of ["identity.pem", "tracker.sqlite"]) {
    const file = join(temp.path, name);
    const whole = await Deno.readFile(file);
    await Deno.writeTextFile(file, "damaged");
    const error = await assertRejects(() => openState(temp.path), LanyardError, file);
    assertEquals(error.code, "io");
    assertEquals(await Deno.readTextFile(file), "damaged");
    await Deno.writeFile(file, whole);
  }
});

Deno.test("hostile 60: openState says which folder it cannot use, with spaces and emoji", async () => {
  await using temp = new TempFolder();
  const folder = join(temp.path, "state of 🏫");
  await Deno.writeTextFile(folder, "a file");
  const error = await assertRejects(() => openState(folder), LanyardError, folder);
  assertEquals(error.code, "io");
  await Deno.remove(folder);
  const { id, guests } = await openState(folder);
  assertMatch(id, /^[0-9a-f]{64}$/);
  guests.close();
});

Deno.test("what openState gave works without any permission to read and write", async () => {
  await using temp = new TempFolder();
  const script = new URL("./testing/guest_list_without_permissions.ts", import.meta.url);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "-R", "-W", script.href, temp.path],
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  const { guests } = await openState(temp.path);
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
    members: guests.members(),
    bans: guests.bans(),
    inviteKey: [...guests.inviteKey],
  });
  assertEquals([guests.members().length, guests.bans().length], [2, 1]);
  guests.close();
});
