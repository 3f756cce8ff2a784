import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { joining, startShare, startTracker, TempFolder } from "./support/network.ts";
import { runPeer } from "./support/program.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { eventually, patience } from "./support/waiting.ts";

const someFile = { path: "mine.txt", size: 0, modified: 0, id: "0".repeat(64) };

/** How many files of that exact name a member finds. */
async function count(member: RawConnection, name: string): Promise<number> {
  const { verb, files } = await member.request("SEARCH", { text: name, exact: true });
  if (verb === "NOT FOUND") return 0;
  assertEquals(verb, "FOUND");
  return (files as unknown[]).length;
}

async function joinAsMember(port: number): Promise<RawConnection> {
  const member = await RawConnection.greet(port);
  assertEquals((await member.request("SHARE", { files: [someFile] })).verb, "ACCEPTED");
  return member;
}

Deno.test("a version 2 peer without files is told what to do, stays, and is accepted at its first file", async () => {
  await using tracker = await startTracker();
  using member = await joinAsMember(tracker.port);
  using newcomer = await RawConnection.open(tracker.port);
  const hi = await newcomer.request("HELLO", { version: 2, name: "new", port: 0 });
  assertEquals(hi["accepted"], false);
  const services = {
    SEARCH: { text: "mine" },
    LIST: {},
    PEERS: {},
    SOURCES: { id: someFile.id, size: 0 },
  };
  for (const [verb, body] of Object.entries(services)) {
    const refused = await newcomer.request(verb, body);
    assertEquals([refused.verb, refused["code"]], ["ERROR", "nothing-shared"]);
    assertMatch(String(refused["message"]), /share/i);
    assertEquals(refused["fatal"], undefined);
  }
  assertEquals((await newcomer.request("PING")).verb, "PONG");
  assertEquals((await newcomer.request("SHARE", { files: [] })).verb, "ACCEPTED");
  assertEquals((await newcomer.request("SEARCH", { text: "mine" }))["code"], "nothing-shared");
  await newcomer.request("SHARE", { files: [{ ...someFile, path: "new.txt" }] });
  assertEquals(await count(newcomer, "mine.txt"), 1);
  assertEquals(await count(member, "new.txt"), 1);
});

Deno.test("a classic peer without files is answered nothing until it has shared one", async () => {
  await using tracker = await startTracker();
  using member = await joinAsMember(tracker.port);
  using newcomer = await RawConnection.open(tracker.port);
  await newcomer.send("HELLO\n");
  assertEquals(await newcomer.line(), "HI");
  await newcomer.send("SEARCH: mine.txt\nSEARCH: mine.txt\n");
  await newcomer.send("<new.txt, txt, 3, 01/02/24, 127.0.0.1, 7000>\nSEARCH: missing\n");
  assertEquals(await newcomer.line(), "NOT FOUND");
  await newcomer.send("SEARCH: mine.txt\n");
  assertMatch(await newcomer.line(), /^FOUND: <mine\.txt, /);
  assertEquals(await count(member, "new.txt"), 1);
});

Deno.test("hostile 34: information only after HELLO, in both dialects, and everybody else is served", async () => {
  await using tracker = await startTracker();
  using member = await joinAsMember(tracker.port);
  for (
    const first of ['SEARCH {"text":"mine"}', "PING {}", "LIST {}", "SEARCH: mine.txt", "HI", ""]
  ) {
    using stranger = await RawConnection.open(tracker.port);
    await stranger.send(`${first}\nSEARCH: mine.txt\nSEARCH {"text":"mine"}\n`);
    const answer = await stranger.rest();
    assertMatch(answer, /^ERROR \{"code":"syntax","message":"[^"]+HELLO[^"]*","fatal":true\}\n$/);
    assertEquals(await count(member, "mine.txt"), 1);
  }
});

Deno.test("hostile 34: nothing is answered after BYE, and its files are gone", async () => {
  await using tracker = await startTracker();
  using member = await joinAsMember(tracker.port);
  using leaver = await RawConnection.greet(tracker.port);
  await leaver.request("SHARE", { files: [{ ...someFile, path: "leaver.txt" }] });
  assertEquals(await count(member, "leaver.txt"), 1);
  await leaver.send('BYE {}\nSEARCH {"text":"mine"}\nPING {}\n');
  assertEquals((await leaver.rest()).replaceAll(/^REACHABLE .*\n/gm, ""), "");
  assertEquals(await count(member, "leaver.txt"), 0);

  using classic = await RawConnection.open(tracker.port);
  await classic.send("HELLO\n<classic.txt, txt, 3, 01/02/24, 127.0.0.1, 7000>\n");
  await classic.send("SEARCH: mine.txt\nBYE\nSEARCH: mine.txt\n");
  assertMatch(await classic.rest(), /^HI\nFOUND: <mine\.txt, [^\n]*\n$/);
  assertEquals(await count(member, "classic.txt"), 0);
});

Deno.test("who said BYE is not expected back, and who was lost is", async () => {
  await using tracker = await startTracker();
  for (const goodbye of ["BYE {}\n", ""]) {
    using leaver = await RawConnection.greet(tracker.port);
    await leaver.request("SHARE", { files: [someFile] });
    const digest = crypto.randomUUID();
    await leaver.request("SHARED", { digest });
    await leaver.send(goodbye);
    await leaver.finish();
    await leaver.rest();
    using back = await RawConnection.open(tracker.port);
    const hi = await back.request("HELLO", { version: 2, name: "back", port: 0, digest });
    assertEquals([hi["known"], hi["accepted"]], goodbye === "" ? [true, true] : [false, false]);
  }
});

Deno.test("tracker --open serves peers that share nothing, in both dialects", async () => {
  await using tracker = await startTracker(["--open"]);
  await using temp = new TempFolder();
  await temp.write("lecture.txt", "a lecture");
  await using _share = await startShare(tracker.address, [join(temp.path, "lecture.txt")]);
  using guest = await RawConnection.open(tracker.port);
  const hi = await guest.request("HELLO", { version: 2, name: "guest", port: 0 });
  assertEquals(hi["accepted"], true);
  assertEquals(await count(guest, "lecture.txt"), 1);
  using classic = await RawConnection.open(tracker.port);
  await classic.send("HELLO\nSEARCH: lecture.txt\n");
  assertEquals(await classic.line(), "HI");
  assertMatch(await classic.line(), /^FOUND: <lecture\.txt, /);
  const out = join(temp.path, "out");
  const state = join(temp.path, "state");
  const common = [...joining(tracker.address), "--state", state, "--json"];
  const got = await runPeer(["get", "lecture.txt", "-o", out, ...common]);
  assertEquals(got.code, 0, got.stdout + got.stderr);
  assertEquals(await Deno.readTextFile(join(out, "lecture.txt")), "a lecture");
});

Deno.test("commands that run once beside a share leave its files alone", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  for (const name of ["one.txt", "two.txt", "three.txt"]) await temp.write(`tree/${name}`, name);
  await using share = await startShare(tracker.address, [join(temp.path, "tree")]);
  using member = await joinAsMember(tracker.port);
  const beside = [...joining(tracker.address), "--state", share.state.path, "--json"];
  for (const command of [["search", "one"], ["list"], ["peers"], ["search", "nothing"]]) {
    const { code, stdout } = await runPeer([...command, ...beside]);
    assertEquals(code, command[1] === "nothing" ? 3 : 0, stdout);
    for (const name of ["one.txt", "two.txt", "three.txt"]) {
      const { files } = await member.request("SEARCH", { text: name, exact: true });
      const [file] = files as { peers: number; sources: { port: number }[] }[];
      assertEquals(file?.peers, 1);
      assertEquals(file?.sources[0]?.port, share.ready["port"]);
    }
  }
});

Deno.test("BYE at a signal takes the files out before the program has ended", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("lecture.txt", "a lecture");
  using member = await joinAsMember(tracker.port);
  for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    await using share = await startShare(tracker.address, [join(temp.path, "lecture.txt")]);
    assertEquals(await count(member, "lecture.txt"), 1);
    share.program.kill(signal);
    assertEquals((await share.program.end()).code, status);
    assertEquals(await count(member, "lecture.txt"), 0);
    const { peer } = share.ready;
    const left = await tracker.program.line((line) =>
      line["event"] === "left" && line["peer"] === peer
    );
    assertEquals(left["reason"], "bye");
  }
});

Deno.test("tracker --max-files takes so many of each peer, and others when those are gone", async () => {
  await using tracker = await startTracker(["--max-files", "3"]);
  await using temp = new TempFolder();
  const names = Array.from({ length: 5 }, (_, number) => `file ${number}.txt`);
  for (const name of names) await temp.write(join("tree", name), name);
  await using share = await startShare(tracker.address, [join(temp.path, "tree")]);
  assertEquals(share.ready["files"], 3);
  assertMatch(share.program.stderr, /3 files of one peer/);
  using member = await joinAsMember(tracker.port);
  const found = async (): Promise<string[]> => {
    const { files = [] } = await member.request("SEARCH", { text: "file" });
    return (files as { name: string }[]).map(({ name }) => name).sort();
  };
  const before = await found();
  assertEquals(before.length, 3);
  for (const name of before) await Deno.remove(join(temp.path, "tree", name));
  const left = names.filter((name) => !before.includes(name));
  await eventually(
    async () => (await found()).join() === left.join() ? true : undefined,
    patience,
    `${left} instead of ${before}`,
  );
});

Deno.test("a line with more files than the tracker takes of one peer changes nothing", async () => {
  await using tracker = await startTracker(["--max-files", "2"]);
  using member = await joinAsMember(tracker.port);
  const files = ["a", "b"].map((path) => ({ ...someFile, path }));
  const refused = await member.request("SHARE", { files });
  assertEquals([refused.verb, refused["code"]], ["ERROR", "too-many"]);
  assert(!refused["fatal"]);
  assertEquals(await count(member, "a"), 0);
  assertEquals(await count(member, "mine.txt"), 1);
  assertEquals((await member.request("SHARE", { files: [someFile] }))["files"], 1);
});
