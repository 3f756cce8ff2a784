import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import {
  type ErrorCode,
  hashPieces,
  idFromPieces,
  LanyardError,
  parseSharePath,
} from "../../shared/mod.ts";
import { noise, TempFolder } from "../../tests/support/network.ts";
import { type Keeper, SharedContent } from "./shared_content.ts";
import { stampOf } from "./stamp.ts";

/** A shared file, and what its keeper was told. */
interface Shared {
  content: SharedContent;
  disk: string;
  events: string[];
}

async function share(temp: TempFolder, bytes: Uint8Array, pieces?: Uint8Array): Promise<Shared> {
  const disk = await temp.write("d/a", bytes);
  const events: string[] = [];
  const keeper: Keeper = {
    isShared: ({ path }) => path === "docs/a" && events.length === 0,
    pieces: () => pieces,
    recheck: ({ path }) => events.push(`recheck ${path}`),
    distrust: ({ path }) => events.push(`distrust ${path}`),
  };
  const file = {
    root: temp.path,
    disk,
    path: parseSharePath("docs/a"),
    stamp: stampOf(await Deno.lstat(disk)),
    executable: false,
    id: idFromPieces(hashPieces(bytes), bytes.length),
  };
  return { content: new SharedContent(file, keeper), disk, events };
}

async function fails(code: ErrorCode, content: SharedContent, offset: number): Promise<void> {
  const error = await assertRejects(() => content.read(offset, new Uint8Array(10)), LanyardError);
  assertEquals(error.code, code, error.message);
}

Deno.test("SharedContent reads any range, in whatever order", async () => {
  await using temp = new TempFolder();
  const bytes = noise(300_000);
  const { content, events } = await share(temp, bytes);
  const ranges = [[0, 10], [10, 200_000], [299_999, 1], [5, 65_536], [5, 65_537], [0, 300_000]];
  for (const [offset = 0, length = 0] of ranges) {
    const into = new Uint8Array(length);
    await content.read(offset, into);
    assert(into.every((byte, at) => byte === bytes[offset + at]), `${length} from ${offset}`);
  }
  content.close();
  await content.read(0, new Uint8Array(1));
  content.close();
  assertEquals(events, []);
});

Deno.test("hostile 19: SharedContent gives no bytes of a file that is not what it was", async () => {
  await using temp = new TempFolder();
  const changes: ((disk: string) => Promise<void>)[] = [
    (disk) => Deno.truncate(disk, 5),
    (disk) => Deno.writeTextFile(disk, "x", { append: true }),
    (disk) => Deno.utime(disk, 1, 1),
    (disk) => Deno.remove(disk),
  ];
  for (const change of changes) {
    for (const isOpen of [false, true]) {
      const { content, disk, events } = await share(temp, noise(1000));
      if (isOpen) await content.read(0, new Uint8Array(10));
      await change(disk);
      await fails("changed", content, 10);
      assertEquals(events, ["recheck docs/a"]);
      assertEquals(content.isCurrent, false);
      content.close();
    }
  }
});

Deno.test("hostile 15: SharedContent notices a link that was put in the file's place", async () => {
  await using temp = new TempFolder();
  const { content, disk, events } = await share(temp, noise(1000));
  await Deno.rename(disk, join(temp.path, "moved"));
  await Deno.symlink(join(temp.path, "moved"), disk);
  await fails("changed", content, 0);
  assertEquals(events, ["recheck docs/a"]);
});

Deno.test("SharedContent is a piece list of its own if it has one piece", async () => {
  await using temp = new TempFolder();
  const small = await share(temp, noise(1000));
  assertEquals(small.content.hashes(), new Uint8Array(hashPieces(noise(1000))));
  const empty = await share(temp, new Uint8Array());
  assertEquals(empty.content.hashes(), new Uint8Array());
  const pieces = noise(64);
  const large = await share(temp, noise(1_500_000), pieces);
  assertEquals(large.content.hashes(), pieces);
});

Deno.test("SharedContent has a file looked at again whose piece list is lost", async () => {
  await using temp = new TempFolder();
  const { content, events } = await share(temp, noise(1_500_000));
  const error = assertThrows(() => content.hashes(), LanyardError);
  assertEquals(error.code, "changed");
  assertEquals(events, ["recheck docs/a"]);
});

Deno.test("SharedContent hands on that a receiver got wrong bytes", async () => {
  await using temp = new TempFolder();
  const { content, events } = await share(temp, noise(10));
  content.distrust();
  assertEquals(events, ["distrust docs/a"]);
});
