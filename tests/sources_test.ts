import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { join } from "@std/path";
import { noise, startShare, TempFolder } from "./support/network.ts";
import type { Line, Program } from "./support/program.ts";
import { Proxy } from "./support/proxy.ts";
import { assertContent, namesIn, Served, verified } from "./support/served.ts";

const MiB = 1024 * 1024;

/** Waits for a download to succeed, and checks what it brought. */
async function succeeds(download: Program, out: string, content: Uint8Array): Promise<Line> {
  const { code, stdout, stderr, lines } = await download.end();
  assertEquals(code, 0, stdout + stderr);
  assertEquals(namesIn(out), ["film.bin"]);
  await assertContent(join(out, "film.bin"), content);
  return lines.findLast(({ event }) => event === "done") ?? {};
}

/** The codes for which sources were given up, by port. */
function lost({ lines }: Program): Map<unknown, unknown> {
  const events = lines.filter(({ event }) => event === "source-lost");
  return new Map(events.map(({ port, code }) => [port, code]));
}

/**
 * That a download was complete before any source was silent for so long that it was given up: the
 * others did not wait for it.
 */
function assertNoneGivenUp(download: Program): void {
  assertEquals(lost(download).size, 0);
}

Deno.test("a large file comes from all of its sources, faster than from one", async () => {
  const content = noise(24 * MiB);
  const rate = 6e6;
  await using served = await Served.start({ "film.bin": content }, { rate }, { rate }, { rate });
  await using out = new TempFolder();
  await using download = await served.get("film.bin", "-o", out.path);
  const { sources, received } = await succeeds(download, out.path, content);
  assertEquals([sources, received], [3, content.length]);
  // Each sends at its own rate: the time of all is that of whoever sends most.
  for (const { sent } of served.proxies) {
    assertGreater(sent, content.length / 6);
    assertLess(sent, 0.8 * content.length);
  }
});

Deno.test("a source that is killed in the middle is not missed", async () => {
  const content = noise(32 * MiB);
  await using served = await Served.start({ "film.bin": content }, { rate: 12e6 });
  const hosting = ["--host-tracker", "--tracker-port", "0", "--tracker-tls-port", "0"];
  await using ben = await startShare("127.0.0.1", [served.path("film.bin")], hosting);
  const behind = new Proxy(Number(ben.ready["port"]), { rate: 12e6 });
  await served.addProxy(behind);
  await using out = new TempFolder();
  await using download = await served.get("film.bin", "-o", out.path);
  await verified(download, 8 * MiB);
  await behind.passed(MiB);
  ben.program.kill("SIGKILL");
  assertEquals((await succeeds(download, out.path, content))["sources"], 2);
});

Deno.test("hostile 25: a source that breaks off in the middle of a piece is asked again", async () => {
  const content = noise(16 * MiB);
  await using served = await Served.start({ "film.bin": content }, { stallAfter: 5.5 * MiB });
  await using out = new TempFolder();
  await using download = await served.get("film.bin", "-o", out.path);
  await verified(download, 5 * MiB);
  served.proxy.cut();
  served.proxy.faults = {};
  const { received } = await succeeds(download, out.path, content);
  assertEquals(received, content.length, "nothing that was verified came twice");
  assertEquals(lost(download).size, 0);
});

Deno.test("hostile 25: a source that falls silent is overtaken by the others", async () => {
  const content = noise(32 * MiB);
  await using served = await Served.start({ "film.bin": content }, { rate: 12e6 }, { rate: 12e6 });
  await using out = new TempFolder();
  await using download = await served.get("film.bin", "-o", out.path);
  const [one] = served.proxies;
  await one?.passed(4 * MiB);
  served.proxy.faults = { stallAfter: 0 };
  assertEquals((await succeeds(download, out.path, content))["sources"], 2);
  assertNoneGivenUp(download);
});

for (const number of [0, 1]) {
  const place = ["first", "last"][number];
  Deno.test(`hostile 25: of two sources the ${place} accepts and never answers`, async () => {
    const content = noise(8 * MiB);
    await using served = await Served.start({ "film.bin": content });
    const add = [
      (): Promise<Proxy> => served.addProxy(new Proxy(undefined)),
      (): Promise<Proxy> => served.addSource(),
    ];
    if (number === 1) add.reverse();
    for (const next of add) await next();
    await using out = new TempFolder();
    await using download = await served.get("film.bin", "-o", out.path);
    assertEquals((await succeeds(download, out.path, content))["sources"], 1);
    assertNoneGivenUp(download);
  });
}

/** What a silent source of small files still says: nothing, or a few files. */
const silences: { says: string; add: (served: Served) => Promise<Proxy> }[] = [
  { says: "nothing", add: (served) => served.addProxy(new Proxy(undefined)) },
  { says: "a few files", add: (served) => served.addSource({ stallAfter: 100_000 }) },
];

Deno.test("hostile 25: small files come although one source of theirs falls silent", async (t) => {
  const names = Array.from({ length: 30 }, (_, at) => `docs/${at}.txt`);
  const files = Object.fromEntries(names.map((name, at) => [name, noise(20_000, at + 1)]));
  for (const { says, add } of silences) {
    await t.step(`after it said ${says}`, async () => {
      await using served = await Served.start(files, {});
      await add(served);
      await using out = new TempFolder();
      await using download = await served.get("docs/", "-o", out.path);
      const { code, stdout } = await download.end();
      assertEquals(code, 0, stdout);
      assertNoneGivenUp(download);
      assertEquals(namesIn(join(out.path, "docs")).length, names.length);
      for (const [name, content] of Object.entries(files)) {
        await assertContent(join(out.path, name), content);
      }
    });
  }
});

Deno.test("hostile 25: a source that sends a byte now and then holds nothing up", async () => {
  const content = noise(16 * MiB);
  await using served = await Served.start({ "film.bin": content }, {}, { rate: 1e6 });
  await using out = new TempFolder();
  const [, slow] = served.proxies;
  await using download = await served.get("film.bin", "-o", out.path);
  await slow?.passed(1000);
  if (slow !== undefined) slow.faults = { rate: 10 };
  await succeeds(download, out.path, content);
  assertNoneGivenUp(download);
});

Deno.test("hostile 22: a source that sends a wrong byte is dropped, and another finishes", async () => {
  const content = noise(24 * MiB);
  const flipAt = [1.5 * MiB, 6.5 * MiB, 11.5 * MiB];
  await using served = await Served.start({ "film.bin": content }, { flipAt }, { rate: 20e6 });
  await using out = new TempFolder();
  await using download = await served.get("film.bin", "-o", out.path);
  await succeeds(download, out.path, content);
  const [liar, honest] = served.proxies;
  assertEquals(lost(download), new Map([[liar?.port, "integrity"]]));
  assertGreater(honest?.sent ?? 0, content.length / 2);
});

Deno.test("hostile 22: if the only source sends a wrong byte, there is no file", async () => {
  const content = noise(12 * MiB);
  await using served = await Served.start({ "film.bin": content }, { flipAt: [5.5 * MiB] });
  await using out = new TempFolder();
  await using download = await served.get("film.bin", "-o", out.path);
  const { code, lines, stdout } = await download.end();
  assertEquals([code, lines.at(-1)?.["code"]], [5, "integrity"], stdout);
  assertEquals(namesIn(out.path).filter((name) => !name.startsWith(".lanyard-")), []);
  // What was right is not fetched again.
  await using again = await served.get("film.bin", "-o", out.path);
  assertLess(Number((await succeeds(again, out.path, content))["received"]), content.length);
});

Deno.test("hostile 22: wherever a byte is flipped, the file is right or not there", async (t) => {
  const content = noise(2.5 * MiB);
  await using served = await Served.start({ "film.bin": content }, {});
  const { proxy } = served;
  for (const offset of [0, 3, 20, 60, 70, 80, 110, 150, 180, 200, 2 * MiB]) {
    await t.step(`byte ${offset}`, async () => {
      await using out = new TempFolder();
      proxy.faults = { flipAt: [proxy.sent + offset] };
      await using download = await served.get("film.bin", "-o", out.path);
      const { code, lines } = await download.end();
      if (code === 0) return await assertContent(join(out.path, "film.bin"), content);
      assert(lines.at(-1)?.["event"] === "error");
      assert(!namesIn(out.path).includes("film.bin"));
    });
  }
});

Deno.test("hostile 26: all sources die at 99 %, and the first back has another file", async () => {
  const [content, other] = [noise(24 * MiB), noise(24 * MiB, 2)];
  const faults = { stallAfter: 11.7 * MiB };
  await using served = await Served.start({ "film.bin": content }, faults, faults);
  await using out = new TempFolder();
  await using download = await served.get("film.bin", "-o", out.path);
  await verified(download, 22 * MiB);
  for (const proxy of served.proxies) served.kill(proxy);
  const { code, lines, stdout } = await download.end();
  assertEquals(code, 1, stdout);
  assert(["closed", "unreachable"].includes(String(lines.at(-1)?.["code"])), stdout);
  assert(String(lines.at(-1)?.["message"]).includes("kept"), stdout);
  const parts = namesIn(out.path);

  await using back = await Served.start({ "film.bin": other }, {});
  await using changed = await back.get("film.bin", "-o", out.path);
  assertEquals((await changed.end()).lines.at(-1)?.["received"], other.length);
  await assertContent(join(out.path, "film.bin"), other);
  assertEquals(namesIn(out.path), [...parts, "film.bin"], "the unfinished one is still there");

  await served.addSource();
  await using again = await served.get("film.bin", "-o", out.path);
  const { lines: last } = await again.end();
  assertLess(Number(last.at(-1)?.["received"]), 2 * MiB + 1);
  assertEquals(namesIn(out.path), ["film (2).bin", "film.bin"]);
  await assertContent(join(out.path, "film (2).bin"), content);
});

Deno.test("a source that joins during a download is used", async () => {
  const content = noise(16 * MiB);
  await using served = await Served.start({ "film.bin": content }, { rate: 1e6 });
  await using out = new TempFolder();
  await using download = await served.get("film.bin", "-o", out.path);
  await verified(download, 2 * MiB);
  const late = await served.addSource({ rate: 10e6 });
  const { sources } = await succeeds(download, out.path, content);
  assertEquals(sources, 2);
  assertGreater(late.sent, content.length / 2);
  assertLess(served.proxy.sent, content.length / 2, "the first one is slow, and has less to send");
});
