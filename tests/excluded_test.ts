import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { joining, startTracker, TempFolder } from "./support/network.ts";
import { Program, runPeer } from "./support/program.ts";

Deno.test("what was excluded from a share is not announced by later commands either", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("tree/id.key", "k");
  await temp.write("tree/notes.txt", "some notes");
  const common = [...joining(tracker.address), "--state", join(temp.path, "state"), "--json"];
  const port = ["--port", "0"];
  {
    await using share = new Program("peer", [
      ...["share", join(temp.path, "tree"), "--exclude", "*.key"],
      ...common,
      ...port,
    ]);
    assertEquals((await share.event("ready"))["files"], 1);
    share.kill("SIGTERM");
    await share.end();
  }
  // A command that runs once announces the smallest shared file of the last time.
  const listed = await runPeer(["list", ...common]);
  assertEquals(listed.lines.map(({ path }) => path), ["tree/notes.txt"], listed.stderr);
  await using again = new Program("peer", ["share", ...common, ...port]);
  assertEquals((await again.event("ready"))["files"], 1);
});
