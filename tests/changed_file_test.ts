import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import type { Ended } from "./support/program.ts";
import { assertContent, namesIn, Served, verified } from "./support/served.ts";
import { eventually, patience } from "./support/waiting.ts";

const MiB = 1024 * 1024;
const content = noise(32 * MiB);
const other = noise(32 * MiB, 2);

/** What happens to a shared file while it is downloaded, and what it holds then. */
interface Change {
  what: string;
  change: (path: string) => Promise<void>;
  after?: Uint8Array;
}

/** Writes over the bytes of a file without making it another one. */
async function overwrite(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true });
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
}

const changes: Change[] = [
  { what: "written over", change: (path) => overwrite(path, other), after: other },
  { what: "cut short", change: (path) => Deno.truncate(path, 20 * MiB) },
  { what: "made longer", change: (path) => Deno.writeTextFile(path, "more", { append: true }) },
  {
    what: "replaced by a rename",
    change: async (path) => {
      await Deno.writeFile(`${path}.new`, other);
      await Deno.rename(`${path}.new`, path);
    },
    after: other,
  },
  { what: "deleted", change: (path) => Deno.remove(path) },
  {
    what: "replaced by a link",
    change: async (path) => {
      const target = join(path, "../../elsewhere.bin");
      await Deno.writeFile(target, other);
      await Deno.remove(path);
      await Deno.symlink(target, path);
    },
  },
  {
    what: "removed with its folder",
    change: (path) => Deno.remove(join(path, ".."), { recursive: true }),
  },
];

/** The tracker that the real peer of `served` hosts: it knows the files as they are. */
function ownTracker({ origin }: Served): string {
  return `127.0.0.1:${(origin.ready["tracker"] as { port: number }).port}`;
}

function assertChanged({ code, stdout, stderr, lines }: Ended): void {
  assertEquals([code, lines.at(-1)?.["code"]], [5, "changed"], stdout + stderr);
}

for (const { what, change, after } of changes) {
  Deno.test(`hostile 19: a file that is ${what} while it is downloaded is not mixed`, async () => {
    await using served = await Served.start({ "film.bin": content }, { stallAfter: 6 * MiB });
    await using out = new TempFolder();
    await using download = await served.get("film.bin", "-o", out.path);
    await verified(download, 5 * MiB);
    await change(served.path("film.bin"));
    served.proxy.faults = {};
    assertChanged(await download.end());
    assertEquals(namesIn(out.path).filter((name) => !name.startsWith(".lanyard-")), []);

    // Whoever comes later gets the file as it is now, if there is one.
    const removed = await served.origin.program.line((line) => line["change"] === "removed", 2000);
    assertEquals(removed["path"], "shared/film.bin");
    await using visitor = new Visitor(ownTracker(served));
    if (after === undefined) return;
    await served.origin.program.line((line) => line["change"] === "added", 10_000);
    const { code, stdout } = await visitor.run("get", "film.bin", "-o", out.path);
    assertEquals(code, 0, stdout);
    await assertContent(join(out.path, "film.bin"), after);
  });
}

Deno.test("hostile 18: the files of a removed folder leave, and the peer goes on", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  await folder.write("films/one.bin", "one");
  await folder.write("films/deep/two.bin", "two");
  await folder.write("songs/three.bin", "three");
  const roots = [join(folder.path, "films"), join(folder.path, "songs")];
  await using ana = await startShare(tracker.address, roots);
  await Deno.remove(join(folder.path, "films"), { recursive: true });
  await using visitor = new Visitor(tracker.address);
  const names = async (): Promise<true | undefined> => {
    const { lines } = await visitor.run("search", "bin");
    return lines.map(({ path }) => path).join() === "songs/three.bin" || undefined;
  };
  await eventually(names, patience, "only the other folder's file to be found");
  const out = await folder.folder("out");
  assertEquals((await visitor.run("get", "one.bin", "-o", out)).code, 3);
  assertEquals((await visitor.run("get", "three.bin", "-o", out)).code, 0);
  assertEquals(namesIn(out), ["three.bin"]);
  ana.program.kill("SIGINT");
  assertEquals((await ana.program.end()).code, 130);
});

Deno.test("hostile 18: a shared folder that is moved away and made anew is followed", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  await folder.write("films/one.bin", "one");
  await folder.write("alone/single.bin", "single");
  const roots = [join(folder.path, "films"), join(folder.path, "alone/single.bin")];
  await using ana = await startShare(tracker.address, roots);
  const { program } = ana;
  for (const path of ["films", "alone"]) {
    await Deno.rename(join(folder.path, path), join(folder.path, `${path} moved`));
  }
  const tells = async (change: string, path: string): Promise<void> => {
    await program.line((line) => line["change"] === change && line["path"] === path);
  };
  for (const path of ["films/one.bin", "single.bin"]) await tells("removed", path);

  await folder.write("films/two.bin", "two");
  await folder.write("alone/single.bin", "another");
  for (const path of ["films/two.bin", "single.bin"]) await tells("added", path);
  await folder.write("films/deep/three.bin", "three");
  await tells("added", "films/deep/three.bin");
  // What is not in its place any more is nobody's business.
  await folder.write("films moved/four.bin", "four");
  await using visitor = new Visitor(tracker.address);
  const { lines } = await visitor.run("search", "bin");
  const found = lines.map(({ path }) => path).sort();
  assertEquals(found, ["films/deep/three.bin", "films/two.bin", "single.bin"]);
});

/** A file that was changed without a trace: its times and size are what they were. */
async function rewrittenInSecret(
  folder: TempFolder,
  announced: () => Promise<void>,
): Promise<boolean> {
  const path = join(folder.path, "shared/secret.bin");
  // Change times are whole seconds, so everything has to happen within one.
  const isEarly = (): true | undefined => Date.now() % 1000 < 50 || undefined;
  await eventually(isEarly, patience, "a second to begin");
  await Deno.rename(await folder.write("secret.new", noise(3 * MiB)), path);
  const before = await Deno.stat(path);
  await announced();
  await overwrite(path, noise(3 * MiB, 2));
  await Deno.utime(path, before.atime ?? 0, before.mtime ?? 0);
  const now = await Deno.stat(path);
  assertEquals(now.mtime, before.mtime);
  return now.ctime?.getTime() === before.ctime?.getTime();
}

Deno.test("hostile 19: a file rewritten without a trace is caught by its hashes", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  await folder.write("shared/small.txt", "small");
  await using ana = await startShare(tracker.address, [join(folder.path, "shared")]);
  const { program } = ana;
  const tell = async (change: string, from: number): Promise<void> => {
    const isIt = (line: Record<string, unknown>): boolean => line["change"] === change;
    const came = (): true | undefined => program.lines.slice(from).some(isIt) || undefined;
    await eventually(came, patience, `a file to be ${change}`);
  };
  let attempts = 0;
  for (let from = 0;; from = program.lines.length) {
    if (await rewrittenInSecret(folder, () => tell("added", from))) break;
    assert(++attempts < 30, "This machine is too slow to do it within a second");
    from = program.lines.length;
    await Deno.remove(join(folder.path, "shared/secret.bin"));
    await tell("removed", from);
  }

  const told = program.lines.length;
  await using visitor = new Visitor(tracker.address);
  const out = await folder.folder("out");
  const caught = await visitor.run("get", "secret.bin", "-o", out);
  assertEquals([caught.code, caught.lines.at(-1)?.["code"]], [5, "integrity"], caught.stdout);
  assertMatch(String(caught.lines.at(-1)?.["message"]), /wrong bytes/);
  assertEquals(namesIn(out), []);
  // The receiver has complained, so that the sharer looks again and announces what is there.
  await tell("added", told);
  const again = await visitor.run("get", "secret.bin", "-o", out);
  assertEquals(again.code, 0, again.stdout);
  await assertContent(join(out, "secret.bin"), noise(3 * MiB, 2));
});
