import { assert, assertEquals, assertLess } from "@std/assert";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { assertContent, Served } from "./support/served.ts";
import { eventually, patience } from "./support/waiting.ts";

/** Bytes a second of everybody's uplink: slow enough that receivers meet. */
const rate = 6e6;
const size = 24 * 1024 * 1024;

Deno.test("receivers of one file help each other, so that its source sends it hardly twice", async () => {
  const content = noise(size, 7);
  // It sends nothing before all are there, however long it takes to start five programs.
  await using served = await Served.start({ "lecture.mp4": content }, { stallAfter: 0 });
  await using folder = new TempFolder();
  const outs = Array.from({ length: 5 }, (_, at) => `${folder.path}/${at}`);
  const pupils = await Promise.all(
    outs.map((out) => served.get("lecture.mp4", "-o", out, "--limit-up", String(rate))),
  );
  const source = served.proxy;
  const areThere = (): true | undefined => source.connections >= pupils.length || undefined;
  await eventually(areThere, patience, "all to be connected");
  source.faults = { rate };

  const ended = await Promise.all(pupils.map((pupil) => pupil.end()));
  for (const [at, { code, stderr, lines }] of ended.entries()) {
    assertEquals(code, 0, stderr);
    assert(Number(lines.at(-1)?.["sources"]) > 1, "each had pieces from others, too");
    await assertContent(`${outs[at]}/lecture.mp4`, content);
  }
  assertLess(source.sent, 3 * size, "without their help it would have been five times");
});

Deno.test("get --no-reshare offers nothing to others", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("lecture.mp4", noise(8 * 1024 * 1024, 8));
  await using _source = await startShare(tracker.address, [path], ["--limit-up", "4MB"]);
  await using first = new Visitor(tracker.address);
  await using second = new Visitor(tracker.address);
  const out = await folder.folder("first");
  const alone = await first.start("get", "lecture.mp4", "-o", out, "--no-reshare");
  await using _alone = alone;
  await alone.line(({ event, received }) => event === "progress" && Number(received) > 0);
  const other = await second.run("get", "lecture.mp4", "-o", await folder.folder("second"));
  assertEquals(other.code, 0, other.stderr);
  assertEquals(other.lines.at(-1)?.["sources"], 1);
  assertEquals((await alone.end()).code, 0);
});
