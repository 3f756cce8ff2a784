import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { type ErrorCode, LanyardError } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { resolveRoots } from "./roots.ts";

Deno.test("resolveRoots labels folders and files by their names", async () => {
  await using temp = new TempFolder();
  const folder = await temp.folder("docs");
  const file = await temp.write("notes.txt", "x");
  const labels = {};
  assertEquals(await resolveRoots([folder, `${file}`], labels), [
    { real: folder, label: "docs", isFolder: true },
    { real: file, label: "notes.txt", isFolder: false },
  ]);
  assertEquals(labels, { [folder]: "docs", [file]: "notes.txt" });
});

Deno.test("resolveRoots numbers equal names, and remembers which is which", async () => {
  await using temp = new TempFolder();
  const [a, b, c] = await Promise.all(
    ["a/docs", "b/docs", "c/docs"].map((name) => temp.folder(name)),
  );
  const [one, two] = [await temp.write("1/x.tar.gz", ""), await temp.write("2/x.tar.gz", "")];
  const labels = {};
  const label = async (...paths: (string | undefined)[]): Promise<string[]> =>
    (await resolveRoots(paths.filter((path) => path !== undefined), labels))
      .map(({ label }) => label);
  assertEquals(await label(a, b, one, two), ["docs", "docs (2)", "x.tar.gz", "x.tar (2).gz"]);
  assertEquals(await label(b), ["docs (2)"]);
  assertEquals(await label(c, b, a), ["docs", "docs (2)", "docs (3)"]);
});

Deno.test("resolveRoots takes a path once, however it is written", async () => {
  await using temp = new TempFolder();
  const folder = await temp.folder("docs");
  await Deno.symlink(folder, join(temp.path, "link"));
  const roots = await resolveRoots([
    folder,
    `${folder}/`,
    `${folder}/../docs`,
    join(temp.path, "link"),
  ], {});
  assertEquals(roots.map(({ real, label }) => [real, label]), [[folder, "docs"]]);
});

Deno.test("hostile 14: resolveRoots follows a link that is named itself, and goes by its target", async () => {
  await using temp = new TempFolder();
  const folder = await temp.folder("real");
  await Deno.symlink(temp.path, join(temp.path, "up"));
  const roots = await resolveRoots([join(temp.path, "up/real")], {});
  assertEquals(roots, [{ real: folder, label: "real", isFolder: true }]);
});

Deno.test("hostile 14: resolveRoots refuses dangling links and loops, naming them", async () => {
  await using temp = new TempFolder();
  await Deno.symlink(join(temp.path, "nowhere"), join(temp.path, "dangling"));
  await Deno.symlink(join(temp.path, "loop"), join(temp.path, "loop"));
  await refused("not-found", join(temp.path, "dangling"));
  await refused("io", join(temp.path, "loop"));
  await refused("not-found", join(temp.path, "gone"));
});

Deno.test("hostile 17: resolveRoots refuses pipes and devices", async () => {
  await using temp = new TempFolder();
  await new Deno.Command("mkfifo", { args: [join(temp.path, "pipe")] }).output();
  await refused("usage", join(temp.path, "pipe"));
  await refused("usage", "/dev/null");
});

Deno.test("hostile 9: resolveRoots brings names to NFC and refuses what no share path can hold", async () => {
  await using temp = new TempFolder();
  const decomposed = await temp.folder("cafe\u0301");
  assertEquals((await resolveRoots([decomposed], {})).map(({ label }) => label), ["caf\u00e9"]);
  await refused("usage", await temp.folder("a\u0007b"));
  const backslash = await temp.folder("a\\b");
  assertEquals((await resolveRoots([backslash], {})).map(({ label }) => label), ["ab"]);
});

Deno.test("resolveRoots calls the root of a disk a disk", async () => {
  assertEquals(await resolveRoots(["/"], {}), [{ real: "/", label: "disk", isFolder: true }]);
});

async function refused(code: ErrorCode, path: string): Promise<void> {
  const error = await assertRejects(() => resolveRoots([path], {}), LanyardError, path);
  assertEquals(error.code, code, error.message);
}
