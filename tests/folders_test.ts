import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  joining,
  type RunningShare,
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { Program } from "./support/program.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { pathsIn } from "./support/tree.ts";

/** A tracker, and ana and ben who both have a folder of photographs. */
class Photographers implements AsyncDisposable {
  readonly temp: TempFolder;
  readonly tracker: RunningTracker;
  readonly ben: RunningShare;
  readonly #things: AsyncDisposableStack;

  private constructor(
    things: AsyncDisposableStack,
    { temp, tracker, ben }: Pick<Photographers, "temp" | "tracker" | "ben">,
  ) {
    this.temp = temp;
    this.tracker = tracker;
    this.ben = ben;
    this.#things = things;
  }

  static async meet(): Promise<Photographers> {
    await using things = new AsyncDisposableStack();
    const temp = things.use(new TempFolder());
    await temp.write("ana/trips/Holiday 2024/beach.jpg", "a beach");
    await temp.write("ana/trips/Holiday 2024/deep/cave.jpg", "a cave");
    await temp.write("ana/trips/plan.txt", "a plan");
    await temp.write("ben/holiday/home.jpg", "at home");
    const tracker = things.use(await startTracker());
    const share = async (path: string, name: string): Promise<RunningShare> =>
      things.use(
        await startShare(tracker.address, [join(temp.path, path)], ["--name", name]),
      );
    await share("ana/trips", "ana");
    const ben = await share("ben", "ben");
    return new Photographers(things.move(), { temp, tracker, ben });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#things.disposeAsync();
  }
}

Deno.test("a folder is found by a part of its name, and copied by its path", async () => {
  await using scene = await Photographers.meet();
  const { temp, tracker, ben } = scene;
  await using visitor = new Visitor(tracker.address);

  const found = await visitor.run("search", "holi", "--type", "folder");
  assertEquals(
    found.lines.map(({ path, type, files, size, id }) => [path, type, files, size, id]).sort(),
    [["ben/holiday", "folder", 1, 7, null], ["trips/Holiday 2024", "folder", 2, 13, null]],
  );
  assertEquals((await visitor.run("search", "beach")).lines.map(({ path }) => path), [
    "trips/Holiday 2024/beach.jpg",
  ]);

  const asFile = await visitor.run("get", "holiday 2024");
  assertEquals(asFile.code, 3);
  const message = String(asFile.lines.at(-1)?.["message"]);
  assertStringIncludes(message, 'peer get "trips/Holiday 2024/"');
  const out = join(temp.path, "out");
  assertEquals((await visitor.run("get", "trips/Holiday 2024/", "-o", out)).code, 0);
  assertEquals(await pathsIn(out), ["Holiday 2024/beach.jpg", "Holiday 2024/deep/cave.jpg"]);

  await Deno.remove(join(temp.path, "ben/holiday/home.jpg"));
  await ben.program.line(({ change }) => change === "removed");
  const left = await visitor.run("search", "holiday");
  assertEquals(left.lines.map(({ path }) => path), ["trips/Holiday 2024"]);
});

Deno.test("a shell lists a folder with its number, and copies what is in it", async () => {
  await using scene = await Photographers.meet();
  const { temp, tracker } = scene;
  const own = await temp.write("own/own.txt", "own");
  const state = ["--state", join(temp.path, "state"), "--port", "0"];
  const out = ["-o", join(temp.path, "out")];
  const args = ["shell", ...joining(tracker.address), ...state, "--share", own, ...out];
  await using shell = new Program("peer", args, { typed: true });
  await shell.type("search deep\ndownload 1\n");
  await shell.hangUp();
  const { code, stdout, stderr } = await shell.end();
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /1 {2}trips\/Holiday 2024\/deep\/ {2}folder {2}1 file, 6 B/);
  assertEquals(await Deno.readTextFile(join(temp.path, "out/deep/cave.jpg")), "a cave");
});

Deno.test("a classic peer is told of files only", async () => {
  await using scene = await Photographers.meet();
  const { tracker } = scene;
  using classic = await RawConnection.open(tracker.port);
  await classic.send("HELLO\n");
  assertEquals(await classic.line(), "HI");
  await classic.send("<mine.txt, txt, 5, 01/01/26, 127.0.0.1, 2224>\n");
  await classic.send("SEARCH: holiday\n");
  assertEquals(await classic.line(), "NOT FOUND");
  await classic.send("SEARCH: home.jpg\n");
  assertMatch(await classic.line(), /^FOUND: <home\.jpg, /);
});
