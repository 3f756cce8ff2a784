import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { isPossible } from "./support/commands.ts";
import { SmallDisk } from "./support/mounts.ts";
import { noise, TempFolder, Visitor } from "./support/network.ts";
import { type Ended, Program } from "./support/program.ts";
import { assertContent, namesIn, Served, verified } from "./support/served.ts";
import { pathsIn } from "./support/tree.ts";

const MiB = 1024 * 1024;
const ignore = !await SmallDisk.isPossible();

/** The one error line of a download that failed with exit status 1. */
function failure({ code, lines, stdout, stderr }: Ended): { code: unknown; message: string } {
  assertEquals(code, 1, stdout + stderr);
  const errors = lines.filter(({ event }) => event === "error");
  assertEquals(errors.length, 1, stdout);
  return { code: errors[0]?.["code"], message: String(errors[0]?.["message"]) };
}

Deno.test({
  name: "hostile 20: a disk that becomes full leaves a part, which goes on when there is space",
  ignore,
  fn: async () => {
    const content = noise(24 * MiB);
    await using served = await Served.start({ "film.bin": content }, {});
    await using disk = await SmallDisk.mount(13);
    const full = failure(await (await served.get("film.bin", "-o", disk.path)).end());
    assertEquals(full.code, "full");
    assertMatch(full.message, /^The disk is full; [^.]+$/, "one sentence, and what to do");
    assert(namesIn(disk.path).some((name) => name.endsWith(".part")));
    assert(!namesIn(disk.path).includes("film.bin"));

    const again = failure(await (await served.get("film.bin", "-o", disk.path)).end());
    assertEquals(again.code, "full", "still full, and still the same part");
    await disk.resize(64);
    const { code, lines } = await (await served.get("film.bin", "-o", disk.path)).end();
    assertEquals(code, 0);
    assertLess(Number(lines.at(-1)?.["received"]), content.length - 4 * MiB);
    assertEquals(namesIn(disk.path), ["film.bin"]);
    await assertContent(join(disk.path, "film.bin"), content);
  },
});

Deno.test({
  name: "hostile 20: a full disk ends a folder of small files, and the rest comes later",
  ignore,
  fn: async () => {
    const files = Array.from({ length: 40 }, (_, at): [string, Uint8Array] => {
      return [`notes/${at}.txt`, noise(100_000, at + 1)];
    });
    await using served = await Served.start(
      Object.fromEntries(files.map(([name, content]) => [`shared/${name}`, content])),
    );
    await using disk = await SmallDisk.mount(2);
    await using visitor = new Visitor(
      `127.0.0.1:${(served.origin.ready["tracker"] as { port: number }).port}`,
    );
    const ended = await visitor.run("get", "shared/shared/notes/", "-o", disk.path);
    assertEquals(ended.code, 1);
    assertEquals(ended.lines.at(-1)?.["code"], "full");
    for (const { path, size } of ended.lines.filter(({ event }) => event === "done")) {
      assertEquals((await Deno.stat(String(path))).size, size);
    }

    await disk.resize(32);
    const rest = await visitor.run("get", "shared/shared/notes/", "-o", disk.path);
    assertEquals(rest.code, 0, rest.stdout);
    assertEquals(namesIn(join(disk.path, "notes")).length, files.length, "and no part is left");
    for (const [name, content] of files) await assertContent(join(disk.path, name), content);
  },
});

/** A command in which root has no more rights to files than anybody else. */
const withoutOverride = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];

Deno.test({
  name: "hostile 18: a folder that becomes read-only fails the download, and keeps what has come",
  ignore: Deno.uid() !== 0 || !await isPossible("rights taken from root", async () => {
    const { success } = await new Deno.Command("setpriv", {
      args: [...withoutOverride.slice(1), "true"],
    })
      .output();
    if (!success) throw new Error("setpriv failed");
  }),
  fn: async () => {
    const content = noise(8 * MiB);
    await using served = await Served.start({ "film.bin": content }, { stallAfter: 4 * MiB });
    await using out = new TempFolder();
    await using visitor = new Visitor(served.tracker.address);
    const get = async (): Promise<Program> => {
      const args = ["get", "film.bin", "-o", out.path, ...await visitor.args(), "--json"];
      return new Program("peer", args, { prefix: withoutOverride });
    };
    await using download = await get();
    await verified(download, 3 * MiB);
    await Deno.chmod(out.path, 0o555);
    served.proxy.faults = {};
    const { code, message } = failure(await download.end());
    assertEquals(code, "io");
    assert(message.includes(out.path), message);
    assertMatch(message, /permission|not writable|read-only/i);
    const [part = ""] = namesIn(out.path);
    assertMatch(part, /^\.lanyard-.*\.part$/);

    const refused = failure(await (await get()).end());
    assertEquals(refused.code, "io");
    await Deno.chmod(out.path, 0o755);
    await using last = await get();
    const { lines } = await last.end();
    assertEquals(lines.at(-1)?.["received"], 0, "every byte had come");
    assertEquals(namesIn(out.path), ["film.bin"]);
    await assertContent(join(out.path, "film.bin"), content);
  },
});

/** Whether a path is that of an unfinished download in the folder where it was begun. */
function isPart(path: string): boolean {
  return /^out moved\/inner\/\.lanyard-[0-9a-f]+\.(part|have)$/.test(path);
}

/** What is done to the folder of a running download. */
const replacements: { what: string; replace: (folder: string, other: string) => Promise<void> }[] =
  [
    { what: "removed", replace: (folder) => Deno.remove(folder, { recursive: true }) },
    { what: "moved away", replace: (folder) => Deno.rename(folder, `${folder} moved`) },
    {
      what: "replaced by a link",
      replace: async (folder, other) => {
        await Deno.rename(folder, `${folder} moved`);
        await Deno.symlink(other, folder);
      },
    },
    {
      what: "replaced by a file",
      replace: async (folder) => {
        await Deno.rename(folder, `${folder} moved`);
        await Deno.writeTextFile(folder, "a file");
      },
    },
    {
      what: "replaced by a folder",
      replace: async (folder) => {
        await Deno.rename(folder, `${folder} moved`);
        await Deno.mkdir(folder);
      },
    },
  ];

Deno.test("hostile 15: nothing is written elsewhere when the folder of a download is", async (t) => {
  const content = noise(12 * MiB);
  await using served = await Served.start({ "film.bin": content }, {});
  const { proxy } = served;
  for (const { what, replace } of replacements) {
    await t.step(what, async () => {
      await using place = new TempFolder();
      await using elsewhere = new TempFolder();
      await elsewhere.folder("inner");
      const outer = await place.folder("out");
      proxy.faults = { stallAfter: proxy.sent + 4 * MiB };
      await using download = await served.get("film.bin", "-o", join(outer, "inner"));
      await verified(download, 3 * MiB);
      await replace(outer, elsewhere.path);
      proxy.faults = {};
      const { code, message } = failure(await download.end());
      assertEquals(code, "io");
      assertMatch(message, /moved or replaced/);
      assertEquals(await pathsIn(elsewhere.path), []);
      if (what === "replaced by a link") await Deno.remove(outer);
      const left = (await pathsIn(place.path)).filter((path) => !isPart(path));
      assertEquals(left, what === "replaced by a file" ? ["out"] : []);
    });
  }
});
