import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { noise, TempFolder } from "./support/network.ts";
import type { Ended } from "./support/program.ts";
import { assertContent, namesIn, Served, verified } from "./support/served.ts";
import { eventually, patience } from "./support/waiting.ts";

const MiB = 1024 * 1024;
const content = noise(24 * MiB);
/** Pieces the download has when it is killed, and how many of them its record knows. */
const pieces = { there: 18, recorded: 16 };

/** The part and the record of a download that was killed. */
interface Unfinished {
  part: string;
  record: string;
}

/** Downloads a part, and kills the download. */
async function killedDownload(served: Served, folder: string): Promise<void> {
  await using download = await served.get("film.bin", "-o", folder);
  await verified(download, pieces.there * MiB);
  await eventually(() => namesIn(folder).length === 2 || undefined, patience, "part and record");
  download.kill("SIGKILL");
  await download.end();
}

/**
 * Makes an unfinished download like the one that was killed, but with a known state: in the part the
 * first pieces, in the record fewer of them. A real one has pieces from all over the file.
 */
async function unfinishedLike(folder: string, to: string): Promise<Unfinished> {
  const names = namesIn(folder);
  const named = (ending: string): string => names.find((name) => name.endsWith(ending)) ?? "";
  const part = join(to, named(".part"));
  const record = join(to, named(".have"));
  await Deno.writeFile(part, content.subarray(0, pieces.there * MiB));
  await Deno.truncate(part, content.length);
  const bytes = await Deno.readFile(join(folder, named(".have")));
  const bitmap = bytes.subarray(-content.length / MiB / 8);
  bitmap.forEach((_, at) => bitmap[at] = at < pieces.recorded / 8 ? 0xff : 0);
  await Deno.writeFile(record, bytes);
  return { part, record };
}

/** Changes one bit. */
async function flip(path: string, offset: number): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  await Deno.writeFile(path, bytes);
}

/** What is done to an unfinished download, and the pieces that the next run has to fetch. */
const damages: { what: string; missing: number; harm: (it: Unfinished) => Promise<void> }[] = [
  { what: "nothing at all", missing: 24 - pieces.recorded, harm: () => Promise.resolve() },
  {
    what: "a record cut to nothing",
    missing: 24 - pieces.there,
    harm: ({ record }) => Deno.truncate(record),
  },
  {
    what: "a record cut by a byte",
    missing: 24 - pieces.there,
    harm: async ({ record }) => await Deno.truncate(record, (await Deno.stat(record)).size - 1),
  },
  {
    what: "a record without the last piece it knew",
    missing: 25 - pieces.recorded,
    harm: async ({ record }) => await flip(record, (await Deno.stat(record)).size - 2),
  },
  {
    what: "a record with a piece that never came",
    missing: 24 - pieces.recorded,
    harm: async ({ record }) => await flip(record, (await Deno.stat(record)).size - 1),
  },
  {
    what: "a record with a damaged first line",
    missing: 24 - pieces.there,
    harm: ({ record }) => flip(record, 3),
  },
  {
    what: "a record of an older format",
    missing: 24 - pieces.there,
    harm: ({ record }) => Deno.writeTextFile(record, "lanyard-part 0\n\u0001\u0002\u0003"),
  },
  {
    what: "a record of another file",
    missing: 24 - pieces.there,
    harm: ({ record }) => Deno.writeFile(record, noise(4096, 5)),
  },
  {
    what: "no record",
    missing: 24 - pieces.there,
    harm: ({ record }) => Deno.remove(record),
  },
  {
    what: "a folder for a record",
    missing: 24 - pieces.there,
    harm: async ({ record }) => {
      await Deno.remove(record);
      await Deno.mkdir(record);
      await Deno.writeTextFile(join(record, "kept.txt"), "somebody's");
    },
  },
  { what: "a part cut in half", missing: 14, harm: ({ part }) => Deno.truncate(part, 10.5 * MiB) },
  { what: "a part cut to nothing", missing: 24, harm: ({ part }) => Deno.truncate(part) },
  {
    what: "a part that is too long",
    missing: 24 - pieces.recorded,
    harm: ({ part }) => Deno.writeFile(part, noise(3 * MiB, 7), { append: true }),
  },
  {
    what: "a part with one bit changed",
    missing: 25 - pieces.recorded,
    harm: ({ part }) => flip(part, 3.5 * MiB),
  },
  {
    what: "a part that holds something else",
    missing: 24,
    harm: ({ part }) => Deno.writeFile(part, noise(24 * MiB, 9)),
  },
  { what: "a record alone", missing: 24, harm: ({ part }) => Deno.remove(part) },
];

Deno.test("hostile 27: whatever became of a part and its record, the file comes right", async (t) => {
  await using served = await Served.start({ "film.bin": content }, { stallAfter: 18.5 * MiB });
  await using unfinished = new TempFolder();
  await killedDownload(served, unfinished.path);
  served.proxy.faults = {};
  for (const { what, missing, harm } of damages) {
    await t.step(what, async () => {
      await using out = new TempFolder();
      await harm(await unfinishedLike(unfinished.path, out.path));
      await using download = await served.get("film.bin", "-o", out.path);
      const { code, stdout, stderr, lines } = await download.end();
      assertEquals(code, 0, stdout + stderr);
      assertEquals(Number(lines.at(-1)?.["received"]) / MiB, missing);
      await assertContent(join(out.path, "film.bin"), content);
      const left = namesIn(out.path).filter((name) => name !== "film.bin");
      assertEquals(left.length, what === "a folder for a record" ? 1 : 0, left.join());
    });
  }
});

/** What may lie where a part is to be: none of it is written to, read, or removed. */
const obstacles: { what: string; make: (path: string, victim: string) => Promise<void> }[] = [
  { what: "a link to a file", make: (path, victim) => Deno.symlink(victim, path) },
  { what: "a link to nothing", make: (path, victim) => Deno.symlink(`${victim}.new`, path) },
  { what: "a link to a folder", make: (path, victim) => Deno.symlink(join(victim, ".."), path) },
  { what: "a folder", make: (path) => Deno.mkdir(path) },
  {
    what: "a FIFO",
    make: async (path) => {
      assert((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
    },
  },
];

Deno.test("hostile 16: a part that is no plain file is never followed", async (t) => {
  await using served = await Served.start({ "film.bin": content }, { stallAfter: 18.5 * MiB });
  await using unfinished = new TempFolder();
  await killedDownload(served, unfinished.path);
  served.proxy.faults = {};
  const [name = ""] = namesIn(unfinished.path).filter((one) => one.endsWith(".part"));
  for (const { what, make } of obstacles) {
    await t.step(what, async () => {
      await using out = new TempFolder();
      await using elsewhere = new TempFolder();
      const victim = await elsewhere.write("victim.txt", "mine");
      const before = await Deno.lstat(victim);
      await make(join(out.path, name), victim);
      await using download = await served.get("film.bin", "-o", out.path);
      assertInTheWay(await download.end(), join(out.path, name));
      assertEquals(namesIn(out.path), [name]);
      assertEquals(namesIn(elsewhere.path), ["victim.txt"]);
      assertEquals(await Deno.readTextFile(victim), "mine");
      assertEquals((await Deno.lstat(victim)).mode, before.mode);
    });
  }
});

function assertInTheWay({ code, lines }: Ended, path: string): void {
  const { code: why, message } = lines.at(-1) ?? {};
  assertEquals([code, why], [1, "io"]);
  assertMatch(String(message), /is in the way/);
  assert(String(message).includes(path), String(message));
}

Deno.test("hostile 27: a part of other content, or for another name, is left alone", async () => {
  const other = noise(24 * MiB, 2);
  const files = { "film.bin": content, "copy/film two.bin": content };
  await using served = await Served.start(files, { stallAfter: 18.5 * MiB });
  await using newer = await Served.start({ "film.bin": other }, {});
  await using out = new TempFolder();
  await killedDownload(served, out.path);
  const parts = namesIn(out.path);
  served.proxy.faults = {};

  const otherContent = await (await newer.get("film.bin", "-o", out.path)).end();
  assertEquals(otherContent.lines.at(-1)?.["received"], other.length);
  const otherName = await (await served.get("film two.bin", "-o", out.path)).end();
  assertEquals(otherName.lines.at(-1)?.["received"], content.length);
  assertEquals(namesIn(out.path), [...parts, "film two.bin", "film.bin"]);
  const mine = await (await served.get("film.bin", "-o", out.path)).end();
  assertEquals(mine.lines.at(-1)?.["received"], content.length - pieces.recorded * MiB);
  assertEquals(namesIn(out.path), ["film (2).bin", "film two.bin", "film.bin"]);
  await assertContent(join(out.path, "film (2).bin"), content);
  await assertContent(join(out.path, "film two.bin"), content);
  await assertContent(join(out.path, "film.bin"), other);
});

Deno.test("hostile 26: a part is kept by a run that finds no source", async () => {
  await using served = await Served.start({ "film.bin": content }, { stallAfter: 18.5 * MiB });
  await using out = new TempFolder();
  await killedDownload(served, out.path);
  const before = namesIn(out.path);
  served.proxy.die(); // The tracker has not noticed.
  await using hopeless = await served.get("film.bin", "-o", out.path);
  const { code, lines } = await hopeless.end();
  assertEquals([code, lines.at(-1)?.["code"]], [1, "unreachable"]);
  assertEquals(namesIn(out.path), before);

  await served.addSource();
  await using download = await served.get("film.bin", "-o", out.path);
  const { lines: [...events] } = await download.end();
  assertEquals(events.at(-1)?.["received"], content.length - pieces.recorded * MiB);
  await assertContent(join(out.path, "film.bin"), content);
});
