import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { assertClean } from "./support/clean.ts";
import { emptyTracker, Fake, foundFile, line } from "./support/fakes.ts";
import { joining, noise, startShare, startTracker, TempFolder } from "./support/network.ts";
import { type Ended, Program } from "./support/program.ts";
import { eventually, patience } from "./support/waiting.ts";

/** The arguments of a shell that has something to share. */
async function shellArgs(tracker: string, temp: TempFolder): Promise<string[]> {
  const own = await temp.write("own/own.txt", "own");
  const state = ["--state", join(temp.path, "state"), "--port", "0"];
  return ["shell", ...joining(tracker), ...state, "--share", own, "-o", join(temp.path, "out")];
}

/** Types some orders into a shell, one after the other, and waits for its end. */
async function orders(args: readonly string[], ...lines: string[]): Promise<Ended> {
  await using shell = new Program("peer", args, { typed: true });
  await shell.type(lines.map((one) => `${one}\n`).join(""));
  await shell.hangUp();
  return await shell.end();
}

Deno.test("a shell takes orders from a pipe, and draws nothing", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("ana/Week 3.txt", "Bring the handout.");
  await temp.write("ana/photos/one.jpg", "1");
  await temp.write("ana/photos/two.jpg", "22");
  await using _ana = await startShare(tracker.address, [join(temp.path, "ana")]);
  const args = await shellArgs(tracker.address, temp);

  const { code, stdout, stderr } = await orders(
    args,
    "search week",
    "download 1",
    "get ana/photos",
    "peers",
    "exit",
  );

  assertEquals([code, `${stdout}${stderr}`.includes("\u001b")], [0, false]);
  assertMatch(stdout, /^ {2}1 {2}ana\/Week 3\.txt/m);
  assertMatch(stdout, /out\/Week 3\.txt {2}18 B from 1 peer$/m);
  assertMatch(stderr, /ana\/photos: 2 files, 3 B in /);
  assertEquals(await Deno.readTextFile(join(temp.path, "out/photos/two.jpg")), "22");
  const state = Array.from(Deno.readDirSync(join(temp.path, "state")), ({ name }) => name);
  assert(!state.includes("settings.json") && !state.includes("shell_history"), String(state));
});

Deno.test("a shell waits for its copies at the end of a pipe, and tells what failed", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("ana/big.bin", noise(5_000_000));
  await using _ana = await startShare(tracker.address, [join(temp.path, "ana")]);
  const args = await shellArgs(tracker.address, temp);
  const got = await orders([...args, "--json"], "get big.bin", "transfers");
  assertEquals(got.code, 0);
  assertEquals(got.lines.map(({ event }) => event).filter((one) => one !== undefined), [
    "started",
    "done",
  ]);
  assertEquals(got.lines.find(({ event }) => event === "done")?.["received"], 5_000_000);

  const wrong: [string, number, string][] = [
    ["get nothing", 3, "Nobody here shares"],
    ["download 7", 3, "No file has a number yet"],
    ["serch x", 2, "did you mean search"],
    ["wat", 2, "search wat"],
    ["17", 2, "The menu has no number 17"],
    ['get "x', 2, "has no other"],
    ["upload", 2, "upload FILE PEER"],
    ["upload /no/such/file ana", 3, "no file or folder"],
    ["share /no/such/folder", 3, "no file or folder"],
    ["unshare /no/such/folder", 3, "is not shared"],
    ["accept 1", 3, "no offer of that number"],
    ["list nobody", 3, "nobody"],
  ];
  for (const [order, status, says] of wrong) {
    const { code, stdout, stderr } = await orders(args, order);
    assertEquals([code, stdout], [status, ""], order);
    assertStringIncludes(stderr, says);
  }
});

Deno.test("a shell shares what it is told to, keeps it in the settings, and stops again", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const folder = await temp.folder("music");
  await temp.write("music/song.txt", "la");
  const state = join(temp.path, "state");
  const args = ["shell", ...joining(tracker.address), "--state", state, "--port", "0"];

  const first = await orders(args, "search song", "share", `share "${folder}"`, "search song");
  assertStringIncludes(first.stderr, "serves only those who share something; type: share FOLDER");
  assertStringIncludes(first.stderr, "You share nothing");
  assertStringIncludes(first.stdout, `${folder} is shared now.`);
  assertMatch(first.stdout, /1 {2}music\/song\.txt/);
  const settings = async (): Promise<unknown> =>
    JSON.parse(await Deno.readTextFile(join(state, "settings.json")));
  assertEquals(await settings(), { share: [folder] });

  const second = await orders(args, "share", "unshare 1", "share", "search song");
  assertMatch(second.stdout, /^ {2}1 {2}.*music$/m);
  assertStringIncludes(second.stdout, `${folder} is not shared any more.`);
  assertEquals([second.code, await settings()], [4, { share: [] }]);
});

Deno.test("a shell sends files, and takes those that others send or offer", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const note = await temp.write("note.txt", "a note");
  const inbox = join(temp.path, "in");
  const out = join(temp.path, "out");
  await using ana = new TempFolder();
  const anaArgs = await shellArgs(tracker.link, ana);
  await using taking = new Program(
    "peer",
    [...anaArgs, "--name", "ana", "--inbox", inbox, "--json"],
    { typed: true },
  );
  await taking.type("peers\n");
  await taking.line(({ number }) => number === 1);
  const args = await shellArgs(tracker.link, temp);
  const { code, stdout } = await orders(args, `upload "${note}" to ana`);
  assertEquals(code, 0);
  assertMatch(stdout, /note\.txt to ana {2}6 B, was sent/);
  assertEquals(await Deno.readTextFile(join(inbox, "note.txt")), "a note");
  assertEquals((await taking.event("received"))["sent"], "note.txt");

  const state = ["--state", join(temp.path, "offering"), "--port", "0"];
  await using offer = new Program(
    "peer",
    ["offer", note, ...joining(tracker.link), ...state, "--name", "ben", "--json"],
  );
  await offer.event("ready");
  const offered = await taking.event("offered");
  assertEquals([offered["file"], offered["name"], offered["number"]], ["note.txt", "ben", 1]);
  await taking.type("accept 1\n");
  await taking.event("done");
  assertEquals(await Deno.readTextFile(join(ana.path, "out/note.txt")), "a note");
  await taking.type("offers\n");
  assertEquals((await taking.line(({ state }) => state === "done"))["file"], "note.txt");
  await taking.type("exit\n");
  assertEquals((await taking.end()).code, 0);
  assertEquals(await Deno.stat(out).catch(() => "missing"), "missing");
});

Deno.test("a shell without a tracker says what to do, and goes on when there is one", async () => {
  await using temp = new TempFolder();
  using closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr;
  closed.close();
  const args = await shellArgs(`127.0.0.1:${port}`, temp);
  await using shell = new Program("peer", args, { typed: true });
  await shell.type("list\n");
  await eventually(
    () => shell.stderr.includes("is the tracker running there?") || undefined,
    patience,
    "the sentence that helps",
  );
  await using _tracker = await startTracker(["--port", String(port)]);
  await shell.type("list\n");
  await eventually(() => shell.stdout.includes("own.txt") || undefined, patience, "the list");
  await shell.type("exit\n");
  assertEquals((await shell.end()).code, 1);
});

Deno.test("a shell joins again when the tracker was gone, and copies that run go on", async () => {
  await using temp = new TempFolder();
  await temp.write("ana/big.bin", noise(6_000_000));
  await using first = await startTracker();
  await using _ana = await startShare(first.address, [join(temp.path, "ana")]);
  const args = [...await shellArgs(first.address, temp), "--limit-down", "1MB"];
  await using shell = new Program("peer", args, { typed: true });
  await shell.type("get big.bin\n");
  // A copy that has only begun still needs the tracker to know where the file is.
  const isUnderWay = async (): Promise<true | undefined> => {
    await shell.type("transfers\n");
    return /^1\. big\.bin, 6\.00 MB: [1-9]/m.test(shell.stdout) || undefined;
  };
  await eventually(isUnderWay, patience, "some of the copy");
  await first.program[Symbol.asyncDispose]();
  await shell.type("list\n");
  await eventually(
    () => shell.stderr.includes("Nothing listens") || undefined,
    patience,
    "why not",
  );
  await using _second = await startTracker(["--port", String(first.port)]);
  const isBack = async (): Promise<true | undefined> => {
    await shell.type("list\n");
    return shell.stdout.includes("  ana/big.bin") || undefined;
  };
  await eventually(isBack, patience, "what is shared");
  const copied = /out\/big\.bin {2}6\.00 MB from 1 peer/;
  await eventually(() => copied.test(shell.stdout) || undefined, patience, "the copy to end")
    .catch((cause) => Promise.reject(new Error(shell.stderr, { cause })));
  await shell.type("exit\n");
  await shell.end();
});

/** What names may hold on the wire, and nobody can see. */
const unseen = "\u202e\u2066\u200b\u2028\u2029\ufeff\u{e0041}\u061c\u3164\u00ad";

Deno.test("hostile 07: names and sentences of others are clean in what a shell prints", async () => {
  const evil = `x${unseen}y`;
  const sentence = `${evil}\u001b[2J\u009b1m\u0007\r\nlanyard> all is well`;
  const found = foundFile("a/x", "content", 1);
  const file = (path: string): Record<string, unknown> => ({
    ...found,
    path,
    name: path.slice(path.lastIndexOf("/") + 1),
    type: unseen,
    sources: found.sources.map((one) => ({ ...one, name: evil })),
  });
  const peer = { peer: "d".repeat(64), name: evil, address: "127.0.0.1", port: 1 };
  await using tracker = new Fake({
    ...emptyTracker,
    SEARCH: ({ text, exact }) => {
      if (text === "refused") return line("ERROR", { code: "refused", message: sentence });
      if (exact === true) return line("NOT FOUND");
      return line("FOUND", { files: [file(`a/${evil}`), file(`b/${evil}`)] });
    },
    LIST: () => line("NOT FOUND"),
    PEERS: () =>
      line("PEERS", {
        peers: [{ ...peer, reachable: true, encrypted: false, files: 1, bytes: 7 }],
      }),
  });
  await using temp = new TempFolder();
  const args = await shellArgs(`127.0.0.1:${tracker.port}`, temp);
  for (const more of [[], ["--json"]]) {
    const { stdout, stderr } = await orders(
      [...args, ...more],
      ...["search x", "download 1", "peers", "get some", "search refused", `get ${evil}`],
      ...[`${evil}`, "transfers", `upload own ${evil}`, `share ${evil}`, `list ${evil}`],
    );
    assertClean("shell", stdout, stderr);
    assert(stdout.includes(more.length === 0 ? "x\\u{202e}" : "x\\u202e"), stdout);
  }
});
