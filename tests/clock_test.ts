import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { parseJoinLink } from "../shared/mod.ts";
import { KeyHolder } from "./support/key_holder.ts";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";

/** libfaketime, which lies to a program about the time: Debian's package faketime. */
const library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

Deno.test({
  name: "hostile 52: a clock that jumps forward and back ends neither sessions nor downloads",
  ignore: !await Deno.lstat(library).then(() => true, () => false),
  fn: async () => {
    await using folder = new TempFolder();
    const clock = await folder.write("clock", "+0");
    const env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
    const content = noise(12 * 1024 * 1024, 52);
    const path = await folder.write("film.bin", content);
    await using tracker = await startTracker(["--idle-timeout", "30"], { env });
    await using _source = await startShare(tracker.address, [path], ["--limit-up", "4MB"], { env });
    await using visitor = new Visitor(tracker.address, { env });
    const out = await folder.folder("out");
    await using download = await visitor.start("get", "film.bin", "-o", out);

    for (const [jump, bytes] of [["+86400", 2e6], ["-86400", 5e6], ["+0", 8e6]] as const) {
      await download.line(({ event, received }) =>
        event === "progress" && Number(received) > bytes
      );
      await Deno.writeTextFile(clock, jump);
    }

    const { code, stdout, stderr } = await download.end();
    assertEquals(code, 0, stdout + stderr);
    assertEquals(await Deno.readFile(join(out, "film.bin")), content);
    const left = tracker.program.lines.filter(({ event, reason }) =>
      event === "left" && reason !== "bye"
    );
    assertEquals(left, []);
    assert((await visitor.run("search", "film")).code === 0, "the source is still there");
  },
});

Deno.test({
  name: "hostile 46 52: encryption and tickets do not mind clocks that are decades wrong",
  ignore: !await Deno.lstat(library).then(() => true, () => false),
  fn: async () => {
    const at = (time: string): { env: Record<string, string> } => ({
      env: { LD_PRELOAD: library, FAKETIME: time, FAKETIME_DONT_FAKE_MONOTONIC: "1" },
    });
    const [past, future] = [at("@1975-03-01 00:00:00"), at("@2080-03-01 00:00:00")];
    await using folder = new TempFolder();
    const path = await folder.write("film.bin", noise(100_000, 53));
    await using tracker = await startTracker([], future);
    const id = parseJoinLink(tracker.link)?.id ?? "";
    const asked = { port: tracker.tlsPort, id, purpose: "tracker" } as const;
    const { connection, answer } = await (await KeyHolder.make()).greet(asked);
    connection.close();
    assert(Number(answer["now"]) > Date.UTC(2079), "the tracker believes it");
    await using _source = await startShare(tracker.link, [path], [], past);
    for (const clock of [past, future, {}]) {
      await using visitor = new Visitor(tracker.link, clock);
      const out = await folder.folder("out");
      const { code, lines, stderr } = await visitor.run("get", "film.bin", "-o", out);
      assertEquals([code, lines.at(-1)?.["encrypted"]], [0, true], stderr);
      await Deno.remove(out, { recursive: true });
    }
  },
});
