import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { join, relative } from "@std/path";
import { noise, TempFolder } from "./support/network.ts";
import type { Program } from "./support/program.ts";
import { assertContent, namesIn, Served, verified } from "./support/served.ts";
import { pathsIn } from "./support/tree.ts";
import { eventually, patience } from "./support/waiting.ts";

const MiB = 1024 * 1024;
/** Verified bytes that an unfinished download may forget, because they are recorded only so often. */
const unrecorded = 8 * MiB;

/** The `done` line of a download that must succeed. */
async function done(program: Program): Promise<Record<string, unknown>> {
  const { code, stdout, stderr, lines } = await program.end();
  assertEquals(code, 0, stdout + stderr);
  return lines.find(({ event }) => event === "done") ?? {};
}

/** The files that are in place as far as a program told. */
function doneLines({ lines }: Program): Record<string, unknown>[] {
  return lines.filter(({ event }) => event === "done");
}

/** Bytes that are verified as far as a program told. */
function told({ lines }: Program): number {
  return Number(lines.findLast(({ event }) => event === "progress")?.["done"] ?? 0);
}

Deno.test("hostile 27: a download of 256 MiB killed at half goes on where it was", async () => {
  const content = noise(256 * MiB);
  await using served = await Served.start({ "film.bin": content }, { rate: 250e6 });
  await using out = new TempFolder();
  await using first = await served.get("film.bin", "-o", out.path);
  await verified(first, content.length / 2);
  first.kill("SIGKILL");
  await first.end();
  const before = told(first);
  assert(before < content.length, "It was to be killed before its end");
  assertEquals(namesIn(out.path).length, 2, "a part and its record");

  const { received, path, sources } = await done(await served.get("film.bin", "-o", out.path));
  assertLessOrEqual(Number(received), content.length - before + unrecorded);
  assertLessOrEqual(Number(received), content.length * 0.52 + unrecorded);
  assertEquals([path, sources], [join(out.path, "film.bin"), 1]);
  assertEquals(namesIn(out.path), ["film.bin"]);
  await assertContent(join(out.path, "film.bin"), content);
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} ends a download with ${code} and leaves what has come`, async () => {
    const content = noise(24 * MiB);
    await using served = await Served.start({ "film.bin": content }, { stallAfter: 12.5 * MiB });
    await using out = new TempFolder();
    await using first = await served.get("film.bin", "-o", out.path);
    await verified(first, 12 * MiB);
    first.kill(signal);
    assertEquals((await first.end()).code, code);
    assertEquals(namesIn(out.path).includes("film.bin"), false);

    served.proxy.faults = {};
    const { received } = await done(await served.get("film.bin", "-o", out.path));
    assertEquals(received, content.length - 12 * MiB);
    assertEquals(namesIn(out.path), ["film.bin"]);
    await assertContent(join(out.path, "film.bin"), content);
  });
}

/** The bytes that a silent source has sent, and those it has been asked in, when we give up. */
const silences = [
  { before: "greets", sent: 0, asked: 20 },
  { before: "sends the piece list", sent: 100, asked: 100 },
];

for (const { before, sent, asked } of silences) {
  Deno.test(`SIGINT ends a download before its source ${before}, and leaves nothing`, async () => {
    await using served = await Served.start({ "film.bin": noise(3 * MiB) }, { stallAfter: sent });
    await using out = new TempFolder();
    await using download = await served.get("film.bin", "-o", out.path);
    await served.proxy.asked(asked);
    download.kill("SIGINT");
    const { code, lines } = await download.end(20_000);
    assertEquals([code, lines.find(({ event }) => event === "error")], [130, undefined]);
    assertEquals(namesIn(out.path), []);
  });
}

/** Where a download is killed: what must be there then, and the bytes it has for the next run. */
const steps = [
  { at: "just after its part was made", stallAfter: 100, isThere: hasPart, kept: 0 },
  { at: "after the first piece", stallAfter: 1.5 * MiB, isThere: hasVerified(1), kept: 1 },
  { at: "before the first record", stallAfter: 7.5 * MiB, isThere: hasVerified(7), kept: 7 },
  { at: "after the first record", stallAfter: 9.5 * MiB, isThere: hasVerified(9), kept: 8 },
  { at: "before the last piece", stallAfter: 19.5 * MiB, isThere: hasVerified(19), kept: 16 },
];

function hasPart(folder: string): boolean {
  return namesIn(folder).some((name) => name.endsWith(".part"));
}

function hasVerified(pieces: number): (folder: string, program: Program) => boolean {
  return (_folder, program) => told(program) >= pieces * MiB;
}

Deno.test("hostile 27: a download killed at any step ends right in the next run", async (t) => {
  const content = noise(20 * MiB);
  await using served = await Served.start({ "film.bin": content }, {});
  const { proxy } = served;
  for (const { at, stallAfter, isThere, kept } of steps) {
    await t.step(at, async () => {
      await using out = new TempFolder();
      proxy.faults = { stallAfter: proxy.sent + stallAfter };
      await using first = await served.get("film.bin", "-o", out.path);
      await eventually(() => isThere(out.path, first) || undefined, patience, at);
      first.kill("SIGKILL");
      await first.end();
      proxy.faults = {};
      const { received } = await done(await served.get("film.bin", "-o", out.path));
      assertLessOrEqual(Number(received), content.length - kept * MiB);
      assertEquals(namesIn(out.path), ["film.bin"]);
      await assertContent(join(out.path, "film.bin"), content);
    });
  }
});

Deno.test("hostile 27: a folder of small files killed in the middle is completed", async () => {
  const names = Array.from({ length: 400 }, (_, at) => `docs/${at % 7}/${at}.txt`);
  const files = Object.fromEntries(names.map((name, at) => [name, noise(20_000, at + 1)]));
  await using served = await Served.start(files, { stallAfter: 5e6 });
  await using out = new TempFolder();
  await using first = await served.get("docs/", "-o", out.path);
  const hasSome = (): true | undefined => doneLines(first).length > 100 || undefined;
  await eventually(hasSome, patience, "some files to be there");
  first.kill("SIGKILL");
  await first.end();
  for (const { path } of doneLines(first)) {
    const name = relative(out.path, String(path));
    await assertContent(String(path), files[name] ?? new Uint8Array());
  }

  served.proxy.faults = {};
  await using second = await served.get("docs/", "-o", out.path);
  const { code, stdout } = await second.end();
  assertEquals(code, 0, stdout);
  const fetched = doneLines(second).filter(({ received }) => Number(received) > 0).length;
  assertLessOrEqual(fetched, names.length - doneLines(first).length);
  assertEquals(await pathsIn(out.path), names.toSorted(), "all of them, and no part");
  for (const name of names) {
    await assertContent(join(out.path, name), files[name] ?? new Uint8Array());
  }
});

Deno.test("hostile 28: a second process waits for the first, and ends with its file", async () => {
  const content = noise(12 * MiB);
  await using served = await Served.start({ "film.bin": content }, { stallAfter: 6 * MiB });
  await using out = new TempFolder();
  await using first = await served.get("film.bin", "-o", out.path);
  await verified(first, 5 * MiB);
  await using second = await served.get("film.bin", "-o", out.path);
  await second.event("waiting");
  served.proxy.faults = {};
  assertEquals((await done(first))["received"], content.length);
  const { path, received } = await done(second);
  assertEquals([path, received], [join(out.path, "film.bin"), 0]);
  assertEquals(namesIn(out.path), ["film.bin"]);
  await assertContent(join(out.path, "film.bin"), content);
});

Deno.test("hostile 28: a second process goes on where the first was killed", async () => {
  const content = noise(12 * MiB);
  await using served = await Served.start({ "film.bin": content }, { stallAfter: 6.5 * MiB });
  await using out = new TempFolder();
  await using first = await served.get("film.bin", "-o", out.path);
  await verified(first, 6 * MiB);
  await using second = await served.get("film.bin", "-o", out.path);
  await second.event("waiting");
  served.proxy.faults = {};
  first.kill("SIGKILL");
  const { path, received } = await done(second);
  assertEquals([path, received], [join(out.path, "film.bin"), 6 * MiB]);
  assertEquals(namesIn(out.path), ["film.bin"]);
  await assertContent(join(out.path, "film.bin"), content);
});

Deno.test("a name taken meanwhile by another file is left alone, and the next one taken", async () => {
  const content = noise(8 * MiB);
  await using served = await Served.start({ "film.bin": content }, { stallAfter: 4 * MiB });
  await using out = new TempFolder();
  await using download = await served.get("film.bin", "-o", out.path);
  await verified(download, 3 * MiB);
  await out.write("film.bin", "written meanwhile");
  served.proxy.faults = {};
  assertEquals((await done(download))["path"], join(out.path, "film (2).bin"));
  assertEquals(namesIn(out.path), ["film (2).bin", "film.bin"]);
  await assertContent(join(out.path, "film (2).bin"), content);
  assertEquals(await Deno.readTextFile(join(out.path, "film.bin")), "written meanwhile");

  const again = await done(await served.get("film.bin", "-o", out.path));
  assertEquals([again["path"], again["received"]], [join(out.path, "film (2).bin"), 0]);
});

Deno.test("hostile 29: an empty file is copied, and found to be there", async () => {
  await using served = await Served.start({ "empty.bin": new Uint8Array() }, {});
  await using out = new TempFolder();
  for (const _run of ["copied", "there already"]) {
    const { path, size, received } = await done(await served.get("empty.bin", "-o", out.path));
    assertEquals([path, size, received], [join(out.path, "empty.bin"), 0, 0]);
    assertEquals(namesIn(out.path), ["empty.bin"]);
    assertEquals((await Deno.stat(join(out.path, "empty.bin"))).size, 0);
  }
});
