import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  assertAnswers,
  ledgerRows,
  receiveAgain,
  type RunningOffer,
  type RunningReceiver,
  startOffer,
  startReceive,
} from "./support/classroom.ts";
import { noise, startTracker, TempFolder } from "./support/network.ts";
import { runPeer } from "./support/program.ts";
import { assertContent, verified } from "./support/served.ts";

const MiB = 1024 * 1024;

Deno.test("offer keeps in its ledger who has taken the file", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("notes.txt", "For you.");
  const ledger = join(folder.path, "who.csv");
  await using offer = await startOffer(tracker.link, path, ["--ledger", ledger]);
  await using bo = await startReceive(tracker.link, ["--name", "bo", "--yes"]);
  await bo.program.event("done");
  await assertAnswers(ledger, { bo: "accepted done" });

  assertEquals(offer.ready["ledger"], ledger);
  const [row, last] = await ledgerRows(ledger);
  const peer = bo.ready["peer"];
  assertEquals(row, {
    time: row?.["time"] ?? "",
    name: "bo",
    peer: String(peer),
    address: "127.0.0.1",
    file: "notes.txt",
    size: String(offer.ready["size"]),
    id: String(offer.ready["id"]),
    answer: "accepted",
  });
  assertMatch(row?.["time"] ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertEquals(last?.["answer"], "done");
  const told = offer.program.lines.filter((line) => line["peer"] === peer)
    .map(({ event, answer }) => [event, answer]);
  assertEquals(told[0], ["offered", undefined]);
  assertEquals(told.at(-1), ["answered", "done"]);
});

Deno.test("offer writes the sentences of the program it comes from", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("test.txt", "hello world");
  await using offer = await startOffer(tracker.address, path, ["--ledger-format", "text"]);
  await using taker = await startReceive(tracker.address, ["--yes"]);
  await using decliner = await startReceive(tracker.address, [], { typed: true });
  await taker.program.event("done");
  await decliner.program.type("N\n");
  await offer.program.line(({ answer }) => answer === "done");
  await offer.program.line(({ answer }) => answer === "declined");
  assertEquals(offer.ledger, join(offer.state.path, "offers.txt"));
  offer.program.kill("SIGINT");
  assertEquals((await offer.program.end()).code, 130);
  const lines = (await Deno.readTextFile(offer.ledger)).split("\n").toSorted();
  assertEquals(
    lines,
    [
      "",
      `Client: ('127.0.0.1', ${decliner.ready["port"]}) did not download the file 'test.txt'`,
      `Client: ('127.0.0.1', ${taker.ready["port"]}) downloaded the file 'test.txt'`,
    ].toSorted(),
  );
});

Deno.test("offer can be the tracker as well, so that one program hands a file out", async () => {
  await using folder = new TempFolder();
  const path = await folder.write("test.txt", "hello world");
  await using offer = await startOffer("127.0.0.1:1", path, [
    ...["--host-tracker", "--tracker-port", "0"],
  ]);
  const { port } = offer.ready["tracker"] as { port: number };
  await using bo = await startReceive(`127.0.0.1:${port}`, ["--yes", "--once", "--name", "bo"]);
  assertEquals((await bo.program.end()).code, 0);
  await assertAnswers(offer.ledger, { bo: "accepted done" });
});

Deno.test("offer says what is wrong with what cannot be offered", async () => {
  await using folder = new TempFolder();
  const state = join(folder.path, "state");
  const offering = async (...args: string[]): Promise<[number, string]> => {
    const { code, lines } = await runPeer(["offer", ...args, "--json", "--state", state]);
    return [code, String(lines.at(-1)?.["message"])];
  };
  assertEquals(await offering(), [2, "Name the file to offer: peer offer FILE"]);
  const missing = await offering(join(folder.path, "doc.txt"));
  assertEquals(missing[0], 3);
  assertStringIncludes(missing[1], "There is no file");
  assertStringIncludes(missing[1], "doc.txt");
  const notFile = await offering(folder.path);
  assertEquals(notFile[0], 2);
  assertStringIncludes(notFile[1], "is a folder");
  const path = await folder.write("a.txt", "a");
  assertEquals((await offering(path, "--message", "m".repeat(1025)))[0], 2);
  const other = await folder.write("diary.txt", "Dear diary\n");
  const wrong = await offering(path, "--ledger", other);
  assertEquals(wrong[0], 2);
  assertStringIncludes(wrong[1], "not a ledger");
  assertEquals(await Deno.readTextFile(other), "Dear diary\n");
});

Deno.test("offer remembers nothing of what share does", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("notes.txt", "For you.");
  await using offer = await startOffer(tracker.link, path);
  const memory = JSON.parse(await Deno.readTextFile(join(offer.state.path, "memory.json")));
  assertEquals([memory.shares, memory.port, memory.labels], [[], undefined, {}]);
});

Deno.test("offer of a file that changes asks again about what it is now", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("notes.txt", "first");
  await using offer = await startOffer(tracker.link, path);
  await using bo = await startReceive(tracker.link, ["--name", "bo", "--yes"]);
  await bo.program.event("done");
  await folder.write("notes.txt", "second, and longer");
  assertEquals((await offer.program.event("offering"))["size"], 18);
  const second = await bo.program.line(({ event, size }) => event === "done" && size === 18);
  assertEquals(await Deno.readTextFile(String(second["path"])), "second, and longer");
  await assertAnswers(offer.ledger, { bo: "accepted done accepted done" });
});

Deno.test("offer goes on where it was after it was killed, and asks nobody who has the file", async () => {
  const content = noise(2 * MiB);
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("lecture.mp4", content);
  const ledger = join(folder.path, "who.csv");
  await using offer = await startOffer(tracker.link, path, ["--ledger", ledger]);
  await using bo = await startReceive(tracker.link, ["--name", "bo", "--yes"]);
  await bo.program.event("done");
  await assertAnswers(ledger, { bo: "accepted done" });
  offer.program.kill("SIGKILL");
  await offer.program.end();

  const args = ["--state", offer.state.path, "--ledger", ledger];
  await using again = await startOffer(tracker.link, path, args);
  await using cy = await startReceive(tracker.link, ["--name", "cy", "--yes"]);
  await cy.program.event("done");
  await again.program.line(({ answer }) => answer === "done");
  await assertAnswers(ledger, { bo: "accepted done", cy: "accepted done" });
  assertEquals(again.ready["offer"], offer.ready["offer"], "the tracker has waited for it");
});

Deno.test("hostile 26: a receiver waits for whoever offers the file, and goes on when it is back", async () => {
  const content = noise(8 * MiB);
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("lecture.mp4", content);
  const ledger = join(folder.path, "who.csv");
  await using offer = await startOffer(tracker.link, path, ["--ledger", ledger]);
  await using bo = await startReceive(tracker.link, [
    ...["--name", "bo", "--yes", "--limit-down", "1MB"],
  ]);
  await verified(bo.program, 2 * MiB);
  offer.program.kill("SIGKILL");
  await offer.program.end();
  await bo.program.event("retrying");
  const args = ["--state", offer.state.path, "--ledger", ledger];
  await using again = await startOffer(tracker.link, path, args);
  const done = await bo.program.event("done");
  await assertContent(String(done["path"]), content);
  assertEquals(done["received"], content.length, "nothing came twice");
  await again.program.line(({ answer }) => answer === "done");
  await assertAnswers(ledger, { bo: "accepted done" });
});

Deno.test("receivers of one file give it on to each other, and whoever offers it sends it less", async () => {
  const content = noise(32 * MiB);
  const receivers = 6;
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("lecture.mp4", content);
  await using offer = await startOffer(tracker.link, path, ["--limit-up", "8MB"]);
  await using stack = new AsyncDisposableStack();
  const all = await Promise.all(
    Array.from(
      { length: receivers },
      async (_, n) => stack.use(await startReceive(tracker.link, ["--name", `peer ${n}`, "--yes"])),
    ),
  );
  const done = await Promise.all(all.map(({ program }) => program.event("done")));
  for (const line of done) await assertContent(String(line["path"]), content);
  const names = all.map((_, n) => [`peer ${n}`, "accepted done"]);
  await assertAnswers(offer.ledger, Object.fromEntries(names));

  const sent = await sentBy(offer, ...all);
  assertLess(sent, 0.6 * receivers * content.length);
  assert(sent >= content.length, "the file comes from there in the end");
});

Deno.test("a receiver that began late gets the file from those who have it", async () => {
  const content = noise(8 * MiB);
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("lecture.mp4", content);
  await using offer = await startOffer(tracker.link, path, ["--limit-up", "1MB"]);
  await using home = new TempFolder();
  await home.write("files/lecture.mp4", content);
  await using bo = await receiveAgain(home, tracker.link, ["--name", "bo", "--yes"]);
  await bo.program.event("done");
  await using cy = await startReceive(tracker.link, ["--name", "cy", "--yes"]);
  const { sources, received } = await cy.program.event("done");
  assertEquals([sources, received], [2, content.length]);
  assertLess(await sentBy(offer, cy), content.length / 2);
});

/** Bytes that whoever offers a file has sent until it and those who took it ended. */
async function sentBy(offer: RunningOffer, ...takers: RunningReceiver[]): Promise<number> {
  for (const { program } of takers) {
    program.kill("SIGTERM");
    await program.end();
  }
  offer.program.kill("SIGINT");
  const { lines } = await offer.program.end();
  return lines.filter(({ event }) => event === "upload")
    .reduce((sum, { bytes }) => sum + Number(bytes), 0);
}
