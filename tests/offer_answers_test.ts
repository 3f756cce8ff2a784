import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  assertAnswers,
  ledgerRows,
  receiveAgain,
  startOffer,
  startReceive,
} from "./support/classroom.ts";
import { SmallDisk } from "./support/mounts.ts";
import { noise, startTracker, TempFolder } from "./support/network.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { assertContent, verified } from "./support/served.ts";
import { eventually, patience } from "./support/waiting.ts";

const MiB = 1024 * 1024;
const ignore = !await SmallDisk.isPossible();

/** A peer that was told of one offer, by hand, and the offer. */
async function comer(port: number, name: string): Promise<[RawConnection, string]> {
  const connection = await RawConnection.greet(port, { name });
  const offered = JSON.parse((await connection.line()).replace(/^OFFERED /, ""));
  return [connection, offered.offer];
}

async function answer(
  connection: RawConnection,
  offer: string,
  given: string,
  more: Record<string, unknown> = {},
): Promise<unknown> {
  const { verb, code } = await connection.request("ANSWER", { offer, answer: given, ...more });
  return verb === "OK" ? "OK" : code;
}

Deno.test("hostile 58: answers that are forged, repeated or out of order are not in the ledger", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("notes.txt", "For you.");
  await using offer = await startOffer(tracker.address, path, ["--name", "ana"]);
  const [bo, id] = await comer(tracker.port, "bo");
  const [eve] = await comer(tracker.port, "eve");
  using _bo = bo;
  using _eve = eve;
  const own = String(offer.ready["peer"]);

  assertEquals(await answer(eve, id, "done"), "order", "it never began");
  assertEquals(await answer(eve, id, "failed"), "order");
  assertEquals(await answer(eve, `${id}x`, "accepted"), "not-found");
  assertEquals(await answer(bo, id, "accepted"), "OK");
  // Whoever says to be somebody else is still itself.
  assertEquals(await answer(eve, id, "done", { peer: own, from: own, name: "bo" }), "order");
  for (let n = 0; n < 200; n++) assertEquals(await answer(bo, id, "accepted"), "OK");
  assertEquals(await answer(bo, id, "accepted", { verified: 10 ** 9 }), "OK");
  for (let n = 0; n < 50; n++) assertEquals(await answer(bo, id, "done"), "OK");
  for (const late of ["accepted", "declined", "failed"]) {
    assertEquals(await answer(bo, id, late), "order", late);
  }
  assertEquals(await answer(eve, id, "declined"), "OK");
  await assertAnswers(offer.ledger, { bo: "accepted done", eve: "declined" });
  const progress = offer.program.lines.filter((line) => Number(line["verified"]) > 8);
  assertEquals(progress, [], "nobody has more than the whole file");
});

Deno.test("hostile 58: whoever aborts what it took has failed, and can take it later", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  await using offer = await startOffer(tracker.address, await folder.write("a.txt", "a"));
  const [bo, id] = await comer(tracker.port, "bo");
  await answer(bo, id, "accepted");
  bo.close();
  await offer.program.line((line) => line["answer"] === "failed");
  const [cy] = await comer(tracker.port, "cy");
  await answer(cy, id, "accepted");
  await cy.send("BYE {}\n");
  await assertAnswers(offer.ledger, { bo: "accepted failed", cy: "accepted failed" });
  cy.close();
});

Deno.test("hostile 58: a peer that receives twice at once is in the ledger once", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const content = noise(3 * MiB);
  await using offer = await startOffer(tracker.link, await folder.write("film.mp4", content));
  await using bo = await startReceive(tracker.link, ["--name", "bo", "--yes"]);
  await using _again = await receiveAgain(bo.home, tracker.link, ["--name", "bo", "--yes"]);
  await bo.program.event("done");
  await assertAnswers(offer.ledger, { bo: "accepted done" });
  await using cy = await startReceive(tracker.link, ["--name", "cy", "--yes"]);
  await cy.program.event("done");
  await assertAnswers(offer.ledger, { bo: "accepted done", cy: "accepted done" });
});

Deno.test("hostile 58: names that are formulas come into the ledger as text", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const path = await folder.write("=1+1;@x.txt", "a");
  await using offer = await startOffer(tracker.address, path);
  const names = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\u202e=1", 'a,"b"', "x;=1"];
  for (const name of names) {
    const [bo, id] = await comer(tracker.port, name);
    await answer(bo, id, "declined");
    bo.close();
  }
  await offer.program.line((line) => line["name"] === names.at(-1) && line["answer"] !== undefined);
  await assertAnswers(
    offer.ledger,
    Object.fromEntries(names.map((name) => [
      name.replace(/^(?=[=+\-@])/, "'").replace(";=", ";'=").replace("\u202e", "\\u{202e}"),
      "declined",
    ])),
  );
  for (const row of await ledgerRows(offer.ledger)) assertEquals(row["file"], "'=1+1;'@x.txt");
});

Deno.test("hostile 58: two who offer keep their answers in one ledger", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const ledger = ["--ledger", join(folder.path, "who.csv")];
  const [a, b] = [await folder.write("a.txt", "a"), await folder.write("b.txt", "b")];
  await using _first = await startOffer(tracker.address, a, ledger);
  await using _second = await startOffer(tracker.address, b, ledger);
  await Promise.all(["bo", "cy", "dan"].map(async (name) => {
    using connection = await RawConnection.greet(tracker.port, { name });
    for (const line of [await connection.line(), await connection.line()]) {
      const { offer } = JSON.parse(line.replace(/^OFFERED /, ""));
      await answer(connection, offer, "accepted");
      await answer(connection, offer, "done");
    }
  }));
  const sorted = async (): Promise<string[]> =>
    (await ledgerRows(join(folder.path, "who.csv")))
      .map(({ name, file, answer }) => `${name} ${file} ${answer}`).sort();
  await assertLength(join(folder.path, "who.csv"), 12);
  assertEquals(
    await sorted(),
    ["bo", "cy", "dan"].flatMap((name) =>
      ["a.txt", "b.txt"].flatMap((file) =>
        ["accepted", "done"].map((given) => `${name} ${file} ${given}`)
      )
    ).sort(),
  );
});

Deno.test({
  name: "hostile 58: a ledger that is full ends offer loudly, but harms nobody who has begun",
  ignore,
  fn: async () => {
    const content = noise(6 * MiB);
    await using tracker = await startTracker();
    await using folder = new TempFolder();
    await using disk = await SmallDisk.mount(1);
    const path = await folder.write("lecture.mp4", content);
    await using offer = await startOffer(tracker.address, path, [
      ...["--ledger", join(disk.path, "who.csv")],
    ]);
    await using bo = await startReceive(tracker.address, [
      ...["--name", "bo", "--yes", "--limit-down", "700kB"],
    ]);
    await verified(bo.program, MiB);
    await fill(disk.path);
    const [eve, id] = await comer(tracker.port, `eve${"e".repeat(50)}`);
    using _eve = eve;
    // What there is left of the last page of the file is used up at some time.
    for (let n = 0; n < 90; n++) await answer(eve, id, n % 2 === 0 ? "accepted" : "declined");
    const failed = await offer.program.event("ledger-failed");
    assertEquals(failed["code"], "full");
    await bo.program.event("done");
    await assertContent(join(bo.home.path, "files", "lecture.mp4"), content);
    const { code, lines, stderr } = await offer.program.end();
    assertEquals([code, lines.at(-1)?.["event"], lines.at(-1)?.["code"]], [1, "error", "full"]);
    // What is not in the ledger is said.
    assertStringIncludes(stderr, "These lines are not in the ledger:");
    assert(/bo,[0-9a-f]{64},.*,done$/m.test(stderr), stderr);
    await ledgerRows(join(disk.path, "who.csv")); // Whole lines only.
  },
});

Deno.test({
  name: "hostile 58: a ledger that was full is complete when there is room again",
  ignore,
  fn: async () => {
    await using tracker = await startTracker();
    await using folder = new TempFolder();
    await using disk = await SmallDisk.mount(1);
    const ledger = join(disk.path, "who.csv");
    const path = await folder.write("lecture.mp4", noise(6 * MiB));
    await using offer = await startOffer(tracker.address, path, ["--ledger", ledger]);
    await using bo = await startReceive(tracker.address, [
      ...["--name", "bo", "--yes", "--limit-down", "1MB"],
    ]);
    await verified(bo.program, MiB);
    await fill(disk.path);
    const [eve, id] = await comer(tracker.port, `eve${"e".repeat(50)}`);
    using _eve = eve;
    const changes = 90;
    for (let n = 0; n < changes; n++) await answer(eve, id, n % 2 === 0 ? "accepted" : "declined");
    await offer.program.event("ledger-failed");
    await disk.resize(8);
    await offer.program.event("ledger-recovered");
    await bo.program.event("done");
    await assertLength(ledger, changes + 2);
  },
});

/** Fills a disk up, to the last page. */
async function fill(disk: string): Promise<void> {
  for (const size of [1024 * 1024, 64 * 1024, 4096, 4096]) {
    const file = join(disk, `filler ${crypto.randomUUID()}`);
    await Deno.writeFile(file, new Uint8Array(size)).catch(() => {}); // It is full, then.
  }
}

/** That a ledger has so many rows, by now or soon. */
async function assertLength(path: string, length: number): Promise<void> {
  const isSo = async (): Promise<true | undefined> =>
    (await ledgerRows(path)).length >= length || undefined;
  await eventually(isSo, patience, `${length} rows`);
  assertEquals((await ledgerRows(path)).length, length);
}
