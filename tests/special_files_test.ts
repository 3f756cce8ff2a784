import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { run } from "./support/commands.ts";
import { SmallDisk } from "./support/mounts.ts";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import type { Line } from "./support/program.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { canDropRights, withoutOverride } from "./support/rights.ts";
import { assertContent, idOf } from "./support/served.ts";
import { eventually, patience } from "./support/waiting.ts";

const MiB = 1024 * 1024;
const ignore = !await canDropRights();

/** A pipe with somebody behind it who waits for a reader, and notices the first one. */
class Trap implements AsyncDisposable {
  readonly #writer: Deno.ChildProcess;
  /** Whether somebody has opened the pipe. */
  noticed = false;

  private constructor(path: string) {
    const args = ["-c", 'echo noticed > "$1"', "-", path];
    this.#writer = new Deno.Command("sh", { args, stderr: "null" }).spawn();
    void this.#writer.status.then(() => this.noticed = true);
  }

  static async set(path: string): Promise<Trap> {
    await run("mkfifo", path);
    const trap = new Trap(path);
    const isWaiting = async (): Promise<true | undefined> => {
      const stat = await Deno.readTextFile(`/proc/${trap.#writer.pid}/stat`);
      return stat.includes("(sh) S") || undefined;
    };
    await eventually(isWaiting, patience, "the writer to wait");
    return trap;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.noticed) this.#writer.kill("SIGKILL");
    await this.#writer.status;
  }
}

Deno.test({
  name: "hostile 17: pipes, sockets, devices and unreadable files are counted, and never opened",
  ignore,
  fn: async () => {
    await using tracker = await startTracker();
    await using temp = new TempFolder();
    const share = await temp.folder("share");
    await temp.write("share/deep/film.mp4", "film");
    await Deno.chmod(await temp.write("share/secret.txt", "secret"), 0);
    await using pipe = await Trap.set(join(share, "pipe"));
    await using list = await Trap.set(join(share, "deep/.lanyardignore"));
    using _socket = Deno.listen({ transport: "unix", path: join(share, "socket") });
    await run("mknod", join(share, "endless"), "c", "1", "5");
    await run("mknod", join(share, "disk"), "b", "7", "99");
    await using ana = await startShare(tracker.address, [share], ["--name", "ana"], {
      prefix: withoutOverride,
    });
    assertEquals(ana.ready["files"], 1);
    assertEquals(ana.ready["skipped"], 6);
    await using visitor = new Visitor(tracker.address);
    const { lines } = await visitor.run("list", "--peer", "ana");
    assertEquals(lines.map(({ path }) => path), ["share/deep/film.mp4"]);
    assertEquals((await visitor.run("get", "share/", "-o", join(temp.path, "out"))).code, 0);
    for (const trap of [pipe, list]) assertEquals(trap.noticed, false);
  },
});

Deno.test({
  name: "hostile 17: a folder that cannot be read is counted, and everything else is shared",
  ignore,
  fn: async () => {
    await using tracker = await startTracker();
    await using temp = new TempFolder();
    await temp.write("share/public.txt", "public");
    await temp.write("share/closed/inside.txt", "inside");
    await temp.write("share/open/list.txt", "not to be shared without its list");
    await temp.write("share/open/.lanyardignore", "list.txt");
    await Deno.chmod(join(temp.path, "share/closed"), 0);
    await Deno.chmod(join(temp.path, "share/open/.lanyardignore"), 0);
    await using ana = await startShare(tracker.address, [join(temp.path, "share")], [], {
      prefix: withoutOverride,
    });
    await Deno.chmod(join(temp.path, "share/closed"), 0o700);
    assertEquals([ana.ready["files"], ana.ready["skipped"]], [1, 2]);
    assertMatch(ana.program.stderr, /^Changes are noticed every minute only.*closed/);
  },
});

Deno.test("hostile 17: what is no file or folder of a disk is refused where it is named", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await run("mkfifo", join(temp.path, "pipe"));
  using _socket = Deno.listen({ transport: "unix", path: join(temp.path, "socket") });
  for (const what of ["pipe", "socket", "/dev/null", "/proc/cpuinfo", "/proc/self", "/dev"]) {
    const path = what.startsWith("/") ? what : join(temp.path, what);
    await using visitor = new Visitor(tracker.address);
    const { code, lines, stderr } = await visitor.run("peers", "--share", path);
    const [{ message = "" } = {}] = lines;
    assertEquals([code, lines.length, stderr], [2, 1, ""], what);
    assertMatch(String(message), /^"[^"]+" is neither a file nor a folder/);
  }
});

Deno.test("hostile 17 18: a pipe that is made in a share stops neither serving nor following", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const share = await temp.folder("share");
  await temp.write("share/one.txt", "one");
  await using ana = await startShare(tracker.address, [share]);
  await run("mkfifo", join(share, "pipe"));
  await temp.write("share/two.txt", "two");
  const { program, ready } = ana;
  await program.line(({ path }) => path === "share/two.txt");
  const warning = await program.event("warning");
  assertMatch(String(warning["message"]), /^Changes are noticed every minute only.* a pipe in/);
  // What is moved away and made anew is found without the events that do not come any more.
  await Deno.rename(share, join(temp.path, "moved"));
  await temp.write("share/three.txt", "three");
  await program.line(({ path }) => path === "share/three.txt");
  using peer = await RawConnection.open(Number(ready["port"]));
  assertEquals((await peer.request("HELLO", { version: 2 })).verb, "HI");
  peer.close();
  program.kill("SIGINT");
  assertEquals((await program.end()).code, 130);
});

Deno.test("hostile 17: a sparse file is shared and copied as what it reads as", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const sparse = await temp.write("share/sparse.bin", "begin");
  await Deno.truncate(sparse, 40 * MiB);
  await using _ana = await startShare(tracker.address, [join(temp.path, "share")]);
  await using visitor = new Visitor(tracker.address);
  const out = await temp.folder("out");
  assertEquals((await visitor.run("get", "sparse.bin", "-o", out)).code, 0);
  const expected = new Uint8Array(40 * MiB);
  expected.set(new TextEncoder().encode("begin"));
  await assertContent(join(out, "sparse.bin"), expected);
});

Deno.test({
  name: "hostile 18: a disk that is unmounted, mounted again and made read-only is followed",
  ignore: !await SmallDisk.isPossible(),
  fn: async () => {
    const content = noise(20 * MiB);
    await using tracker = await startTracker();
    await using temp = new TempFolder();
    await temp.write("other.txt", "other");
    await using disk = await SmallDisk.mount(64);
    const fill = async (): Promise<void> => {
      await Deno.mkdir(join(disk.path, "films"));
      await Deno.writeFile(join(disk.path, "films/film.bin"), content);
      await Deno.writeTextFile(join(disk.path, "notes.txt"), "notes");
    };
    await fill();
    await using ana = await startShare(tracker.address, [disk.path, join(temp.path, "other.txt")]);
    const tells = async (change: string, name: string): Promise<void> => {
      const fits = (line: Line): boolean =>
        line["change"] === change && String(line["path"]).endsWith(name);
      await ana.program.line(fits);
    };
    await using visitor = new Visitor(tracker.address);
    const get = async (what: string, to: string): Promise<number> => {
      return (await visitor.run("get", what, "-o", join(temp.path, to))).code;
    };
    using peer = await RawConnection.open(Number(ana.ready["port"]));
    await peer.request("HELLO", { version: 2 });
    const whole = { id: idOf(content), size: content.length, offset: 0, length: content.length };
    assertEquals((await peer.request("DOWNLOAD", whole)).verb, "FILE");
    await run("umount", "--lazy", disk.path);
    await peer.bytes(MiB);
    for (let message = await peer.message();; message = await peer.message()) {
      if (message.verb === "FILE") await peer.bytes(Number(message["length"]));
      else assertEquals([message.verb, message["code"]], ["ERROR", "changed"]);
      if (message.verb === "ERROR") break;
    }
    for (const name of ["film.bin", "notes.txt"]) await tells("removed", name);
    assertEquals(await get("film.bin", "none"), 3);
    assertEquals(await get("other.txt", "one"), 0);

    await run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk.path);
    await fill();
    for (const name of ["film.bin", "notes.txt"]) await tells("added", name);
    await run("mount", "-o", "remount,ro", disk.path);
    assertEquals(await get("film.bin", "two"), 0);
    await assertContent(join(temp.path, "two/film.bin"), content);
    assertEquals(ana.program.stderr, "");
  },
});
