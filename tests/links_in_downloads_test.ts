import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { partPaths } from "../peer/download/placing.ts";
import { run } from "./support/commands.ts";
import { noise, TempFolder } from "./support/network.ts";
import type { Ended, Program } from "./support/program.ts";
import { assertContent, idOf, namesIn, Served, verified } from "./support/served.ts";
import { pathsIn } from "./support/tree.ts";

const MiB = 1024 * 1024;
const film = noise(12 * MiB);
const files = { "film.bin": film, "notes/one.txt": noise(500, 2), "notes/two.txt": noise(900, 3) };

/** A folder to download to, beside one with something precious in it. */
class Home implements AsyncDisposable {
  readonly temp = new TempFolder();
  readonly out = join(this.temp.path, "out");
  readonly victim = join(this.temp.path, "precious/victim.txt");

  static async make(): Promise<Home> {
    const home = new Home();
    await home.temp.folder("out");
    await home.temp.write("precious/victim.txt", "precious");
    await Deno.chmod(home.victim, 0o600);
    return home;
  }

  /** That nothing was written, made, replaced or given other rights but in the folder itself. */
  async assertUntouched(): Promise<void> {
    assertEquals(await pathsIn(join(this.temp.path, "precious")), ["victim.txt"]);
    assertEquals(await Deno.readTextFile(this.victim), "precious");
    const { isFile, mode } = await Deno.lstat(this.victim);
    assertEquals([isFile, (mode ?? 0) & 0o777], [true, 0o600]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.temp[Symbol.asyncDispose]();
  }
}

function errorOf({ code, lines, stdout }: Ended): string {
  const errors = lines.filter(({ event }) => event === "error");
  assertEquals([code, errors[0]?.["code"]], [1, "io"], stdout);
  assert(!stdout.includes('"event":"done"'), stdout);
  return String(errors[0]?.["message"]);
}

/** A download of the film that stands still in the middle. */
async function begun(served: Served, home: Home, ...more: string[]): Promise<Program> {
  const { proxy } = served;
  proxy.faults = { stallAfter: proxy.sent + 6 * MiB };
  const download = await served.get("film.bin", "-o", home.out, ...more);
  await verified(download, 4 * MiB);
  return download;
}

/** What has the name of the download, or gets it before the end. */
const links: Record<string, (home: Home) => string> = {
  "a file": ({ victim }) => victim,
  "nothing": ({ victim }) => `${victim}.new`,
  "a folder": ({ temp }) => join(temp.path, "precious"),
  "itself": () => "film.bin",
};

Deno.test("hostile 14 15: a link that has the name of a download, or gets it, is never followed", async (t) => {
  await using served = await Served.start(files, {});
  for (const [what, target] of Object.entries(links)) {
    for (const overwrite of [false, true]) {
      for (const when of ["before", "meanwhile"]) {
        await t.step(`to ${what}, ${when}${overwrite ? ", overwriting" : ""}`, async () => {
          await using home = await Home.make();
          const more = overwrite ? ["--overwrite"] : [];
          const link = async (): Promise<void> =>
            await Deno.symlink(target(home), join(home.out, "film.bin"));
          served.proxy.faults = {};
          if (when === "before") await link();
          await using download = when === "before"
            ? await served.get("film.bin", "-o", home.out, ...more)
            : await begun(served, home, ...more);
          if (when === "meanwhile") await link();
          served.proxy.faults = {};
          const { code, lines, stdout } = await download.end();
          assertEquals(code, 0, stdout);
          const path = join(home.out, overwrite ? "film.bin" : "film (2).bin");
          assertEquals(lines.at(-1)?.["path"], path);
          assert((await Deno.lstat(path)).isFile);
          await assertContent(path, film);
          assertEquals(namesIn(home.out).length, overwrite ? 1 : 2);
          await home.assertUntouched();
        });
      }
    }
  }
});

Deno.test("hostile 14: a folder of a download that is a link is not entered, however deep", async (t) => {
  await using served = await Served.start(
    {
      "deep/a/b/film.bin": noise(3 * MiB),
      "deep/a/b/one.txt": noise(9),
      "deep/a/two.txt": noise(8),
    },
    {},
  );
  for (const inner of ["deep", "deep/a", "deep/a/b"]) {
    for (const target of ["precious", "precious/none"]) {
      await t.step(`${inner} to ${target}`, async () => {
        await using home = await Home.make();
        const link = join(home.out, inner);
        await Deno.mkdir(join(link, ".."), { recursive: true });
        await Deno.symlink(join(home.temp.path, target), link);
        await using download = await served.get("deep/", "-o", home.out);
        const { code, lines } = await download.end();
        assertEquals(code, 1);
        const failed = lines.filter(({ event, path }) => event === "error" && path !== undefined);
        assertEquals(failed.length, inner === "deep/a/b" ? 2 : 3);
        for (const { message } of failed) assertMatch(String(message), /something else is there/);
        await home.assertUntouched();
      });
    }
  }
});

Deno.test("hostile 14: the folder that is named may be a link", async () => {
  await using served = await Served.start(files, {});
  await using home = await Home.make();
  await Deno.symlink("out", join(home.temp.path, "link"));
  await using download = await served.get("notes/", "-o", join(home.temp.path, "link"));
  const { code, lines } = await download.end();
  assertEquals(code, 0);
  assertEquals(lines.at(-1)?.["path"], join(home.out, "notes/two.txt"));
});

/** What a neighbour does to a part while it is written. */
const exchanges: Record<string, (part: string, home: Home) => Promise<void>> = {
  "a link": (part, { victim }) => Deno.symlink(victim, part),
  "a link to where it went": (part) => Deno.symlink(`${part}.moved`, part),
  "another name of a file": (part, { victim }) => Deno.link(victim, part),
  "another file": (part) => Deno.writeFile(part, film),
  "nothing": () => Promise.resolve(),
};

Deno.test("hostile 15: a part that is exchanged between two pieces is no success", async (t) => {
  await using served = await Served.start(files, {});
  for (const [what, exchange] of Object.entries(exchanges)) {
    await t.step(`for ${what}`, async () => {
      await using home = await Home.make();
      await using download = await begun(served, home);
      const [name = ""] = namesIn(home.out).filter((one) => one.endsWith(".part"));
      const part = join(home.out, name);
      await Deno.rename(part, `${part}.moved`);
      await exchange(part, home);
      served.proxy.faults = {};
      assertMatch(errorOf(await download.end()), /was replaced while it was written/);
      assert(namesIn(home.out).every((one) => one.startsWith(".lanyard-")));
      await home.assertUntouched();
    });
  }
});

/** What a neighbour puts where the part of a small file is to be: the name can be foreseen. */
const obstacles: Record<string, (part: string, home: Home) => Promise<unknown>> = {
  "a link": (part, { victim }) => Deno.symlink(victim, part),
  "a link to nothing": (part, { victim }) => Deno.symlink(`${victim}.new`, part),
  "a folder": (part) => Deno.mkdir(part),
  "a pipe": (part) => run("mkfifo", part),
  "a file of somebody else": async (part) => {
    await Deno.writeTextFile(part, "theirs");
    await Deno.chmod(part, 0o666);
    await Deno.chown(part, 12_345, 12_345);
  },
};

Deno.test("hostile 16: what lies where the part of a small file is to be is not written to", async (t) => {
  await using served = await Served.start(files, {});
  for (const [what, put] of Object.entries(obstacles)) {
    await t.step({
      name: what,
      ignore: what === "a file of somebody else" && Deno.uid() !== 0,
      fn: async () => {
        await using home = await Home.make();
        const folder = await home.temp.folder("out/notes");
        const content = files["notes/one.txt"];
        const destination = { root: home.out, folder, name: "one.txt" };
        const size = content.length;
        const { part } = partPaths({ destination, id: idOf(content), size });
        await put(part, home);
        await using download = await served.get("notes/", "-o", home.out);
        const { code, lines, stdout } = await download.end();
        assertEquals(code, 1, stdout);
        const failed = lines.filter(({ event, path }) => event === "error" && path !== undefined);
        assertEquals(failed.map(({ path, code }) => [path, code]), [["notes/one.txt", "io"]]);
        assertMatch(String(failed[0]?.["message"]), /is in the way/);
        await assertContent(join(folder, "two.txt"), files["notes/two.txt"]);
        assertEquals(namesIn(folder).length, 2);
        await home.assertUntouched();
      },
    });
  }
});

Deno.test("hostile 16: a part that is another name of a file is given up, and the file left alone", async () => {
  await using served = await Served.start(files, {});
  await using home = await Home.make();
  const id = idOf(film);
  const destination = { root: home.out, folder: home.out, name: "film.bin" };
  await Deno.link(home.victim, partPaths({ destination, id, size: film.length }).part);
  await using download = await served.get("film.bin", "-o", home.out);
  assertEquals((await download.end()).code, 0);
  await assertContent(join(home.out, "film.bin"), film);
  assertEquals(namesIn(home.out), ["film.bin"]);
  await home.assertUntouched();
});
