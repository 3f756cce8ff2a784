import { assert, assertEquals } from "@std/assert";
import { startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";

const files = 3000;

Deno.test("hostile 30: the last of thousands of tiny files come as fast as the first", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  for (let at = 0; at < files; at++) await folder.write(`tiny/${at % 30}/${at}.txt`, `file ${at}`);
  await using _share = await startShare(tracker.address, [`${folder.path}/tiny`]);
  await using visitor = new Visitor(tracker.address);
  await using download = await visitor.start("get", "tiny/", "-o", await folder.folder("out"));

  const start = performance.now();
  const third = files / 3;
  const thirds: number[] = [];
  for (const count of [third, 2 * third, files]) {
    await download.line(() => {
      return download.lines.filter(({ event }) => event === "done").length >= count;
    }, 120_000);
    thirds.push(performance.now() - start);
  }

  assertEquals((await download.end()).code, 0);
  const [first = 0, second = 0, last = 0] = thirds;
  // A copy that slows down with each file would take many times as long for the last third; noise
  // of a busy machine stays well below this.
  assert(
    last - second < 4 * first,
    `${first} ms for the first third, ${last - second} for the last`,
  );
});
