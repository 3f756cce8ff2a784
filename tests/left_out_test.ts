import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { Program } from "./support/program.ts";
import { joining, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { eventually, patience } from "./support/waiting.ts";

async function run(command: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(command, { args }).output();
  assertEquals(success, true, `${command} ${args.join(" ")}`);
}

async function listed(visitor: Visitor, from: string): Promise<unknown[]> {
  const { lines } = await visitor.run("list", "--peer", from);
  return lines.map(({ path }) => path).sort();
}

Deno.test("hostile 07 09 13: hidden, temporary, system and unspeakable names are left out and counted", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("tree/shared.txt", "shared");
  await temp.write("tree/folder/also shared.txt", "also shared");
  const leftOut = [
    ".hidden",
    ".hidden folder/inside.txt",
    ".git/config",
    "folder/CVS/Entries",
    "Thumbs.db",
    "folder/.DS_Store",
    "desktop.ini",
    ".lanyard-0123456789abcdef.part",
    ".lanyard-0123456789abcdef.have",
    "line\nfeed.txt",
    "carriage\rreturn.txt",
    "escape\u001b[2J.txt",
    "bell\u0007.txt",
    "next\u0085line.txt",
    "back\\slash.txt",
    "..\\..\\escape.txt",
    "folder with \t tab/inside.txt",
  ];
  for (const name of leftOut) await temp.write(join("tree", name), `content of ${name}`);
  // A name that is not UTF-8 cannot be written through Deno.
  await run("bash", "-c", `echo x > "$1"/$'latin-\\xe9.txt'`, "-", join(temp.path, "tree"));
  await using share = await startShare(tracker.address, [join(temp.path, "tree")], [
    "--name",
    "ana",
  ]);
  assertEquals(share.ready["files"], 2);
  // Deno 2.7, of which executables may be made, does not even list a name that is not UTF-8.
  const skipped = Number(share.ready["skipped"]);
  assertEquals(skipped === leftOut.length ? leftOut.length + 1 : skipped, leftOut.length + 1);
  await using visitor = new Visitor(tracker.address);
  assertEquals(await listed(visitor, "ana"), ["tree/folder/also shared.txt", "tree/shared.txt"]);
});

Deno.test("hostile 09: of two names that differ only in Unicode form one is shared", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("tree/caf\u00e9.txt", "composed");
  await temp.write("tree/cafe\u0301.txt", "decomposed");
  await using share = await startShare(tracker.address, [join(temp.path, "tree")]);
  assertEquals(share.ready["files"], 1);
  assertEquals(share.ready["skipped"], 1);
});

Deno.test("hostile 14 17: links, pipes, sockets and devices are left out and counted", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("secret/secret.txt", "secret");
  await temp.write("tree/shared.txt", "shared");
  const tree = join(temp.path, "tree");
  await Deno.symlink(join(temp.path, "secret/secret.txt"), join(tree, "link to a file"));
  await Deno.symlink(join(temp.path, "secret"), join(tree, "link to a folder"));
  await Deno.symlink(join(temp.path, "nowhere"), join(tree, "dangling link"));
  await Deno.symlink(tree, join(tree, "link to itself"));
  await run("mkfifo", join(tree, "pipe"));
  using _socket = Deno.listen({ transport: "unix", path: join(tree, "socket") });
  await using share = await startShare(tracker.address, [tree], ["--name", "ana"]);
  assertEquals(share.ready["files"], 1);
  assertEquals(share.ready["skipped"], 6);
  await using visitor = new Visitor(tracker.address);
  assertEquals(await listed(visitor, "ana"), ["tree/shared.txt"]);
  assertEquals((await visitor.run("search", "secret")).code, 3);
});

Deno.test("a link named itself is followed, and its target shared under its own name", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("real folder/shared.txt", "shared");
  await Deno.symlink(join(temp.path, "real folder"), join(temp.path, "link"));
  await using _share = await startShare(tracker.address, [join(temp.path, "link")], [
    "--name",
    "ana",
  ]);
  await using visitor = new Visitor(tracker.address);
  assertEquals(await listed(visitor, "ana"), ["real folder/shared.txt"]);
});

Deno.test("a hidden file or folder is shared where it is named itself", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write(".profile", "a hidden file");
  await temp.write(".config/settings.txt", "in a hidden folder");
  const paths = [join(temp.path, ".profile"), join(temp.path, ".config")];
  await using share = await startShare(tracker.address, paths, ["--name", "ana"]);
  assertEquals(share.ready["skipped"], 0);
  await using visitor = new Visitor(tracker.address);
  assertEquals(await listed(visitor, "ana"), [".config/settings.txt", ".profile"]);
});

Deno.test("what --exclude or a .lanyardignore names is left out and counted", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  for (
    const path of [
      "keep.txt",
      "drop.tmp",
      "deep/down/drop.tmp",
      "cache/one.txt",
      "cache/two.txt",
      "deep/private.txt",
      "deep/down/private.txt",
      "deep/down/notes/private.txt",
      "deep/down/notes/keep.txt",
      "deep/keep [1].txt",
    ]
  ) await temp.write(join("tree", path), path);
  await temp.write("tree/.lanyardignore", "# comment\n\ncache/\n");
  await temp.write("tree/deep/.lanyardignore", "private.txt\r\n");
  const tree = join(temp.path, "tree");
  await using share = await startShare(tracker.address, [tree], [
    "--name",
    "ana",
    "--exclude",
    "*.tmp",
    "--exclude",
    "/deep/down/notes/k*",
  ]);
  // Two *.tmp, the folder "cache", three private.txt, one by its path, and the two lists themselves.
  assertEquals(share.ready["skipped"], 9);
  await using visitor = new Visitor(tracker.address);
  assertEquals(await listed(visitor, "ana"), ["tree/deep/keep [1].txt", "tree/keep.txt"]);
});

Deno.test("people are told what was left out, and why", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("tree/shared.txt", "shared");
  await temp.write("tree/.hidden", "hidden");
  await temp.write("tree/back\\slash", "unspeakable");
  await temp.write("tree/.git/config", "version control");
  await using share = new Program("peer", [
    "share",
    join(temp.path, "tree"),
    ...joining(tracker.address),
    ...["--state", join(temp.path, "state"), "--port", "0"],
  ]);
  const said = await eventually(
    () => share.stdout.split("\n").find((line) => line.startsWith("Left out:")),
    patience,
    "what was left out",
  );
  assertStringIncludes(said, "1 hidden");
  assertStringIncludes(said, "1 names that other systems cannot hold");
  assertStringIncludes(said, "1 system files, unfinished downloads and version control");
});
