import { assertEquals, assertMatch } from "@std/assert";
import { encodeHex } from "@std/encoding";
import { join } from "@std/path";
import { sha256 } from "../shared/mod.ts";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";

Deno.test("two peers share, a third finds by a partial name in any case and downloads", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const content = noise(5_000_003);
  await folder.write("ana/Lecture Week 3.mp4", content);
  await folder.write("ben/other.txt", "something else");
  await using ana = await startShare(tracker.address, [join(folder.path, "ana")], [
    "--name",
    "ana",
  ]);
  await using _ben = await startShare(tracker.address, [join(folder.path, "ben")]);
  await using visitor = new Visitor(tracker.address);

  const found = await visitor.run("search", "week LECT");
  assertEquals(found.code, 0, found.stderr);
  const [record] = found.lines;
  assertEquals(found.lines.length, 1);
  const modified = (await Deno.stat(join(folder.path, "ana/Lecture Week 3.mp4"))).mtime?.getTime();
  assertEquals(record?.["name"], "Lecture Week 3.mp4");
  assertEquals(record?.["path"], "ana/Lecture Week 3.mp4");
  assertEquals(record?.["type"], "mp4");
  assertEquals(record?.["size"], content.length);
  assertEquals(record?.["modified"], modified);
  assertMatch(String(record?.["id"]), /^[0-9a-f]{64}$/);
  assertEquals(record?.["sources"], [{
    peer: ana.ready["peer"],
    name: "ana",
    address: "127.0.0.1",
    port: ana.ready["port"],
  }]);

  const out = await folder.folder("out");
  const got = await visitor.run("get", "lecture week 3.MP4", "-o", out);
  assertEquals(got.code, 0, got.stderr);
  const done = got.lines.at(-1);
  assertEquals(done?.["event"], "done");
  assertEquals(done?.["path"], join(out, "Lecture Week 3.mp4"));
  assertEquals(done?.["received"], content.length);
  assertEquals(done?.["sources"], 1);
  assertEquals(done?.["encrypted"], false);
  const copy = await Deno.readFile(join(out, "Lecture Week 3.mp4"));
  assertEquals(encodeHex(sha256(copy)), encodeHex(sha256(content)));
});
