import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { LanyardError } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { Exchanger } from "../testing/exchanger.ts";
import { isInPlace, type OpenFile } from "./in_place.ts";
import { openShared } from "./open_shared.ts";
import { PlainFile } from "./plain_file.ts";
import { stampOf } from "./stamp.ts";

/** The file at a path, as one that has it open knows it. */
function opened(path: string): OpenFile {
  const { dev, ino, uid } = Deno.statSync(path);
  return { dev, ino: ino ?? 0, uid: uid ?? 0 };
}

Deno.test("isInPlace believes a path in folders of whatever rights, if nobody exchanges anything", async () => {
  await using temp = new TempFolder();
  const path = await temp.write("a/b/c", "content");
  const file = opened(path);
  for (const mode of [0o700, 0o755, 0o775, 0o777, 0o1777]) {
    await Deno.chmod(join(temp.path, "a"), mode);
    assertEquals(isInPlace(path, file), true, mode.toString(8));
    assertEquals(isInPlace(path, { ...file, uid: file.uid + 1 }), true, mode.toString(8));
  }
});

Deno.test("hostile 14: isInPlace takes no link for a file or a folder, wherever it leads", async () => {
  await using temp = new TempFolder();
  const path = await temp.write("a/b/c", "content");
  await Deno.symlink(path, join(temp.path, "file"));
  await Deno.symlink(join(temp.path, "a"), join(temp.path, "folder"));
  await Deno.link(path, join(temp.path, "hard"));
  const file = opened(path);
  assertEquals(isInPlace(join(temp.path, "file"), file), false);
  assertEquals(isInPlace(join(temp.path, "folder/b/c"), file), false);
  assertEquals(isInPlace(join(temp.path, "hard"), file), true, "it is the file itself");
  assertEquals(isInPlace(join(temp.path, "a/b"), opened(join(temp.path, "a/b"))), false);
  assertEquals(isInPlace(join(temp.path, "gone"), file), false);
  await temp.write("a/b/d", "content");
  assertEquals(isInPlace(join(temp.path, "a/b/d"), file), false, "it is another file");
});

Deno.test("hostile 15: nothing outside of a share is read while a folder becomes a link and back", async () => {
  await using temp = new TempFolder();
  const disk = await temp.write("share/d/file", "public");
  await temp.write("secret/file", "SECRET");
  const root = join(temp.path, "share");
  const link = join(root, "link");
  await Deno.symlink("../secret", link);
  await Deno.chmod(root, 0o777); // Others may change it.
  const seen = { public: 0, SECRET: 0, given: 0 };
  await using _neighbour = await Exchanger.start(join(root, "d"), link);
  for (let attempt = 0; attempt < 200_000 && (seen.SECRET < 2000 || attempt < 20_000); attempt++) {
    try {
      // The scan is fooled as well: it sees the file outside.
      using open = openShared({ root, disk, stamp: stampOf(Deno.lstatSync(disk)) });
      const bytes = new Uint8Array(6);
      open.fillSync(0, bytes);
      const text = new TextDecoder().decode(bytes);
      assert(text === "public" || text === "SECRET", text);
      seen[text]++;
      open.check();
      assertEquals(text, "public");
      seen.given++;
    } catch (error) {
      const isRefused = error instanceof Deno.errors.NotFound ||
        (error instanceof LanyardError && error.code === "changed");
      if (!isRefused) throw error;
    }
  }
  assert(seen.SECRET > 100, `The exchange was never noticed: ${JSON.stringify(seen)}`);
});

Deno.test("hostile 17: PlainFile.open does not wait when a pipe takes a file's place", async () => {
  await using temp = new TempFolder();
  const path = await temp.write("d/file", "content");
  const pipe = join(temp.path, "d/pipe");
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  assertEquals(PlainFile.open(pipe), undefined);
  await using _neighbour = await Exchanger.start(path, pipe);
  const seen = { file: 0, nothing: 0 };
  for (let attempt = 0; attempt < 20_000; attempt++) {
    const file = PlainFile.open(path);
    file === undefined ? seen.nothing++ : seen.file++;
    file?.close();
  }
  assert(seen.file > 0 && seen.nothing > 0, JSON.stringify(seen));
});
