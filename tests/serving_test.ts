import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";

const size = 12 * 1024 * 1024;

Deno.test("--limit-up holds all uploads together to a rate and divides it fairly", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("data.bin", noise(size, 3));
  await using _source = await startShare(tracker.address, [path], ["--limit-up", "3MB"]);
  await using ana = new Visitor(tracker.address);
  await using ben = new Visitor(tracker.address);
  const start = performance.now();
  const seconds = await Promise.all([ana, ben].map(async (one) => {
    const out = await one.folder.folder("out");
    const { code, stderr, lines } = await one.run("get", "data.bin", "-o", out, "--no-reshare");
    assertEquals(code, 0, stderr);
    return Number(lines.at(-1)?.["seconds"]);
  }));
  const rate = (2 * size * 1000) / (performance.now() - start);
  assertLess(rate, 3e6 * 1.1, "both together are not faster than the limit");
  // Each alone would have needed half the time: nobody was served first and the other after that.
  assertGreater(Math.min(...seconds), 0.6 * Math.max(...seconds));
});

Deno.test("--limit-down holds a download to a rate", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("data.bin", noise(size, 4));
  await using _source = await startShare(tracker.address, [path]);
  await using visitor = new Visitor(tracker.address);
  const out = await folder.folder("out");
  const got = await visitor.run("get", "data.bin", "-o", out, "--limit-down", "8MB");
  assertEquals(got.code, 0, got.stderr);
  assertGreater(Number(got.lines.at(-1)?.["seconds"]), size / 8e6 / 1.1);
});

Deno.test("--slots serves the others when the first are done", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("data.bin", noise(size, 5));
  await using _source = await startShare(tracker.address, [path], ["--slots", "1"]);
  await using visitors = new AsyncDisposableStack();
  const all = Array.from({ length: 4 }, () => visitors.use(new Visitor(tracker.address)));
  const ended = await Promise.all(all.map(async (one) => {
    const out = await one.folder.folder("out");
    return await one.run("get", "data.bin", "-o", out, "--no-reshare");
  }));
  assertEquals(ended.map(({ code }) => code), [0, 0, 0, 0]);
});
