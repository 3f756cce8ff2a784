import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { joining, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { Program, runPeer } from "./support/program.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { eventually } from "./support/waiting.ts";

/** Milliseconds within which a change on disk is to be seen. */
const soon = 2000;

/** What everybody shares, asked again and again by one who has joined once. */
class Onlooker implements Disposable {
  readonly #connection: RawConnection;

  private constructor(connection: RawConnection) {
    this.#connection = connection;
  }

  static async join(port: number): Promise<Onlooker> {
    const connection = await RawConnection.greet(port);
    const files = [{ path: "own", size: 0, modified: 0, id: "0".repeat(64) }];
    await connection.request("SHARE", { files });
    return new Onlooker(connection);
  }

  /** Path and size of everything, but for what the onlooker has to share itself. */
  async see(): Promise<Record<string, number>> {
    const { files = [] } = await this.#connection.request("LIST");
    const seen = (files as { path: string; size: number }[]).filter(({ path }) => path !== "own");
    return Object.fromEntries(seen.map(({ path, size }) => [path, size]).sort());
  }

  /** Waits until exactly this can be seen. */
  async sees(expected: Record<string, number>, ms = soon): Promise<void> {
    const wanted = JSON.stringify(Object.fromEntries(Object.entries(expected).sort()));
    let seen = "";
    const isSeen = async (): Promise<true | undefined> => {
      seen = JSON.stringify(await this.see());
      return seen === wanted ? true : undefined;
    };
    await eventually(isSeen, ms, wanted).catch((cause) => {
      throw new Error(`Saw ${seen}`, { cause });
    });
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

Deno.test("new, removed and renamed files are found and gone within two seconds", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const tree = join(temp.path, "tree");
  await temp.write("tree/one.txt", "1");
  await temp.write("tree/folder/two.txt", "22");
  await using share = await startShare(tracker.address, [tree]);
  using onlooker = await Onlooker.join(tracker.port);
  await onlooker.sees({ "tree/one.txt": 1, "tree/folder/two.txt": 2 });

  await temp.write("tree/new/deep/three.txt", "333");
  const withNew = { "tree/one.txt": 1, "tree/folder/two.txt": 2, "tree/new/deep/three.txt": 3 };
  await onlooker.sees(withNew);
  await Deno.rename(join(tree, "folder"), join(tree, "other"));
  const { "tree/folder/two.txt": _, ...rest } = withNew;
  await onlooker.sees({ ...rest, "tree/other/two.txt": 2 });
  await Deno.remove(join(tree, "one.txt"));
  await onlooker.sees({ "tree/other/two.txt": 2, "tree/new/deep/three.txt": 3 });
  await Deno.rename(join(tree, "new"), join(temp.path, "moved out"));
  await onlooker.sees({ "tree/other/two.txt": 2 });
  await Deno.rename(join(temp.path, "moved out"), join(tree, "moved in"));
  await onlooker.sees({ "tree/other/two.txt": 2, "tree/moved in/deep/three.txt": 3 });
  await Deno.remove(tree, { recursive: true });
  await onlooker.sees({});

  const changes = share.program.lines.filter(({ event }) => event === "changed");
  for (const path of ["new/deep/three.txt", "other/two.txt", "moved in/deep/three.txt"]) {
    const told = changes.filter((line) => line["path"] === `tree/${path}`);
    assertEquals([told[0]?.["change"], told.at(-1)?.["change"]], ["added", "removed"]);
  }
});

Deno.test("a changed file is gone within two seconds, and found again as it is when it rests", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const file = await temp.write("tree/report.txt", "old");
  await using _share = await startShare(tracker.address, [join(temp.path, "tree")]);
  using onlooker = await Onlooker.join(tracker.port);
  await onlooker.sees({ "tree/report.txt": 3 });
  await Deno.writeTextFile(file, " and newer", { append: true });
  await onlooker.sees({});
  await onlooker.sees({ "tree/report.txt": 13 }, 5000);
  await using visitor = new Visitor(tracker.address);
  const out = join(temp.path, "out");
  assertEquals((await visitor.run("get", "report.txt", "-o", out)).code, 0);
  assertEquals(await Deno.readTextFile(join(out, "report.txt")), "old and newer");
});

Deno.test("a file that is shared itself is followed when a program saves it anew", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const file = await temp.write("notes.txt", "old");
  await temp.write("private.txt", "not shared");
  await using _share = await startShare(tracker.address, [file]);
  using onlooker = await Onlooker.join(tracker.port);
  await onlooker.sees({ "notes.txt": 3 });
  await Deno.rename(await temp.write("notes.txt.new", "newer"), file);
  await onlooker.sees({ "notes.txt": 5 }, 5000);
  await Deno.remove(file);
  await onlooker.sees({});
});

Deno.test("what is left out by its name stays out when it changes, and when it comes by a new name", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("tree/one.txt", "1");
  await temp.write("tree/.hidden.txt", "hidden");
  const tree = join(temp.path, "tree");
  await using _share = await startShare(tracker.address, [tree], ["--exclude", "*.tmp"]);
  using onlooker = await Onlooker.join(tracker.port);
  await temp.write("tree/.hidden.txt", "hidden and changed");
  await temp.write("tree/new.tmp", "excluded");
  await Deno.symlink("/etc/passwd", join(tree, "link"));
  await temp.write("tree/two.txt", "22");
  await onlooker.sees({ "tree/one.txt": 1, "tree/two.txt": 2 });
  await Deno.rename(join(tree, "new.tmp"), join(tree, "new.txt"));
  await onlooker.sees({ "tree/one.txt": 1, "tree/two.txt": 2, "tree/new.txt": 8 });
  await Deno.rename(join(tree, "two.txt"), join(tree, ".two.txt"));
  await onlooker.sees({ "tree/one.txt": 1, "tree/new.txt": 8 });
});

Deno.test("ready is the first line, and tells what was copied later", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("tree/one.txt", "one");
  await using share = await startShare(tracker.address, [join(temp.path, "tree")]);
  const [first] = share.program.lines;
  assertEquals(Object.keys(first ?? {}), ["event", "port", "peer", "files", "skipped"]);
  assertEquals([first?.["event"], first?.["files"]], ["ready", 1]);
  assertMatch(String(first?.["peer"]), /^[0-9a-f]{64}$/);
  await using visitor = new Visitor(tracker.address);
  assertEquals((await visitor.run("get", "one.txt", "-o", join(temp.path, "out"))).code, 0);
  const upload = await share.program.event("upload");
  assertEquals([upload["path"], upload["bytes"]], ["tree/one.txt", 3]);
});

Deno.test("a share that starts before its tracker says so, and is ready when the tracker is", async () => {
  await using temp = new TempFolder();
  await temp.write("tree/one.txt", "one");
  const reserved = Deno.listen({ port: 0 });
  const { port } = reserved.addr;
  reserved.close();
  const state = ["--state", join(temp.path, "state"), "--port", "0"];
  const args = ["share", join(temp.path, "tree"), ...joining(`127.0.0.1:${port}`), ...state];
  await using share = new Program("peer", [...args, "--json"]);
  await eventually(() => share.stderr.includes("Nothing listens") || undefined);
  assertEquals(share.stdout, "");
  await using tracker = new Program("tracker", [
    ...["--port", String(port), "--tls-port", "0", "--http-port", "0", "--json"],
    ...["--state", join(temp.path, "tracker")],
  ]);
  await tracker.event("ready");
  assertEquals((await share.event("ready"))["files"], 1);
  assertEquals(share.lines[0]?.["event"], "ready");
});

Deno.test("folders of one name are told apart, and keep the names they were given", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("a/docs/of a.txt", "a");
  await temp.write("b/docs/of b.txt", "bb");
  const folders = ["a/docs", "b/docs"].map((name) => join(temp.path, name));
  const args = ["--state", join(temp.path, "state")];
  using onlooker = await Onlooker.join(tracker.port);
  for (const order of [folders, folders.toReversed(), []]) {
    await using _share = await startShare(tracker.address, order, args);
    await onlooker.sees({ "docs/of a.txt": 1, "docs (2)/of b.txt": 2 });
  }
});

Deno.test("--host-tracker is a tracker for others, and ends with its share", async () => {
  await using temp = new TempFolder();
  await temp.write("tree/one.txt", "one");
  const state = join(temp.path, "state");
  const args = [
    "share",
    join(temp.path, "tree"),
    "--host-tracker",
    "--tracker-port",
    "0",
    "--tracker-tls-port",
    "0",
  ];
  await using host = new Program("peer", [...args, "--port", "0", "--state", state, "--json"]);
  const ready = await host.event("ready");
  const tracker = ready["tracker"] as { port: number; tlsPort: number };
  const address = `127.0.0.1:${tracker.port}`;
  await using _guest = await startShare(address, [await temp.write("guest.txt", "guest")]);
  using onlooker = await Onlooker.join(tracker.port);
  await onlooker.sees({ "guest.txt": 5 }); // The host itself is reached only with encryption.
  const guest = ["--state", join(temp.path, "guest"), "--share", await temp.write("own", "own")];
  const secure = ["--tracker", `127.0.0.1:${tracker.tlsPort}`, ...guest, "--json"];
  const found = await runPeer(["search", "txt", ...secure]);
  assertEquals(found.lines.map(({ path }) => path).toSorted(), ["guest.txt", "tree/one.txt"]);
  const taken = await runPeer([
    ...["share", join(temp.path, "tree"), "--host-tracker", "--tracker-port", `${tracker.port}`],
    ...["--state", join(temp.path, "other state"), "--port", "0", "--json"],
  ]);
  assertEquals([taken.code, taken.lines[0]?.["code"]], [1, "io"]);
  assertMatch(String(taken.lines[0]?.["message"]), /taken.*--tracker .*--tracker-port/);
  host.kill("SIGINT");
  assertEquals((await host.end()).code, 130);
  const gone = await Deno.connect({ port: tracker.port }).catch((error: unknown) => error);
  assert(gone instanceof Deno.errors.ConnectionRefused);
});
