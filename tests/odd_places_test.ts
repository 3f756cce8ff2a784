import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { isPossible, run } from "./support/commands.ts";
import { denoFolder } from "./support/deno_folder.ts";
import { SmallDisk } from "./support/mounts.ts";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { commandFor, Program, runPeer, type StartOptions } from "./support/program.ts";
import { assertContent, namesIn, Served, verified } from "./support/served.ts";

const MiB = 1024 * 1024;
const odd = "  a folder, with 'quotes' & 🎉  ";

/** Starts programs as a service without a home. */
const homeless: StartOptions = {
  prefix: ["env", "-u", "HOME", "-u", "XDG_STATE_HOME", `DENO_DIR=${denoFolder()}`],
  cwd: "/",
};

Deno.test("hostile 60: without a home both programs ask for a folder, and need nothing else", async () => {
  await using temp = new TempFolder();
  const file = await temp.write("share/one.txt", "one");
  for (const command of [["tracker"], ["peer", "peers", "--share", file]] as const) {
    const [program, ...args] = command;
    await using asking = new Program(program, [...args, "--json"], homeless);
    const { code, lines, stderr } = await asking.end();
    assertEquals([code, lines.length, stderr], [2, 1, ""]);
    assertStringIncludes(String(lines[0]?.["message"]), "give one with --state");
  }
  await using tracker = await startTracker([], homeless);
  await using _ana = await startShare(tracker.link, [file], [], homeless);
  await using visitor = new Visitor(tracker.link, homeless);
  const out = join(temp.path, "out");
  assertEquals((await visitor.run("get", "one.txt", "-o", out)).code, 0);
  assertEquals(await Deno.readTextFile(join(out, "one.txt")), "one");
});

/** Starts programs that cannot write where they are installed. */
function readOnly(folder: string): StartOptions {
  const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
  return { prefix: ["unshare", "--mount", "sh", "-c", script, folder] };
}

const programFolder = Deno.env.get("LANYARD_DIST") === undefined
  ? fromFileUrl(new URL("../", import.meta.url))
  : dirname(commandFor("peer")[0]);

Deno.test({
  name: "hostile 60: the folder of the programs may be read-only",
  ignore: !await isPossible("read-only folders", async () => {
    const [program, ...args] = readOnly(programFolder).prefix ?? [];
    await run(program ?? "", ...args, "sh", "-c", '! touch "$0/x"', programFolder);
  }),
  fn: async () => {
    const options = readOnly(programFolder);
    await using temp = new TempFolder();
    await temp.write("share/one.txt", "one");
    await using tracker = await startTracker([], options);
    await using _ana = await startShare(tracker.link, [join(temp.path, "share")], [], options);
    await using visitor = new Visitor(tracker.link, options);
    assertEquals((await visitor.run("get", "one.txt", "-o", temp.path)).code, 0);
  },
});

Deno.test("hostile 60: every folder may have spaces, quotes and emoji", async () => {
  await using temp = new TempFolder();
  const place = (name: string): string => join(temp.path, odd, name, odd);
  const share = place("share");
  await Deno.mkdir(share, { recursive: true });
  await Deno.writeTextFile(join(share, `${odd}.txt`), "one");
  await using tracker = await startTracker(["--state", place("tracker")]);
  await using _ana = await startShare(tracker.link, [share], ["--state", place("ana")]);
  await using visitor = new Visitor(tracker.link);
  const state = ["--state", place("visitor")];
  const out = place("out");
  for (const what of [`${odd}.txt`, `${odd}/`]) {
    const { code, lines, stdout } = await visitor.run("get", what, "-o", out, ...state);
    assertEquals(code, 0, stdout);
    const path = what.endsWith("/") ? join(out, odd, `${odd}.txt`) : join(out, `${odd}.txt`);
    assertEquals(lines.at(-1)?.["path"], path);
    assertEquals(await Deno.readTextFile(path), "one");
  }
  for (const name of ["tracker", "ana", "visitor"]) assert(namesIn(place(name)).length > 0);
});

Deno.test({
  name: "hostile 60: a stick that is pulled out fails the download, which goes on when it is back",
  ignore: !await SmallDisk.isPossible(),
  fn: async () => {
    const content = noise(12 * MiB);
    await using served = await Served.start({ "film.bin": content }, {});
    const { proxy } = served;
    await using temp = new TempFolder();
    await using disk = await SmallDisk.mount(32);
    // The stick is the disk at another place, from which it can be taken and put back.
    const stick = await temp.folder("stick");
    await run("mount", "--bind", disk.path, stick);
    try {
      proxy.faults = { stallAfter: proxy.sent + 6 * MiB };
      await using download = await served.get("film.bin", "-o", stick);
      await verified(download, 4 * MiB);
      await run("umount", "--lazy", stick);
      proxy.faults = {};
      const { code, lines } = await download.end();
      assertEquals([code, lines.at(-1)?.["code"]], [1, "io"]);
      assertMatch(String(lines.at(-1)?.["message"]), /was replaced while it was written/);
      assertEquals(namesIn(stick), [], "nothing is written to the folder under it");
    } finally {
      await run("mount", "--bind", disk.path, stick);
    }
    try {
      await using again = await served.get("film.bin", "-o", stick);
      const { code, lines } = await again.end();
      assertEquals(code, 0);
      assert(Number(lines.at(-1)?.["received"]) < content.length, "what had come was kept");
      await assertContent(join(stick, "film.bin"), content);
      assertEquals(namesIn(stick), ["film.bin"]);
    } finally {
      await run("umount", "--lazy", stick);
    }
  },
});

Deno.test("hostile 60: a state folder that cannot be one is named, and nothing is shared", async () => {
  await using temp = new TempFolder();
  const file = await temp.write("a file", "mine");
  for (const state of [file, join(file, "inside"), "/proc/nothing", "/dev/null"]) {
    const { code, lines } = await runPeer(["share", file, "--state", state, "--json"]);
    assertEquals([code, lines.length, lines[0]?.["code"]], [1, 1, "io"], state);
    assertStringIncludes(String(lines[0]?.["message"]), state);
  }
});
