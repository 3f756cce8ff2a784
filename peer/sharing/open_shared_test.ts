import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { dirname, join } from "@std/path";
import { LanyardError } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { type OnDisk, openShared } from "./open_shared.ts";
import { sameStamp, stampOf } from "./stamp.ts";

/** A file in the folder `share`, as a scan finds it. */
async function sharedFile(temp: TempFolder, name = "d/a.txt"): Promise<OnDisk> {
  const disk = await temp.write(`share/${name}`, "content");
  return { root: join(temp.path, "share"), disk, stamp: stampOf(Deno.lstatSync(disk)) };
}

/** Reads a shared file as those do who send it. */
function readShared(file: OnDisk): string {
  using open = openShared(file);
  const bytes = new Uint8Array(file.stamp.size);
  open.fillSync(0, bytes);
  open.check();
  return new TextDecoder().decode(bytes);
}

function assertChanged(file: OnDisk): void {
  const error = assertThrows(() => readShared(file), LanyardError);
  assertEquals(error.code, "changed");
}

Deno.test("openShared opens a file that is as it was", async () => {
  await using temp = new TempFolder();
  const file = await sharedFile(temp);
  assertEquals(readShared(file), "content");
  assertEquals(readShared({ ...file, root: file.disk }), "content");
  using open = openShared(file);
  const end = new Uint8Array(4);
  await open.fill(3, end);
  assertEquals(new TextDecoder().decode(end), "tent");
});

Deno.test("hostile 19: OpenShared reads nothing beyond the end of a file", async () => {
  await using temp = new TempFolder();
  using open = openShared(await sharedFile(temp));
  const tooMuch = new Uint8Array(8);
  assertEquals(assertThrows(() => open.fillSync(0, tooMuch), LanyardError).code, "changed");
  const error = await assertRejects(() => open.fill(0, tooMuch), LanyardError);
  assertEquals(error.code, "changed");
});

Deno.test("hostile 19: openShared refuses a file that grew, shrank, was touched or replaced", async () => {
  await using temp = new TempFolder();
  const changes: ((disk: string) => Promise<void>)[] = [
    (disk) => Deno.writeTextFile(disk, "x", { append: true }),
    (disk) => Deno.truncate(disk, 3),
    (disk) => Deno.utime(disk, 1, 1),
    (disk) => Deno.remove(disk),
    async (disk) => {
      const { mtime } = await Deno.stat(disk);
      await Deno.writeTextFile(`${disk}2`, "CONTENT");
      await Deno.utime(`${disk}2`, mtime ?? 0, mtime ?? 0);
      await Deno.rename(`${disk}2`, disk);
    },
  ];
  for (const [number, change] of changes.entries()) {
    const file = await sharedFile(temp, `${number}.txt`);
    await change(file.disk);
    assertChanged(file);
  }
});

Deno.test("hostile 14: openShared refuses a link in place of the file or of a folder above it", async () => {
  await using temp = new TempFolder();
  const file = await sharedFile(temp, "a/b/c.txt");
  const { root, disk } = file;
  // Each leads to the very same file, with the same stamp.
  for (const path of [disk, dirname(disk), join(root, "a"), root]) {
    const moved = join(temp.path, "moved");
    await Deno.rename(path, moved);
    await Deno.symlink(moved, path);
    assertChanged({ ...file, stamp: stampOf(await Deno.stat(disk)) });
    await Deno.remove(path);
    await Deno.rename(moved, path);
  }
  assertEquals(readShared({ ...file, stamp: stampOf(await Deno.stat(disk)) }), "content");
});

Deno.test("hostile 4: openShared refuses a file outside its root", async () => {
  await using temp = new TempFolder();
  const file = await sharedFile(temp);
  const sibling = await temp.write("share-evil/a.txt", "content");
  assertChanged({ ...file, disk: sibling, stamp: stampOf(Deno.lstatSync(sibling)) });
  assertEquals(readShared({ ...file, root: "/" }), "content");
});

Deno.test("hostile 17: openShared refuses pipes and folders at once", async () => {
  await using temp = new TempFolder();
  const file = await sharedFile(temp);
  for (const make of [() => Deno.mkdir(file.disk), () => makePipe(file.disk)]) {
    await Deno.remove(file.disk);
    await make();
    assertChanged({ ...file, stamp: stampOf(Deno.lstatSync(file.disk)) });
  }
});

Deno.test("hostile 18: openShared calls a file changed whose folder is gone or a file", async () => {
  await using temp = new TempFolder();
  const file = await sharedFile(temp);
  await Deno.remove(dirname(file.disk), { recursive: true });
  assertChanged(file);
  await Deno.writeTextFile(dirname(file.disk), "a file");
  assertChanged(file);
});

Deno.test("hostile 15 19: OpenShared.check notices what happens to an open file and its folders", async () => {
  await using temp = new TempFolder();
  const changes: ((disk: string) => Promise<void>)[] = [
    (disk) => Deno.writeTextFile(disk, "x", { append: true }),
    (disk) => Deno.remove(disk),
    (disk) => Deno.rename(`${disk}.new`, disk),
    (disk) => Deno.rename(disk, `${disk}.moved`),
    (disk) => Deno.rename(dirname(disk), `${dirname(disk)}.moved`),
    async (disk) => {
      await Deno.rename(dirname(disk), `${dirname(disk)}.moved`);
      await Deno.symlink(`${dirname(disk)}.moved`, dirname(disk));
    },
  ];
  for (const [number, change] of changes.entries()) {
    const file = await sharedFile(temp, `${number}/a.txt`);
    await Deno.writeTextFile(`${file.disk}.new`, "content");
    using open = openShared(file);
    open.check();
    await change(file.disk);
    const error = assertThrows(() => open.check(), LanyardError);
    assertEquals(error.code, "changed", String(number));
  }
});

Deno.test({
  name: "sameStamp compares everything a stamp has",
  permissions: "none",
  fn: () => {
    const stamp = { dev: 1, ino: 2, size: 3, modified: 4, changed: 5 };
    assertEquals(sameStamp(stamp, { ...stamp }), true);
    for (const key of ["dev", "ino", "size", "modified", "changed"]) {
      assertEquals(sameStamp(stamp, { ...stamp, [key]: 9 }), false, key);
    }
  },
});

Deno.test("stampOf gives whole milliseconds, and nothing before 1970", async () => {
  await using temp = new TempFolder();
  const path = await temp.write("a", "12345");
  await Deno.utime(path, 1, 1_700_000_000.1234);
  const { size, modified } = stampOf(await Deno.stat(path));
  assertEquals([size, modified], [5, 1_700_000_000_123]);
  const info = await Deno.stat(path);
  assertEquals(stampOf({ ...info, mtime: new Date(-5), ctime: null }).modified, 0);
  assertEquals(stampOf({ ...info, mtime: null, ctime: new Date(-5) }).changed, 0);
});

async function makePipe(path: string): Promise<void> {
  await new Deno.Command("mkfifo", { args: [path] }).output();
}
