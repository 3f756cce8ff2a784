import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { hashPieces, LanyardError } from "../../shared/mod.ts";
import { noise, TempFolder } from "../../tests/support/network.ts";
import { HashPool } from "./hash_pool.ts";
import type { OnDisk } from "./open_shared.ts";
import { stampOf } from "./stamp.ts";

const mebibyte = 1024 * 1024;

async function onDisk(temp: TempFolder, name: string, bytes: Uint8Array): Promise<OnDisk> {
  const disk = await temp.write(name, bytes);
  return { root: temp.path, disk, stamp: stampOf(Deno.lstatSync(disk)) };
}

/** Hashes with a pool that is closed afterwards. */
async function withPool(use: (pool: HashPool) => Promise<void>): Promise<void> {
  const pool = new HashPool();
  try {
    await use(pool);
  } finally {
    pool.close();
  }
}

Deno.test("HashPool hashes files of every kind of size as one would in memory", async () => {
  await using temp = new TempFolder();
  await withPool(async (pool) => {
    const sizes = [0, 1, 16_384, mebibyte - 1, mebibyte, mebibyte + 1, 17 * mebibyte + 5];
    // All at once: files and parts of files are hashed side by side, and keep their order.
    await Promise.all(sizes.map(async (size) => {
      const bytes = noise(size, size);
      const hashes = await pool.hash(await onDisk(temp, String(size), bytes));
      const expected = hashPieces(bytes);
      assertEquals(hashes.length, expected.length);
      assert(hashes.every((byte, at) => byte === expected[at]), `${size} bytes`);
    }));
  });
});

Deno.test("HashPool hashes more files than it has workers", async () => {
  await using temp = new TempFolder();
  await withPool(async (pool) => {
    const contents = Array.from({ length: 30 }, (_, number) => noise(100 + number, number));
    const files = await Promise.all(contents.map((bytes, n) => onDisk(temp, String(n), bytes)));
    const hashes = await Promise.all(files.map((file) => pool.hash(file)));
    assertEquals(hashes, contents.map((bytes) => new Uint8Array(hashPieces(bytes))));
  });
});

Deno.test("hostile 19: HashPool refuses a file that is not as it was seen, and goes on", async () => {
  await using temp = new TempFolder();
  await withPool(async (pool) => {
    const file = await onDisk(temp, "a", noise(2 * mebibyte));
    const { stamp } = file;
    const others: OnDisk[] = [
      { ...file, stamp: { ...stamp, modified: stamp.modified - 1 } },
      { ...file, stamp: { ...stamp, size: stamp.size + 1 } },
      { ...file, stamp: { ...stamp, ino: stamp.ino + 1 } },
      { ...file, disk: join(temp.path, "gone") },
    ];
    for (const other of others) {
      const error = await assertRejects(() => pool.hash(other), LanyardError);
      assertEquals(error.code, "changed");
    }
    assertEquals((await pool.hash(file)).length, 64);
  });
});

Deno.test("hostile 14: HashPool hashes nothing through a link", async () => {
  await using temp = new TempFolder();
  await withPool(async (pool) => {
    const { root, disk, stamp } = await onDisk(temp, "d/a", noise(10));
    await Deno.symlink(disk, join(root, "link"));
    await Deno.symlink(join(root, "d"), join(root, "e"));
    for (const path of ["link", "e/a"]) {
      await assertRejects(() => pool.hash({ root, disk: join(root, path), stamp }), LanyardError);
    }
  });
});

Deno.test("HashPool can be closed before it was used, and twice", () => {
  const pool = new HashPool();
  pool.close();
  pool.close();
});
