import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { encodeHex } from "@std/encoding";
import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import { LanyardError } from "../shared/mod.ts";
import { TempFolder } from "../tests/support/network.ts";
import { hex } from "./_fakes.ts";
import { type Ban, type Guest, GuestList } from "./guest_list.ts";
import type { OpenTogether } from "./testing/guest_list_worker.ts";

const ana: Guest = { peer: hex(1), name: "ana", since: 1_780_000_000_000 };
const bo: Guest = { peer: hex(2), name: "bo'; drop table members; --", since: ana.since + 1 };

/** Does something to a database behind the tracker's back. */
function meddle(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

Deno.test("GuestList remembers members, once each, as they came", { permissions: "none" }, () => {
  const list = GuestList.inMemory();
  assertEquals([list.isMember(ana.peer), list.members()], [false, []]);
  list.addMember(bo);
  list.addMember(ana);
  list.addMember({ ...ana, name: "ana again", since: ana.since + 99 });
  assertEquals([list.isMember(ana.peer), list.isMember(hex(3))], [true, false]);
  assertEquals(list.members(), [ana, bo]);
  assertEquals([list.removeMember(ana.peer), list.removeMember(ana.peer)], [true, false]);
  assertEquals([list.isMember(ana.peer), list.members()], [false, [bo]]);
  list.close();
});

Deno.test("GuestList bans peers for ever and addresses for a while", {
  permissions: "none",
}, () => {
  const list = GuestList.inMemory();
  const until = ana.since + 1000;
  const placed: Ban = { ...ana, place: { address: "192.0.2.7", until } };
  list.ban(placed);
  list.ban(bo);
  assertEquals(list.bans(), [placed, bo]);
  assertEquals([ana, bo, { peer: hex(3) }].map(({ peer }) => list.isBanned(peer)), [
    true,
    true,
    false,
  ]);
  assertEquals(list.isBannedAddress("192.0.2.7", until - 1), true);
  assertEquals(list.isBannedAddress("192.0.2.7", until), false);
  assertEquals(list.isBannedAddress("192.0.2.8", until - 1), false);
  list.ban(ana);
  assertEquals(list.isBannedAddress("192.0.2.7", until - 1), false, "the later ban counts");
  assertEquals([list.unban(ana.peer), list.unban(ana.peer)], [true, false]);
  assertEquals([list.isBanned(ana.peer), list.bans()], [false, [bo]]);
  list.close();
});

Deno.test("GuestList has a key of its own, until it makes a new one", {
  permissions: "none",
}, () => {
  const [list, other] = [GuestList.inMemory(), GuestList.inMemory()];
  const key = list.inviteKey;
  assertEquals(key.length, 16);
  assertEquals(list.inviteKey, key);
  assertNotEquals(other.inviteKey, key);
  list.replaceInviteKey();
  assertEquals(list.inviteKey.length, 16);
  assertNotEquals(list.inviteKey, key);
  list.close();
  other.close();
});

Deno.test("GuestList finds everything again when it is opened anew", async () => {
  await using temp = new TempFolder();
  const file = join(temp.path, "list.sqlite");
  const first = GuestList.open(file);
  first.replaceInviteKey();
  const key = first.inviteKey;
  first.addMember(ana);
  const ban = { ...bo, place: { address: "2001:db8::7", until: 5 } };
  first.ban(ban);
  // Not closed: what was decided holds even if the tracker is killed.
  const second = GuestList.open(file);
  assertEquals([second.inviteKey, second.members(), second.bans()], [key, [ana], [ban]]);
  first.close();
  second.close();
});

Deno.test("hostile 59: GuestList lets nobody else read it, whatever the umask", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using temp = new TempFolder();
  const file = join(temp.path, "list.sqlite");
  const umask = Deno.umask(0);
  try {
    const list = GuestList.open(file);
    list.addMember(ana);
    for await (const { name } of Deno.readDir(temp.path)) {
      assertEquals(((await Deno.stat(join(temp.path, name))).mode ?? 0) & 0o777, 0o600, name);
    }
    list.close();
  } finally {
    Deno.umask(umask);
  }
});

Deno.test("hostile 53: GuestList refuses a damaged database, and leaves it as it is", async () => {
  await using temp = new TempFolder();
  const whole = join(temp.path, "whole.sqlite");
  const list = GuestList.open(whole);
  for (let at = 0; at < 500; at++) list.addMember({ ...ana, peer: hex(at) });
  list.close();
  const bytes = await Deno.readFile(whole);
  const damages: Record<string, (file: string) => Promise<void> | void> = {
    "no database": (file) => Deno.writeTextFile(file, "x".repeat(5000)),
    "half of one": (file) => Deno.writeFile(file, bytes.subarray(0, bytes.length / 2)),
    "zeros in its middle": (file) => Deno.writeFile(file, bytes.slice().fill(0, 5000, 9000)),
    "zeros among the members": (file) => Deno.writeFile(file, bytes.slice().fill(0, -6000, -2000)),
    "free pages that are none": (file) => Deno.writeFile(file, bytes.slice().fill(7, 39, 40)),
    "a table gone": (file) => meddle(file, "drop table bans"),
    "a column gone": (file) =>
      meddle(file, "drop index bans_by_address; alter table bans drop until"),
    "no key": (file) => meddle(file, "delete from invite"),
    "two keys": (file) => meddle(file, "insert into invite select * from invite"),
    "a short key": (file) => meddle(file, "update invite set key = x'00'"),
    "another program's": (file) => meddle(file, "pragma user_version = 0"),
  };
  for (const [what, damage] of Object.entries(damages)) {
    const file = join(temp.path, "damaged.sqlite");
    await Deno.writeFile(file, bytes);
    await damage(file);
    const damaged = await Deno.readFile(file);
    const error = assertThrows(() => GuestList.open(file), LanyardError, file);
    assertEquals(error.code, "io", what);
    assertMatch(error.message, /is damaged; restore it, or remove it/, what);
    assertEquals(await Deno.readFile(file), damaged, what);
  }
});

Deno.test("hostile 53: GuestList refuses a database of a later version", async () => {
  await using temp = new TempFolder();
  const file = join(temp.path, "list.sqlite");
  GuestList.open(file).close();
  meddle(file, "pragma user_version = 2; alter table members add column more");
  const error = assertThrows(() => GuestList.open(file), LanyardError, file);
  assertEquals(error.code, "io");
  assertMatch(error.message, /later version; update this tracker/);
});

Deno.test("hostile 53: GuestList says when it cannot be written, before anybody counts on it", async () => {
  await using temp = new TempFolder();
  const file = join(temp.path, "list.sqlite");
  GuestList.open(file).close();
  const busy = new DatabaseSync(file);
  busy.exec("begin immediate");
  const error = assertThrows(() => GuestList.open(file, 50), LanyardError, "database is locked");
  assertEquals(error.code, "io");
  busy.close();
  const folder = join(temp.path, "not there", "list.sqlite");
  assertThrows(() => GuestList.open(folder), LanyardError, folder);
});

Deno.test("hostile 28: GuestList can be made by trackers that start together", async () => {
  await using temp = new TempFolder();
  const files = Array.from({ length: 60 }, (_, at) => join(temp.path, `${at}.sqlite`));
  const arrived = new Int32Array(new SharedArrayBuffer(4));
  const [ones = [], others = []] = await Promise.all([0, 1].map(async () => {
    const url = new URL("./testing/guest_list_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const { promise, resolve } = Promise.withResolvers<string[]>();
    worker.onmessage = ({ data }: MessageEvent<string[]>): void => resolve(data);
    worker.postMessage({ files, arrived, workers: 2 } satisfies OpenTogether);
    return await promise.finally(() => worker.terminate());
  }));
  assertEquals(ones, others);
  for (const key of ones) assertMatch(key, /^[0-9a-f]{32}$/);
  const list = GuestList.open(files[0] ?? "");
  assertEquals(encodeHex(list.inviteKey), ones[0]);
  list.close();
});
