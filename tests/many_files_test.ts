import { assert, assertEquals } from "@std/assert";
import { startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";

const files = 3000;
/** Files of one step that is measured. */
const step = 100;

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

Deno.test("hostile 30: the last of thousands of tiny files come as fast as the first", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  for (let at = 0; at < files; at++) await folder.write(`tiny/${at % 30}/${at}.txt`, `file ${at}`);
  await using _share = await startShare(tracker.address, [`${folder.path}/tiny`]);
  await using visitor = new Visitor(tracker.address);
  await using download = await visitor.start("get", "tiny/", "-o", await folder.folder("out"));

  const took: number[] = [];
  let done = 0;
  let seen = 0;
  for (let start = performance.now(), count = step; count <= files; count += step) {
    await download.line(() => {
      for (; seen < download.lines.length; seen++) {
        if (download.lines[seen]?.["event"] === "done") done++;
      }
      return done >= count;
    });
    const now = performance.now();
    took.push(now - start);
    start = now;
  }

  assertEquals((await download.end()).code, 0);
  const third = took.length / 3;
  const [first = 0, last = 0] = [took.slice(0, third), took.slice(-third)].map(median);
  // A copy that slows down with each file would take five times as long in the last third. That a
  // machine is busy in some of the steps changes no median.
  assert(last < 4 * first + 20, `${took.map(Math.round)} ms for ${step} files each`);
});
