import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  answersIn,
  assertAnswers,
  receiveAgain,
  startOffer,
  startReceive,
} from "./support/classroom.ts";
import { noise, startShare, startTracker, TempFolder } from "./support/network.ts";
import { runPeer } from "./support/program.ts";
import { assertContent, namesIn, verified } from "./support/served.ts";
import { eventually } from "./support/waiting.ts";

const MiB = 1024 * 1024;

Deno.test("receive asks, takes what is wanted, and says what it has done", async () => {
  const content = noise(3 * MiB + 5);
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("lecture.mp4", content);
  await using offer = await startOffer(tracker.link, path, ["--name", "ana", "--message", "Hello"]);
  await using bo = await startReceive(tracker.link, ["--name", "bo"], { typed: true });

  const { question } = await bo.program.event("question");
  const place = join(bo.home.path, "files", "lecture.mp4");
  assertEquals(
    question,
    `"Hello" lecture.mp4 exists, 3.15 MB, from ana. It goes to ${place}. Download? (Y/N) `,
  );
  await bo.program.type("perhaps\nY\n");
  const done = await bo.program.event("done");
  assertEquals(
    [done["path"], done["size"], done["received"], done["sources"], done["encrypted"]],
    [place, content.length, content.length, 1, true],
  );
  await assertContent(place, content);
  assertEquals(bo.program.lines.filter(({ event }) => event === "question").length, 2);
  await offer.program.line(({ answer }) => answer === "done");
  await assertAnswers(offer.ledger, { bo: "accepted done" });
});

Deno.test("receive takes nothing that is declined, and asks about the next", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const [one, two] = [await folder.write("one.txt", "1"), await folder.write("two.txt", "22")];
  await using first = await startOffer(tracker.address, one);
  await using bo = await startReceive(tracker.address, ["--name", "bo"], { typed: true });
  await bo.program.event("question");
  await bo.program.type("N\nY\n");
  assertEquals((await bo.program.event("declined"))["file"], "one.txt");
  await using second = await startOffer(tracker.address, two);
  await bo.program.event("done");
  assertEquals(namesIn(join(bo.home.path, "files")), ["two.txt"]);
  await first.program.line(({ answer }) => answer === "declined");
  await second.program.line(({ answer }) => answer === "done");
  await assertAnswers(first.ledger, { bo: "declined" });
  await assertAnswers(second.ledger, { bo: "accepted done" });

  // Everything that was typed is used up, and nobody will type more.
  await bo.program.hangUp();
  assertEquals((await bo.program.end()).code, 0);
});

Deno.test("receive --once ends with the first file, also when it is declined", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("notes.txt", "For you.");
  await using offer = await startOffer(tracker.link, path);
  await using taker = await startReceive(tracker.link, ["--once", "--yes"]);
  const taken = await taker.program.end();
  assertEquals([taken.code, taken.lines.at(-1)?.["event"]], [0, "done"], taken.stderr);
  assertEquals(namesIn(join(taker.home.path, "files")), ["notes.txt"]);
  await using decliner = await startReceive(tracker.link, ["--once"], { typed: true });
  await decliner.program.type("n\n");
  const declined = await decliner.program.end();
  assertEquals([declined.code, declined.lines.at(-1)?.["event"]], [0, "declined"]);
  await offer.program.line(({ answer }) => answer === "declined");
});

Deno.test("receive says that nobody can be asked, and takes nothing", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  await using _offer = await startOffer(tracker.address, await folder.write("a.txt", "a"));
  const { code, lines } = await runPeer([
    ...["receive", "--port", "0"],
    ...["--tracker", tracker.address, "--plain", "--json"],
    ...["--state", join(folder.path, "state"), "-o", join(folder.path, "in")],
  ]);
  assertEquals(code, 2);
  assertStringIncludes(String(lines.at(-1)?.["message"]), "--yes");
  assertEquals(namesIn(join(folder.path, "in")), []);
});

Deno.test("hostile 27: receive that is killed goes on with what it has, and is not asked again", async () => {
  const content = noise(12 * MiB);
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("lecture.mp4", content);
  await using offer = await startOffer(tracker.link, path);
  await using bo = await startReceive(tracker.link, [
    ...["--name", "bo", "--yes", "--limit-down", "2MB"],
  ]);
  await verified(bo.program, 4 * MiB);
  bo.program.kill("SIGKILL");
  await offer.program.line(({ answer }) => answer === "failed");
  {
    await using again = await receiveAgain(bo.home, tracker.link, ["--name", "bo", "--yes"]);
    const done = await again.program.event("done");
    assertLess(Number(done["received"]), content.length - 3 * MiB);
    await assertContent(String(done["path"]), content);
    await offer.program.line(({ answer }) => answer === "done");
  }
  await assertAnswers(offer.ledger, { bo: "accepted failed accepted done" });
  // Whoever has it is not asked again.
  await using third = await receiveAgain(bo.home, tracker.link, ["--name", "bo", "--yes"]);
  await using other = await startReceive(tracker.link, ["--name", "cy", "--yes", "--once"]);
  await other.program.end();
  assertEquals(third.program.lines.map(({ event }) => event), ["ready"]);
});

Deno.test("receive copies nothing that is there already", async () => {
  const content = noise(2 * MiB);
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  await using home = new TempFolder();
  await home.write("files/lecture.mp4", content);
  await using offer = await startOffer(
    tracker.link,
    await folder.write("lecture.mp4", content),
  );
  await using bo = await receiveAgain(home, tracker.link);
  const done = await bo.program.event("done");
  assertEquals([done["received"], namesIn(join(home.path, "files"))], [0, ["lecture.mp4"]]);
  await offer.program.line(({ answer }) => answer === "done");
});

Deno.test("receive keeps other content of the name, and takes the file beside it", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  await using home = new TempFolder();
  await home.write("files/notes.txt", "mine");
  await using _offer = await startOffer(tracker.link, await folder.write("notes.txt", "theirs"));
  await using bo = await receiveAgain(home, tracker.link);
  await bo.program.event("done");
  assertEquals(namesIn(join(home.path, "files")), ["notes (2).txt", "notes.txt"]);
  assertEquals(await Deno.readTextFile(join(home.path, "files", "notes.txt")), "mine");
});

Deno.test("hostile 50: receive --yes takes nothing that a system would run by itself", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  await using odd = await startOffer(tracker.link, await folder.write(".profile", "rm -rf ~"));
  await using _even = await startOffer(tracker.link, await folder.write("notes.txt", "notes"));
  await using bo = await startReceive(tracker.link, ["--name", "bo", "--yes"]);
  assertEquals((await bo.program.event("error"))["code"], "unsupported-name");
  await bo.program.event("done");
  assertEquals(namesIn(join(bo.home.path, "files")), ["notes.txt"]);
  await assertAnswers(odd.ledger, { bo: "declined" });
});

Deno.test("receive gives on what it has, also when whoever offered it is gone", async () => {
  const content = noise(3 * MiB);
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("lecture.mp4", content);
  const offer = await startOffer(tracker.link, path);
  await using bo = await startReceive(tracker.link);
  await bo.program.event("done");
  await offer[Symbol.asyncDispose]();

  const own = await folder.write("own.txt", "mine");
  const { code, lines } = await runPeer([
    ...["get", "lecture.mp4", "--tracker", tracker.link, "--share", own, "--json"],
    ...["--state", join(folder.path, "state"), "-o", join(folder.path, "in")],
  ]);
  assertEquals([code, lines.at(-1)?.["sources"]], [0, 1]);
  await assertContent(join(folder.path, "in", "lecture.mp4"), content);
});

Deno.test("hostile 53: receive and offer go on when the tracker was away", async () => {
  const content = noise(8 * MiB);
  await using folder = new TempFolder();
  const path = await folder.write("lecture.mp4", content);
  const state = join(folder.path, "tracker");
  let tracker = await startTracker(["--state", state]);
  const { tlsPort, link } = tracker;
  await using offer = await startOffer(link, path);
  await using bo = await startReceive(link, ["--name", "bo", "--yes", "--limit-down", "2MB"]);
  await verified(bo.program, MiB);
  tracker.program.kill("SIGKILL");
  await bo.program.event("warning");
  await tracker[Symbol.asyncDispose]();
  tracker = await startTracker(["--state", state, "--tls-port", String(tlsPort)]);
  try {
    await bo.program.event("done");
    await eventually(async () => {
      return (await answersIn(offer.ledger))["bo"]?.endsWith("done") || undefined;
    });
    await using cy = await startReceive(link, ["--name", "cy", "--yes"]);
    await cy.program.event("done");
    await eventually(async () => (await answersIn(offer.ledger))["cy"]);
  } finally {
    await tracker[Symbol.asyncDispose]();
  }
});

Deno.test("share says what somebody offers", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const mine = await folder.write("mine.txt", "mine");
  await using ana = await startShare(tracker.link, [mine]);
  const path = await folder.write("lecture.mp4", "a film");
  await using offer = await startOffer(tracker.link, path, ["--message", "For today"]);
  const offered = await ana.program.event("offered");
  assertEquals([offered["file"], offered["message"]], ["lecture.mp4", "For today"]);
  const told = await offer.program.event("offered");
  assertEquals(told["peer"], ana.ready["peer"]);
  assert(!ana.program.lines.some(({ event }) => event === "question"));
});
