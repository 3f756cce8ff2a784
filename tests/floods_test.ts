import { assert, assertEquals, assertLess } from "@std/assert";
import { Crowd } from "./support/crowd.ts";
import { type RunningTracker, startTracker, TempFolder, Visitor } from "./support/network.ts";
import type { Line } from "./support/program.ts";
import { memory } from "./support/process.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { namesIn } from "./support/served.ts";
import { eventually } from "./support/waiting.ts";
import { Witness } from "./support/witness.ts";

const id = "0".repeat(64);
const MiB = 1024 * 1024;
/** Files of one SHARE, in a line that is not too long. */
const filesInLine = 400;
/** SHARE lines on their way at the same time. */
const linesAtOnce = 8;

/** Joins with a file of its own, which it can find. */
async function join(tracker: RunningTracker): Promise<RawConnection> {
  const member = await RawConnection.greet(tracker.port);
  const files = [{ path: "mine.txt", size: 1, modified: 0, id }];
  assertEquals((await member.request("SHARE", { files })).verb, "ACCEPTED");
  return member;
}

/** That a member finds its own file and no other. */
async function findsMine(member: RawConnection): Promise<void> {
  const answer = await member.request("SEARCH", { text: "mine.txt", exact: true });
  assertEquals((answer["files"] as { path: string }[]).map(({ path }) => path), ["mine.txt"]);
}

/** A line that announces files `from`, `from + 1` and so on. */
function share(from: number, count = filesInLine): string {
  const files = Array.from({ length: count }, (_, at) => ({
    path: `many/${from + at}`,
    size: from + at,
    modified: 0,
    id: (from + at).toString(16).padStart(64, "0"),
  }));
  return `SHARE ${JSON.stringify({ files })}\n`;
}

/** Sends lines, a few at a time, and returns their answers. */
async function sendAll(connection: RawConnection, lines: Iterable<string>): Promise<string[]> {
  const answers: string[] = [];
  let under = 0;
  for (const line of lines) {
    if (under === linesAtOnce) answers.push((await connection.message()).verb);
    else under++;
    await connection.send(line);
  }
  for (; under > 0; under--) answers.push((await connection.message()).verb);
  return answers;
}

Deno.test("hostile 38: a peer announces as many files as it may and no more, and others are served", async () => {
  const most = 300_000;
  await using tracker = await startTracker(["--max-files", String(most)]);
  using member = await join(tracker);
  await using witness = new Witness(() => findsMine(member));
  using flood = await RawConnection.greet(tracker.port, { name: "flood" });
  const lines = function* (): Iterable<string> {
    for (let from = 0; from < most; from += filesInLine) yield share(from);
  };
  const answers = await sendAll(flood, lines());
  assert(answers.every((verb) => verb === "ACCEPTED"));
  assertLess(memory(tracker.program.pid), 1000 * MiB);
  await flood.send(share(most, 1));
  assertEquals((await flood.message())["code"], "too-many");
  const last = { text: `${most - 1}` };
  assertEquals((await flood.request("SEARCH", last))["total"], 1);
  flood.close();
  await tracker.program.line(({ event, name }) => event === "left" && name === "flood");
  assertEquals((await member.request("SEARCH", last)).verb, "NOT FOUND");
  await witness.wasServed();
});

Deno.test("hostile 38: announcing the same again and again takes no memory", async () => {
  await using tracker = await startTracker();
  using member = await join(tracker);
  await using witness = new Witness(() => findsMine(member));
  using flood = await RawConnection.greet(tracker.port, { name: "flood" });
  const line = share(0);
  await sendAll(flood, Array(50).fill(line));
  const before = memory(tracker.program.pid);
  // All files of all lines together would take twice as much as is allowed here.
  await sendAll(flood, Array(400).fill(line));
  assertEquals((await flood.request("SEARCH", { text: "" }))["total"], filesInLine + 1);
  assertLess(memory(tracker.program.pid), before + 100 * MiB);
  await witness.wasServed();
});

/** Texts that are much work, or that other searches read something into. */
const texts = [
  "",
  "*",
  "%",
  "_",
  "9",
  "12",
  "a b c d e f g h i j k l m n o p q r s t u v w x y z",
  `${'"'.repeat(500)}`,
  "'; drop table files; --",
  ".*.*.*.*.*x",
  "1 2 3",
  "w ".repeat(500),
];

Deno.test("hostile 39: storms of searches are answered in turn, and others are served", async () => {
  const storms = 20, searches = 100;
  await using tracker = await startTracker();
  using member = await join(tracker);
  const files = Array.from({ length: 25 }, (_, at) => share(at * filesInLine));
  await sendAll(member, files);
  await using witness = new Witness(() => findsMine(member));
  const answered = await Promise.all(Array.from({ length: storms }, async () => {
    using storm = await join(tracker);
    const asked = Array.from({ length: searches }, (_, at) => texts[at % texts.length] ?? "");
    await storm.send(
      asked.map((text) => `SEARCH ${JSON.stringify({ text, limit: 5 })}\n`).join(""),
    );
    const verbs = new Set<string>();
    for (const _ of asked) verbs.add((await storm.message()).verb);
    return [...verbs].sort();
  }));
  for (const verbs of answered) assertEquals(verbs, ["ERROR", "FOUND", "NOT FOUND"]);
  await witness.wasServed();
});

Deno.test("hostile 40: what a thousand peers have is told in pages", async () => {
  const holders = 1000;
  await using tracker = await startTracker();
  using crowd = new Crowd(tracker.port);
  const files = [{ path: "same.txt", size: 5, modified: 0, id }];
  await crowd.grow(
    holders,
    `HELLO ${JSON.stringify({ version: 2, name: "one", port: 0 })}\n` +
      `SHARE ${JSON.stringify({ files })}\n`,
  );
  const accepted = (): number =>
    tracker.program.lines.filter(({ event }) => event === "accepted").length;
  await eventually(() => accepted() === holders ? true : undefined);
  using member = await join(tracker);
  const found = await member.request("SEARCH", { text: "same" });
  const [file] = found["files"] as { peers: number; sources: unknown[] }[];
  assertEquals([file?.peers, file?.sources.length], [holders, 4]);
  const sources: unknown[] = [];
  let page = await member.request("SOURCES", { id, size: 5 });
  while (page["more"] !== undefined) {
    sources.push(...page["sources"] as unknown[]);
    page = await member.request("SOURCES", { id, size: 5, cursor: page["more"] });
    assert((page["sources"] as unknown[]).length <= 200);
  }
  sources.push(...page["sources"] as unknown[]);
  assertEquals(sources.length, holders);
});

/** Waits until a number has stayed the same for a second. */
async function settled(count: () => number): Promise<void> {
  let [last, since] = [NaN, 0];
  await eventually(() => {
    const [now, time] = [count(), performance.now()];
    if (now !== last) [last, since] = [now, time];
    return time - since > 1000 ? true : undefined;
  });
}

Deno.test("hostile 25 40: readers that do not read are answered no further, and cost little", async () => {
  await using tracker = await startTracker();
  using member = await join(tracker);
  await sendAll(member, Array.from({ length: 5 }, (_, at) => share(at * filesInLine)));
  await using witness = new Witness(() => findsMine(member));
  const before = memory(tracker.program.pid);
  const readers = await Promise.all(Array.from({ length: 20 }, () => join(tracker)));
  const search = `SEARCH {"text":"1","limit":200}\n`;
  const asking = readers.map((reader) => reader.send(search.repeat(30_000)).catch(() => {}));
  // The witness, who is served all the time, finds one file.
  const served = ({ event, found }: Line): boolean => event === "search" && Number(found) > 1;
  await settled(() => tracker.program.lines.filter(served).length);
  assertLess(memory(tracker.program.pid), before + 300 * MiB);
  for (const reader of readers) reader.close();
  await Promise.all(asking);
  await witness.wasServed();
});

/** Ports of a machine's own services that no peer may have the tracker connect to. */
const servicePorts = [22, 25, 80, 631];

Deno.test({
  name: "hostile 41: the tracker connects to no service of a machine because a peer says so",
  // Only root may listen where the tracker must not connect to.
  ignore: Deno.uid() !== 0,
  fn: async () => {
    await using tracker = await startTracker();
    for (const port of servicePorts) {
      const service = listenIfFree(port);
      if (service === undefined) continue;
      using member = await RawConnection.greet(tracker.port, { port });
      await member.ask("SHARE", { files: [{ path: "mine.txt", size: 1, modified: 0, id }] });
      assertEquals((await member.message()).verb, "ACCEPTED");
      assertEquals(await member.line(), `REACHABLE {"ok":false}`);
      const { peers } = await member.request("PEERS");
      assertEquals((peers as { port: number; reachable: boolean }[]).at(-1)?.reachable, false);
      // Whoever connected would be first in line.
      using own = await Deno.connect({ hostname: "127.0.0.1", port });
      using first = await service.accept();
      assertEquals((first.remoteAddr as Deno.NetAddr).port, (own.localAddr as Deno.NetAddr).port);
      service.close();
      await member.ask("BYE");
      assertEquals(await member.rest(), "");
    }
  },
});

function listenIfFree(port: number): Deno.TcpListener | undefined {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return undefined;
    throw error;
  }
}

Deno.test("hostile 41: a peer that names a port of the tracker's own is one that cannot be copied from", async () => {
  await using tracker = await startTracker();
  await using visitor = new Visitor(tracker.address);
  for (const port of [tracker.port, tracker.tlsPort]) {
    using member = await RawConnection.greet(tracker.port, { port });
    const files = [{ path: `${port}.txt`, size: 1, modified: 0, id }];
    assertEquals((await member.request("SHARE", { files })).verb, "ACCEPTED");
    await using folder = new TempFolder();
    const { code } = await visitor.run("get", `${port}.txt`, "-o", folder.path);
    assertEquals([code, namesIn(folder.path)], [1, []]);
  }
  using member = await join(tracker);
  await findsMine(member);
});
