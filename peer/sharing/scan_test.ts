import { assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { TempFolder } from "../../tests/support/network.ts";
import { exclusion, type LeftOutReason } from "./left_out.ts";
import type { Root } from "./roots.ts";
import { type FoundOnDisk, scan } from "./scan.ts";
import { stampOf } from "./stamp.ts";

/** A folder `share`, shared as `docs`, with these files in it. */
async function shareOf(temp: TempFolder, ...names: string[]): Promise<Root> {
  const real = await temp.folder("share");
  for (const name of names) await temp.write(`share/${name}`, name);
  return { real, label: "docs", isFolder: true };
}

/** The share paths a scan finds, in order. */
function paths(root: Root, under?: string, globs: readonly string[] = []): string[] {
  return found(root, under, globs).map(({ path }) => path);
}

function found(root: Root, under?: string, globs: readonly string[] = []): FoundOnDisk[] {
  return [...scan(root, globs.map((glob) => exclusion(glob)), under)]
    .flatMap((one) => "found" in one ? [one.found] : []);
}

function leftOut(root: Root, under?: string): LeftOutReason[] {
  return [...scan(root, [], under)].flatMap((one) => "leftOut" in one ? [one.leftOut] : []);
}

Deno.test("scan finds every file below a folder, under its label", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a", "d/b", "d/e/c", "z");
  await temp.folder("share/empty");
  assertEquals(paths(root), ["docs/a", "docs/d/b", "docs/d/e/c", "docs/z"]);
  const [first] = found(root);
  assertEquals(first?.disk, join(root.real, "a"));
  assertEquals(first?.root, root.real);
  assertEquals(first?.stamp, stampOf(await Deno.stat(join(root.real, "a"))));
});

Deno.test("scan finds a shared file alone, whatever it is called", async () => {
  await using temp = new TempFolder();
  const real = await temp.write("d/.hidden", "x");
  await temp.write("d/other", "x");
  const root: Root = { real, label: ".hidden", isFolder: false };
  assertEquals(paths(root), [".hidden"]);
});

Deno.test("scan tells executables by their owner's bit", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "plain", "run");
  await Deno.chmod(join(root.real, "run"), 0o744);
  await Deno.chmod(join(root.real, "plain"), 0o655);
  assertEquals(found(root).map(({ executable }) => executable), [false, true]);
});

Deno.test("scan looks at the part below a share path only", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a", "d/b", "d/e/c", "de/f");
  assertEquals(paths(root, "docs"), ["docs/a", "docs/d/b", "docs/d/e/c", "docs/de/f"]);
  assertEquals(paths(root, "docs/d"), ["docs/d/b", "docs/d/e/c"]);
  assertEquals(paths(root, "docs/d/e"), ["docs/d/e/c"]);
  assertEquals(paths(root, "docs/gone"), []);
  assertEquals(paths(root, "docs/a"), []);
  assertEquals(paths(root, "docs/a/b"), []);
});

Deno.test("scan leaves out hidden names, junk and what our own downloads leave", async () => {
  await using temp = new TempFolder();
  const part = ".lanyard-0123456789abcdef.part";
  const root = await shareOf(temp, "a", ".b", ".git/c", "d/Thumbs.db", part, "d/.e/f");
  assertEquals(paths(root), ["docs/a"]);
  assertEquals(leftOut(root).sort(), ["hidden", "hidden", "junk", "junk", "junk"]);
  assertEquals(paths(root, "docs/.git"), []);
  assertEquals(paths(root, "docs/d/.e"), []);
});

Deno.test("scan leaves out what is excluded, from everywhere or by a folder's own list", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a.tmp", "b", "d/a.tmp", "d/c.bak", "d/e/c.bak", "f/c.bak");
  await temp.write("share/d/.lanyardignore", "*.bak\n");
  assertEquals(paths(root, undefined, ["*.tmp"]), ["docs/b", "docs/f/c.bak"]);
  assertEquals(paths(root, "docs/d/e"), [], "the list of the folder above counts");
  assertEquals(paths(root, undefined, ["d/"]), ["docs/a.tmp", "docs/b", "docs/f/c.bak"]);
  assertEquals(paths(root, "docs/d", ["d/"]), []);
  assertEquals(paths(root, undefined, ["/d/*.tmp", "f"]), ["docs/a.tmp", "docs/b"]);
});

Deno.test("hostile 17: scan reads no list of exclusions that is no file", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a", "d/b");
  await temp.write("secret", "*");
  await Deno.symlink(join(temp.path, "secret"), join(root.real, ".lanyardignore"));
  await makePipe(join(root.real, "d/.lanyardignore"));
  assertEquals(paths(root), ["docs/a", "docs/d/b"]);
});

Deno.test("hostile 17: scan leaves out a folder whose list of exclusions it cannot read", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a", "d/private", "d/e/private");
  await temp.write("share/d/.lanyardignore", `private\n${"#".repeat(1024 * 1024)}`);
  assertEquals([paths(root), leftOut(root)], [["docs/a"], ["unreadable"]]);
  assertEquals(paths(root, "docs/d/e"), []);
  await Deno.truncate(join(root.real, "d/.lanyardignore"), 1024 * 1024);
  assertEquals([paths(root), leftOut(root)], [["docs/a"], ["hidden", "excluded", "excluded"]]);
});

Deno.test("hostile 14: scan follows no link, not to files, folders, above, around or nowhere", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a", "d/b");
  await temp.write("outside/secret", "x");
  const links = {
    toFile: "../outside/secret",
    toFolder: "../outside",
    inside: "a",
    up: "..",
    self: "self",
    dangling: "nowhere",
  };
  for (const [name, target] of Object.entries(links)) {
    await Deno.symlink(target, join(root.real, name));
  }
  assertEquals(paths(root), ["docs/a", "docs/d/b"]);
  assertEquals(leftOut(root), Array(6).fill("special"));
  for (const name of Object.keys(links)) assertEquals(paths(root, `docs/${name}`), []);
});

Deno.test("hostile 17: scan leaves out pipes and sockets without opening them", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a");
  await makePipe(join(root.real, "pipe"));
  using _socket = Deno.listen({ transport: "unix", path: join(root.real, "socket") });
  assertEquals(paths(root), ["docs/a"]);
  assertEquals(leftOut(root), ["special", "special"]);
});

Deno.test({
  name: "hostile 17: scan looks at nothing that Linux shows of itself",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    for (const real of ["/proc", "/proc/self", "/sys/kernel", "/dev"]) {
      assertEquals(leftOut({ real, label: "disk", isFolder: true }), ["special"]);
    }
    assertEquals(leftOut({ real: "/", label: "disk", isFolder: true }, "disk/proc"), ["special"]);
  },
});

Deno.test("hostile 17: scan takes a sparse file for what it is", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a");
  await Deno.truncate(join(root.real, "a"), 2 ** 33);
  assertEquals(found(root).map(({ stamp }) => stamp.size), [2 ** 33]);
});

Deno.test("hostile 18: scan finds nothing where a root is gone, or has become something else", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a");
  const moved = join(temp.path, "moved");
  await Deno.rename(root.real, moved);
  assertEquals([paths(root), leftOut(root)], [[], ["unreadable"]]);
  await Deno.symlink(moved, root.real);
  assertEquals([paths(root), leftOut(root)], [[], ["special"]]);
  await Deno.remove(root.real);
  await Deno.writeTextFile(root.real, "a file");
  assertEquals([paths(root), leftOut(root)], [[], ["unreadable"]]);
});

Deno.test("hostile 18: scan finds nothing where a folder above a root became a link", async () => {
  await using temp = new TempFolder();
  const real = dirname(await temp.write("above/share/a", "x"));
  const root: Root = { real, label: "docs", isFolder: true };
  assertEquals(paths(root), ["docs/a"]);
  await Deno.rename(join(temp.path, "above"), join(temp.path, "moved"));
  await Deno.symlink(join(temp.path, "moved"), join(temp.path, "above"));
  assertEquals(paths(root), []);
  assertEquals(paths({ real: join(real, "a"), label: "a", isFolder: false }), []);
});

Deno.test("hostile 9: scan shares NFD names as NFC, and of two that collide always the same", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "cafe\u0301/a");
  assertEquals(paths(root), ["docs/caf\u00e9/a"]);
  assertEquals(paths(root, "docs/caf\u00e9"), ["docs/caf\u00e9/a"]);
  await temp.write("share/caf\u00e9/b", "x");
  assertEquals(leftOut(root), ["collision"]);
  assertEquals(paths(root, "docs/caf\u00e9"), paths(root));
});

Deno.test("hostile 7: scan leaves out names that no share path can hold, and counts them", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a", "b\nSHARE {}", "c\u001b[2J", "d\\e", "f\ufffd", "ok\u202e");
  assertEquals(paths(root), ["docs/a", "docs/ok\u202e"]);
  assertEquals(leftOut(root), ["name", "name", "name", "name"]);
});

Deno.test("hostile 9: scan leaves out names that are not UTF-8", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a");
  const script = `printf x > "$(printf '${root.real}/\\377\\376.txt')"`;
  await new Deno.Command("sh", { args: ["-c", script] }).output();
  assertEquals(paths(root), ["docs/a"]);
});

Deno.test("hostile 11: scan leaves out what is deeper than a share path reaches", async () => {
  await using temp = new TempFolder();
  const root = await shareOf(temp, "a");
  // Two deep folders, one moved into the other: no system call takes the path to the file whole.
  const deep = Array(9).fill("n".repeat(255)).join("/");
  await temp.write(`share/${deep}/f`, "x");
  await temp.write(`other/${deep}/f`, "x");
  await Deno.rename(join(temp.path, "other"), join(root.real, deep, "other"));
  assertEquals(paths(root), ["docs/a", `docs/${deep}/f`]);
  assertEquals(leftOut(root).length, 1);
  await Deno.rename(join(root.real, deep, "other"), join(temp.path, "other"));
});

async function makePipe(path: string): Promise<void> {
  await new Deno.Command("mkfifo", { args: [path] }).output();
}
