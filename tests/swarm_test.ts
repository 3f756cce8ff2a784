import { assert, assertEquals, assertLess } from "@std/assert";
import { join } from "@std/path";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";

/** Slow enough that receivers meet, fast enough for a test. */
const uplink = ["--limit-up", "6MB"];
const size = 24 * 1024 * 1024;

Deno.test("receivers of one file help each other, so that its source sends it hardly twice", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const content = noise(size, 7);
  const path = await folder.write("lecture.mp4", content);
  await using source = await startShare(tracker.address, [path], uplink);
  await using pupils = new AsyncDisposableStack();
  const classroom = Array.from(
    { length: 5 },
    () => pupils.use(new Visitor(tracker.address)),
  );

  const ended = await Promise.all(classroom.map(async (pupil) => {
    const out = await pupil.folder.folder("out");
    return await pupil.run("get", "lecture.mp4", "-o", out, ...uplink);
  }));

  for (const [index, { code, stderr, lines }] of ended.entries()) {
    assertEquals(code, 0, stderr);
    assert(Number(lines.at(-1)?.["sources"]) > 1, "each had pieces from others, too");
    const copy = await Deno.readFile(join(classroom[index]?.folder.path ?? "", "out/lecture.mp4"));
    assertEquals(copy.length, size);
    assert(copy.every((byte, at) => byte === content[at]));
  }
  source.program.kill("SIGINT");
  const { lines } = await source.program.end();
  const sent = lines.filter(({ event }) => event === "upload")
    .reduce((sum, { bytes }) => sum + Number(bytes), 0);
  assertLess(sent, 3 * size, "without their help it would have been five times");
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
