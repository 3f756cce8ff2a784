import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { formatJoinLink, parseJoinLink } from "../shared/mod.ts";
import {
  type RunningShare,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import { runPeer } from "./support/program.ts";

Deno.test("hostile 46: a tracker with another key is refused, and trusted when told to be", async () => {
  await using temp = new TempFolder();
  await using bo = new Visitor("127.0.0.1");
  const own = await temp.write("own.txt", "own");
  const common = ["--state", join(bo.folder.path, "state"), "--share", own, "--json"];
  let port: number;
  {
    await using first = await startTracker();
    port = first.tlsPort;
    const { code, stderr } = await runPeer([
      "list",
      "--tracker",
      `127.0.0.1:${port}`,
      ...common.slice(0, -1),
    ]);
    assertEquals(code, 0);
    assertMatch(stderr, /first time.*words are: \w+ \w+ \w+ \w+/);
  }
  await using second = await startTracker(["--tls-port", String(port)]);
  const id = parseJoinLink(second.link)?.id ?? "";
  const list = ["list", "--tracker", `127.0.0.1:${port}`, ...common];
  const refused = await runPeer(list);
  const error = refused.lines.at(-1);
  assertEquals([refused.code, error?.["code"]], [4, "wrong-key"]);
  assertStringIncludes(String(error?.["message"]), `--trust ${id}`);
  assertEquals((await runPeer([...list, "--trust", id])).code, 0);
  assertEquals((await runPeer(list)).code, 0, "and remembered");
});

Deno.test("hostile 46: a share that meets another tracker in its tracker's place ends with exit status 4", async () => {
  await using temp = new TempFolder();
  const file = await temp.write("a.txt", "a");
  let share: RunningShare;
  let port: number;
  {
    await using tracker = await startTracker();
    port = tracker.tlsPort;
    share = await startShare(tracker.link, [file]);
  }
  await using _ended = share;
  await using _other = await startTracker(["--tls-port", String(port)]);
  const { code, lines } = await share.program.end();
  assertEquals([code, lines.at(-1)?.["code"]], [4, "wrong-key"]);
});

Deno.test("hostile 49: a join link that is wrong is not repeated", async () => {
  const secret = "dGhpcyBpcyBzZWNyZXQ";
  for (const args of [["list", "--tracker"], ["join"]]) {
    const { code, stdout, stderr } = await runPeer([...args, `lanyard://x#${secret}`]);
    assertEquals(code, 2);
    assertEquals((stdout + stderr).includes(secret), false, stdout + stderr);
  }
});

Deno.test("hostile 46: where a join link leads nobody goes without encryption", async () => {
  await using temp = new TempFolder();
  const link = formatJoinLink({ host: "127.0.0.1", port: 1, id: "a".repeat(64) });
  const state = ["--state", temp.path, "--json"];
  const { code, lines } = await runPeer(["list", "--tracker", link, "--plain", ...state]);
  assertEquals([code, lines.at(-1)?.["code"]], [2, "usage"]);
});
