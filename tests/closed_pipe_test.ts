import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { commandFor } from "./support/program.ts";
import { within } from "./support/waiting.ts";

const decoder = new TextDecoder();

/** Runs a command whose output nobody reads; gives its exit status and what it says about that. */
async function runUnread(args: readonly string[]): Promise<{ code: number; stderr: string }> {
  const [command, ...rest] = commandFor("peer");
  const child = new Deno.Command(command, {
    args: [...rest, ...args],
    env: { NO_COLOR: "1", LANYARD_TRACKER: "" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await child.stdout.cancel();
  const [{ code }, stderr] = await within(
    Promise.all([child.status, new Response(child.stderr).arrayBuffer()]),
  );
  return { code, stderr: decoder.decode(stderr) };
}

Deno.test("a reader that has seen enough ends a command without a word, or with one", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("tree/large", noise(5_000_000));
  await using _share = await startShare(tracker.address, [join(temp.path, "tree")]);
  await using visitor = new Visitor(tracker.address);
  for (const args of [["list"], ["list", "--json"], ["search", "large"]]) {
    const ended = await runUnread([...args, ...await visitor.args()]);
    assertEquals(ended, { code: 1, stderr: "" }, args.join(" "));
  }
  const ended = await runUnread(["get", "large", "-o", "-", ...await visitor.args()]);
  const sentence = "peer: The file cannot be written on: nobody reads it any more\n";
  assertEquals(ended, { code: 1, stderr: sentence });
});
