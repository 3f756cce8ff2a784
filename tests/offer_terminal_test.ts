import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { startOffer, startReceive } from "./support/classroom.ts";
import { joining, noise, startTracker, TempFolder } from "./support/network.ts";
import { commandFor } from "./support/program.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { assertContent } from "./support/served.ts";
import { hasTmux, Terminal } from "./support/tmux.ts";

const ignore = !await hasTmux();
const env = { LANYARD_DISCOVERY: "off", LANYARD_TRACKER: "" };

Deno.test({
  name: "receive asks at a terminal, and what is said meanwhile goes above the question",
  ignore,
  fn: async () => {
    const content = noise(2_000_000);
    await using tracker = await startTracker();
    await using folder = new TempFolder();
    const path = await folder.write("lecture.mp4", content);
    await using _offer = await startOffer(tracker.address, path, ["--name", "ana"]);
    const files = join(folder.path, "in");
    await using terminal = await Terminal.open([
      ...commandFor("peer"),
      ...["receive", "--port", "0", "--state", join(folder.path, "state"), "-o", files],
      ...joining(tracker.address),
    ], { env, columns: 60 });
    const asked = await terminal.until(/lecture\.mp4 exists, 2\.00 MB, from ana.*Download\?/);
    assertMatch(asked, /Waiting for files that others offer/);
    tracker.program.kill("SIGKILL");
    const warned = await terminal.until(/trying again until it is back\n.*Download\? \(Y\/N\)$/s);
    assertEquals(warned.match(/Download\?/g)?.length, 1, "the question is there once");
    await terminal.enter("y");
    await terminal.press("C-c");
    assertEquals(await terminal.end(), 130);
  },
});

Deno.test({
  name: "receive shows how far a file is, and takes no answer that was typed too early",
  ignore,
  fn: async () => {
    const content = noise(4_000_000);
    await using tracker = await startTracker();
    await using folder = new TempFolder();
    const files = join(folder.path, "in");
    await using terminal = await Terminal.open([
      ...commandFor("peer"),
      ...[
        "receive",
        "--port",
        "0",
        "--state",
        join(folder.path, "state"),
        "-o",
        files,
        "--limit-down",
        "1MB",
      ],
      ...joining(tracker.address),
    ], { env, columns: 200 });
    await terminal.until(/Waiting for files/);
    await terminal.enter("y");
    const path = await folder.write("lecture.mp4", content);
    await using offer = await startOffer(tracker.address, path);
    await terminal.until(/Download\? \(Y\/N\)$/);
    await terminal.enter("y");
    await terminal.until(/lecture\.mp4 \d+ % of 4\.00 MB$/);
    await terminal.until(/lecture\.mp4 {2}4\.00 MB from 1 peer/);
    await assertContent(join(files, "lecture.mp4"), content);
    await offer.program.line(({ answer }) => answer === "done");
  },
});

Deno.test({
  name: "offer shows a table that changes, with everything else above it",
  ignore,
  fn: async () => {
    await using tracker = await startTracker();
    await using folder = new TempFolder();
    const path = await folder.write("lecture.mp4", noise(6_000_000));
    await using terminal = await Terminal.open([
      ...commandFor("peer"),
      ...["offer", "--port", "0", "--state", join(folder.path, "state")],
      ...joining(tracker.address),
    ], { env, columns: 120, rows: 16 });
    await terminal.until(/Which file\?/);
    await terminal.enter(path);
    await terminal.until(/0 of 0 peers have it/);
    using eve = await RawConnection.greet(tracker.port, { name: "\u202eeve" });
    await eve.line();
    await terminal.until(/\\u\{202e\}eve {2}127\.0\.0\.1 {8}offered\n0 of 1 peer has it/);
    await using bo = await startReceive(tracker.address, [
      ...["--name", "bo", "--yes", "--limit-down", "1500kB"],
    ]);
    await terminal.until(/\nbo +127\.0\.0\.1 +[1-9]\d? %\n0 of 2 peers have it; 1 on the way/);
    await bo.program.event("done");
    await terminal.until(/\nbo +127\.0\.0\.1 +done\n1 of 2 peers have it; 0 on the way/);
    await folder.write("lecture.mp4", "another one");
    const changed = await terminal.until(/lecture\.mp4 has changed[^]*\nbo +127\.0\.0\.1 +done\n/);
    assert(changed.trimEnd().split("\n").at(-1)?.includes("undecided"), changed);
    await terminal.press("C-c");
    assertEquals(await terminal.end(), 130);
    const last = await terminal.screen();
    assertEquals(last.match(/peers have it/g)?.length, 1, last);
  },
});
