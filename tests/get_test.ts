import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  noise,
  type RunningShare,
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { commandFor, type Ended, runPeer } from "./support/program.ts";
import { pathsIn } from "./support/tree.ts";
import { eventually, patience } from "./support/waiting.ts";

/** When the files of a scene were last modified. */
const longAgo = new Date(1_600_000_000_789);

/** A tracker, ana and ben who share folders, and a visitor who copies from them. */
class Scene implements AsyncDisposable {
  readonly temp: TempFolder;
  readonly visitor: Visitor;
  readonly out: string;
  readonly ana: RunningShare;
  readonly ben: RunningShare;
  readonly #tracker: RunningTracker;

  private constructor(
    temp: TempFolder,
    tracker: RunningTracker,
    ana: RunningShare,
    ben: RunningShare,
  ) {
    this.temp = temp;
    this.#tracker = tracker;
    this.ana = ana;
    this.ben = ben;
    this.visitor = new Visitor(tracker.address);
    this.out = join(temp.path, "out");
  }

  /** @param files content by path, whose first component is who shares; *.sh are executable. */
  static async set(files: Record<string, string | Uint8Array>): Promise<Scene> {
    const temp = new TempFolder();
    for (const [path, content] of Object.entries(files)) {
      const disk = await temp.write(path, content);
      await Deno.utime(disk, longAgo, longAgo);
      if (path.endsWith(".sh")) await Deno.chmod(disk, 0o755);
    }
    const tracker = await startTracker();
    const share = async (name: string): Promise<RunningShare> => {
      const names = [...Deno.readDirSync(join(temp.path, name))].map((entry) => entry.name);
      const paths = names.map((inner) => join(temp.path, name, inner));
      return await startShare(tracker.address, paths, ["--name", name]);
    };
    const [ana, ben] = await Promise.all([share("ana"), share("ben")]);
    return new Scene(temp, tracker, ana, ben);
  }

  /** Runs `peer get` into the folder `out`. */
  async get(...args: string[]): Promise<Ended> {
    return await this.visitor.run("get", "-o", this.out, ...args);
  }

  /** The text of a file in `out`. */
  async read(name: string): Promise<string> {
    return await Deno.readTextFile(join(this.out, name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of [this.visitor, this.ana, this.ben, this.#tracker, this.temp]) {
      await one[Symbol.asyncDispose]();
    }
  }
}

/** The message of the one error that a run ended with. */
function errorOf({ code, lines, stdout }: Ended, status: number, expected: string): string {
  assertEquals([code, lines.length], [status, 1], stdout);
  assertEquals([lines[0]?.["event"], lines[0]?.["code"]], ["error", expected]);
  return String(lines[0]?.["message"]);
}

Deno.test("a file is copied by its name, path, id and link, with its time and its executable bit", async () => {
  await using scene = await Scene.set({ "ana/tools/Run Me.sh": "echo", "ben/x/y.txt": "y" });
  const id = String((await scene.visitor.run("search", "Run Me")).lines[0]?.["id"]);
  const ways = {
    name: "RUN me.SH",
    path: "tools/Run Me.sh",
    id,
    upper: id.toUpperCase(),
    link: `lanyard:${id}?size=4&name=${encodeURIComponent("Run Me.sh")}`,
    folder: "tools/",
  };
  for (const [way, what] of Object.entries(ways)) {
    const got = await scene.visitor.run("get", what, "-o", join(scene.out, way));
    assertEquals(got.code, 0, got.stdout);
    const path = join(scene.out, way, way === "folder" ? "tools/Run Me.sh" : "Run Me.sh");
    assertEquals(got.lines.at(-1)?.["path"], path);
    assertEquals(await Deno.readTextFile(path), "echo");
    const { mtime, mode } = await Deno.stat(path);
    assertEquals([mtime?.getTime(), (mode ?? 0) & 0o111], [longAgo.getTime(), 0o111]);
  }
  const renamed = await scene.get(`lanyard:${id}?name=other.sh`);
  assertEquals(renamed.lines.at(-1)?.["path"], join(scene.out, "other.sh"));
  errorOf(await scene.get(`lanyard:${id}?size=5`), 3, "not-found");
});

Deno.test("hostile 01 04 51: a link names no place outside the chosen folder", async () => {
  await using scene = await Scene.set({ "ana/one.txt": "one", "ben/x.txt": "x" });
  const id = String((await scene.visitor.run("search", "one.txt")).lines[0]?.["id"]);
  for (const name of ["../evil.txt", "/tmp/evil.txt", "../out-evil/x", "..", ".", "a/../../b"]) {
    errorOf(await scene.get(`lanyard:${id}?name=${encodeURIComponent(name)}`), 2, "usage");
  }
  assertEquals(await pathsIn(scene.temp.path), ["ana/one.txt", "ben/x.txt"]);
});

Deno.test("a name with several contents is ambiguous, and every choice that is named can be made", async () => {
  await using scene = await Scene.set({
    "ana/docs/same.txt": "of ana",
    "ana/docs/old/same.txt": "old",
    "ben/docs/same.txt": "of ben",
  });
  const message = errorOf(await scene.get("same.txt"), 2, "ambiguous");
  for (const choice of ["docs/same.txt", "docs/old/same.txt", "from ana", "from ben", "--from"]) {
    assertStringIncludes(message, choice);
  }
  errorOf(await scene.get("docs/same.txt"), 2, "ambiguous");
  errorOf(await scene.get("docs/"), 2, "ambiguous");
  assertEquals((await scene.get("docs/old/same.txt")).code, 0);
  assertEquals(await scene.read("same.txt"), "old");
  assertEquals((await scene.get("docs/same.txt", "--from", "ben", "--overwrite")).code, 0);
  assertEquals(await scene.read("same.txt"), "of ben");
  assertEquals((await scene.get("docs/", "--from", "ana")).code, 0);
  assertEquals(await pathsIn(join(scene.out, "docs")), ["old/same.txt", "same.txt"]);
});

Deno.test("--from takes a name, the first digits of an id, or an address with its port", async () => {
  await using scene = await Scene.set({ "ana/which.txt": "of ana", "ben/which.txt": "of ben" });
  const { peer, port } = scene.ben.ready;
  const id = String(peer);
  for (const from of ["ben", id, id.slice(0, 8).toUpperCase(), `127.0.0.1:${port}`]) {
    assertEquals((await scene.get("which.txt", "--from", from, "--overwrite")).code, 0, from);
    assertEquals(await scene.read("which.txt"), "of ben");
    await Deno.remove(join(scene.out, "which.txt"));
  }
  const message = errorOf(await scene.get("which.txt", "--from", "127.0.0.1"), 2, "ambiguous");
  assertStringIncludes(message, id.slice(0, 8));
  for (const nobody of ["be", "nobody", id.slice(0, 3), "127.0.0.2"]) {
    errorOf(await scene.get("which.txt", "--from", nobody), 3, "not-found");
  }
});

Deno.test("two peers of one name are told apart by their digits", async () => {
  await using scene = await Scene.set({ "ana/which.txt": "of ana", "ben/other.txt": "of ben" });
  const { address } = scene.visitor;
  await using second = await startShare(address, [join(scene.temp.path, "ben")], [
    "--name",
    "ana",
  ]);
  const message = errorOf(await scene.get("which.txt", "--from", "ana"), 2, "ambiguous");
  for (const { ready } of [scene.ana, second]) {
    assertStringIncludes(message, String(ready["peer"]).slice(0, 8));
  }
  const { stdout } = await runPeer(["peers", ...await scene.visitor.args()]);
  assertStringIncludes(stdout, `ana·${String(second.ready["peer"]).slice(0, 4)}`);
});

Deno.test("what several peers have is one result, and one file however it is named", async () => {
  await using scene = await Scene.set({
    "ana/photos/holiday.jpg": "a picture",
    "ben/photos/holiday.jpg": "a picture",
    "ben/backup/IMG 1.jpg": "a picture",
  });
  const { lines } = await scene.visitor.run("search", "holiday");
  assertEquals(lines.length, 1);
  const sources = lines[0]?.["sources"] as { name: string }[];
  assertEquals(sources.map(({ name }) => name).sort(), ["ana", "ben"]);
  for (const what of ["holiday.jpg", "photos/", String(lines[0]?.["id"])]) {
    const got = await scene.get(what);
    assertEquals([got.code, got.lines.length > 0], [0, true], got.stdout);
  }
  assertEquals(await pathsIn(join(scene.out, "photos")), ["holiday.jpg"]);
});

Deno.test("a folder without its slash is suggested with one, and so are similar names once", async () => {
  await using scene = await Scene.set({
    "ana/photos/one.jpg": "1",
    "ana/photos/summer/two.jpg": "2",
    "ben/photo album/one.jpg": "3",
  });
  const message = errorOf(await scene.get("photos"), 3, "not-found");
  assertStringIncludes(message, 'peer get "photos/"');
  assertEquals(
    errorOf(await scene.get("ne.j"), 3, "not-found"),
    'No file is named "ne.j"; similar names: one.jpg',
  );
  assertEquals((await scene.get("photos/summer/")).code, 0);
  assertEquals(await pathsIn(scene.out), ["summer/two.jpg"]);
});

Deno.test("getting it again says that it is here, and fetches nothing", async () => {
  await using scene = await Scene.set({
    "ana/big.bin": noise(2_500_000),
    "ana/folder/empty.txt": "",
    "ana/folder/full.txt": "full",
    "ben/x.txt": "x",
  });
  for (const what of ["big.bin", "folder/"]) {
    const first = await scene.get(what);
    assertEquals(first.code, 0);
    const second = await scene.get(what);
    assertEquals(second.code, 0);
    const done = second.lines.filter(({ event }) => event === "done");
    assertEquals(done.length, what === "big.bin" ? 1 : 2);
    for (const line of done) assertEquals([line["received"], line["sources"]], [0, 0]);
    const told = await runPeer(["get", what, "-o", scene.out, ...await scene.visitor.args()]);
    assertStringIncludes(told.stdout, "already here");
  }
  assertEquals(await pathsIn(scene.out), ["big.bin", "folder/empty.txt", "folder/full.txt"]);
});

Deno.test("what this machine has in another folder is copied from there", async () => {
  await using scene = await Scene.set({ "ana/big.bin": noise(2_500_000), "ben/x.txt": "x" });
  const elsewhere = join(scene.out, "elsewhere");
  // A file that changed in the last two seconds is not relied on yet.
  await eventually(
    async () => {
      assertEquals((await scene.get("big.bin")).code, 0);
      await Deno.remove(elsewhere, { recursive: true }).catch(() => {});
      const got = await scene.visitor.run("get", "big.bin", "-o", elsewhere);
      assertEquals(got.code, 0);
      assertEquals(await Deno.readFile(join(elsewhere, "big.bin")), noise(2_500_000));
      return got.lines.at(-1)?.["received"] === 0 ? true : undefined;
    },
    patience,
    "a copy that is not fetched",
  );
});

Deno.test("a name that is taken gets a number, and --overwrite takes the name", async () => {
  await using scene = await Scene.set({ "ana/Plan.tar.gz": "theirs", "ben/README": "theirs" });
  await scene.temp.write("out/Plan.tar.gz", "mine");
  await scene.temp.write("out/README/inside.txt", "a folder");
  const expected = ["Plan.tar (2).gz", "Plan.tar.gz", "README (2)", "README/inside.txt"];
  for (const received of [6, 0]) {
    for (const name of ["Plan.tar.gz", "README"]) {
      const got = await scene.get(name);
      assertEquals([got.code, got.lines.at(-1)?.["received"]], [0, received], got.stdout);
    }
    assertEquals(await pathsIn(scene.out), expected);
    assertEquals(await scene.read("Plan.tar.gz"), "mine");
    assertEquals(await scene.read("Plan.tar (2).gz"), "theirs");
  }
  await Deno.remove(join(scene.out, "Plan.tar (2).gz"));
  assertEquals((await scene.get("Plan.tar.gz", "--overwrite")).code, 0);
  assertEquals(await scene.read("Plan.tar.gz"), "theirs");
  assertEquals(await pathsIn(scene.out), expected.slice(1));
});

Deno.test("-o - writes the bytes and nothing else to standard output", async () => {
  await using scene = await Scene.set({
    "ana/film.bin": noise(5_000_001),
    "ana/folder/a.txt": "a",
    "ana/folder/b.txt": "b",
    "ben/empty.txt": "",
  });
  const pipe = async (what: string): Promise<Uint8Array> => {
    const [command, ...rest] = commandFor("peer");
    const args = [...rest, "get", what, "-o", "-", ...await scene.visitor.args()];
    const { success, stdout } = await new Deno.Command(command, { args, stderr: "null" }).output();
    assert(success);
    return stdout;
  };
  assertEquals(await pipe("film.bin"), noise(5_000_001));
  assertEquals((await pipe("empty.txt")).length, 0);
  errorOf(await scene.visitor.run("get", "film.bin", "-o", "-"), 2, "usage");
  const folder = await runPeer(["get", "folder/", "-o", "-", ...await scene.visitor.args()]);
  assertEquals([folder.code, folder.stdout], [2, ""]);
});

Deno.test("a download folder that is none is an error that names it", async () => {
  await using scene = await Scene.set({ "ana/one.txt": "one", "ben/x.txt": "x" });
  const file = await scene.temp.write("a file", "not a folder");
  for (const out of [file, join(file, "inside")]) {
    const message = errorOf(await scene.visitor.run("get", "one.txt", "-o", out), 1, "io");
    assertMatch(message, /a file/);
  }
  assertEquals(await Deno.readTextFile(file), "not a folder");
});
