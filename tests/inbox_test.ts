import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { hashPieces, idFromPieces, limits } from "../shared/mod.ts";
import {
  noise,
  type RunningShare,
  type RunningTracker,
  startShare,
  startTracker,
  TempFolder,
  Visitor,
} from "./support/network.ts";
import type { Ended, Line } from "./support/program.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { assertContent } from "./support/served.ts";
import { eventually } from "./support/waiting.ts";

const lecture = noise(3_000_001, 7);

/** Somebody with an inbox, and somebody who sends. */
class Office implements AsyncDisposable {
  readonly tracker: RunningTracker;
  readonly folder = new TempFolder();
  readonly bo: Visitor;
  #ana: RunningShare | undefined;

  private constructor(tracker: RunningTracker) {
    this.tracker = tracker;
    this.bo = new Visitor(tracker.link);
  }

  /** @param args more of what ana says of her inbox */
  static async open(...args: string[]): Promise<Office> {
    const office = new Office(await startTracker());
    const own = ["--name", "ana", "--inbox", office.inbox, ...args];
    office.#ana = await startShare(office.tracker.link, [], own, { typed: true });
    return office;
  }

  get inbox(): string {
    return join(this.folder.path, "inbox");
  }

  get ana(): RunningShare {
    assert(this.#ana !== undefined);
    return this.#ana;
  }

  /** Makes a file, and sends it. */
  async send(name: string, content: string | Uint8Array, ...args: string[]): Promise<Ended> {
    const path = await this.folder.write(`outgoing/${name}`, content);
    return await this.bo.run("send", path, "--to", "ana", ...args);
  }

  /** What is in the inbox, by its path there. */
  names(folder = this.inbox, under = ""): string[] {
    return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
      isDirectory ? this.names(join(folder, name), `${under}${name}/`) : [`${under}${name}`]
    ).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ana?.[Symbol.asyncDispose]();
    await this.bo[Symbol.asyncDispose]();
    await this.tracker[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

function outcome({ code, lines }: Ended): [number, unknown] {
  return [code, lines.at(-1)?.["code"] ?? lines.at(-1)?.["event"]];
}

Deno.test("a file is sent into an inbox, and success is said when it is there", async () => {
  await using office = await Office.open();
  const sent = await office.send("lecture.mp4", lecture);
  assertEquals(outcome(sent), [0, "sent"]);
  await assertContent(join(office.inbox, "lecture.mp4"), lecture);
  assertEquals(office.names(), ["lecture.mp4"]);
  const received = await office.ana.program.event("received");
  assertEquals([received["sent"], received["size"]], ["lecture.mp4", lecture.length]);
  assertEquals(received["path"], join(office.inbox, "lecture.mp4"));
  const again = await office.send("lecture.mp4", lecture);
  assertEquals([outcome(again), again.lines.at(-1)?.["sent"]], [[0, "sent"], 0]);
});

Deno.test("a folder is sent as it is, with times and what is executable", async () => {
  await using office = await Office.open();
  const run = await office.folder.write("work/bin/run.sh", "#!/bin/sh\n");
  await Deno.chmod(run, 0o755);
  await office.folder.write("work/empty.txt", "");
  const film = await office.folder.write("work/film.mp4", lecture);
  const modified = new Date(1_600_000_000_000);
  await Deno.utime(film, modified, modified);
  const sent = await office.bo.run("send", join(office.folder.path, "work"), "--to", "ana");
  assertEquals(outcome(sent), [0, "sent"]);
  assertEquals(office.names(), ["work/bin/run.sh", "work/empty.txt", "work/film.mp4"]);
  const info = await Deno.stat(join(office.inbox, "work/film.mp4"));
  assertEquals(info.mtime?.getTime(), modified.getTime());
  assertEquals(((await Deno.stat(join(office.inbox, "work/bin/run.sh"))).mode ?? 0) & 0o100, 0o100);
});

Deno.test("a name that is taken is an error, unless another one will do", async () => {
  await using office = await Office.open();
  assertEquals((await office.send("notes.txt", "one")).code, 0);
  const taken = await office.send("notes.txt", "two");
  assertEquals(outcome(taken), [1, "exists"]);
  assertMatch(String(taken.lines.at(-1)?.["message"]), /--rename/);
  assertEquals(await Deno.readTextFile(join(office.inbox, "notes.txt")), "one");
  const renamed = await office.send("notes.txt", "two", "--rename");
  assertEquals(renamed.lines.at(-1)?.["stored"], "notes (2).txt");
  assertEquals((await office.send("notes.txt", "two", "--rename")).lines.at(-1)?.["sent"], 0);
  assertEquals(office.names(), ["notes (2).txt", "notes.txt"]);
});

Deno.test("hostile 28: of two who send different files of one name at once, one is told that it is taken", async () => {
  await using office = await Office.open();
  await using cleo = new Visitor(office.tracker.link);
  const other = await office.folder.write("cleo/film.mp4", noise(3_000_001, 8));
  const results = await Promise.all([
    office.send("film.mp4", lecture),
    cleo.run("send", other, "--to", "ana"),
  ]);
  assertEquals(results.map(({ code }) => code).sort(), [0, 1]);
  assertEquals(outcome(results.find(({ code }) => code === 1) ?? results[0]), [1, "exists"]);
  const winner = results[0].code === 0 ? lecture : noise(3_000_001, 8);
  await assertContent(join(office.inbox, "film.mp4"), winner);
  assertEquals(office.names(), ["film.mp4"]);
});

Deno.test("hostile 28: two who send the same file at once are both told that it is there", async () => {
  await using office = await Office.open();
  await using cleo = new Visitor(office.tracker.link);
  const same = await office.folder.write("cleo/film.mp4", lecture);
  const results = await Promise.all([
    office.send("film.mp4", lecture),
    cleo.run("send", same, "--to", "ana"),
  ]);
  assertEquals(results.map(outcome), [[0, "sent"], [0, "sent"]]);
  assertEquals(office.names(), ["film.mp4"]);
  await assertContent(join(office.inbox, "film.mp4"), lecture);
});

Deno.test("who takes no files says so, and who is not there is not found", async () => {
  await using office = await Office.open();
  const shared = await office.folder.write("shared/a.txt", "a");
  await using _cleo = await startShare(office.tracker.link, [shared], ["--name", "cleo"]);
  const refused = await office.bo.run("send", shared, "--to", "cleo");
  assertEquals(outcome(refused), [4, "refused"]);
  assertMatch(String(refused.lines.at(-1)?.["message"]), /--inbox/);
  assertEquals(outcome(await office.bo.run("send", shared, "--to", "dora")), [3, "not-found"]);
  const id = String(office.ana.ready["peer"]);
  assertEquals((await office.bo.run("send", shared, "--to", id.slice(0, 8))).code, 0);
  assertEquals((await office.bo.run("send", "/no/such", "--to", "ana")).code, 3);
});

Deno.test("hostile 50: an inbox takes no more than its owner lets it, and nothing that runs by itself", async () => {
  await using office = await Office.open("--inbox-quota", "5MB", "--inbox-max-file", "4MB");
  assertEquals(outcome(await office.send("huge.bin", noise(4_000_001))), [4, "refused"]);
  assertEquals(outcome(await office.send("one.bin", lecture)), [0, "sent"]);
  assertEquals(outcome(await office.send("two.bin", noise(2_000_000))), [1, "full"]);
  assertEquals(outcome(await office.send("small.bin", noise(1_999_000))), [0, "sent"]);
  for (const name of ["autorun.inf", "prize.lnk", "prize.desktop"]) {
    assertEquals(outcome(await office.send(name, "x")), [1, "unsupported-name"], name);
  }
  assertEquals(office.names(), ["one.bin", "small.bin"]);
});

Deno.test("hostile 50: files that come at the same time do not fill an inbox either", async () => {
  await using office = await Office.open("--inbox-quota", "1MB");
  const [first, second] = [noise(600_000, 1), noise(600_000, 2)];
  await office.folder.write("both/a.bin", first);
  await office.folder.write("both/b.bin", second);
  const sent = await office.bo.run("send", join(office.folder.path, "both"), "--to", "ana");
  assertEquals(outcome(sent), [1, "full"], "what is on its way counts as well");
  assertEquals(office.names().length, 1);
});

Deno.test("an inbox takes files of some peers only, if it is told so", async () => {
  await using office = await Office.open("--inbox-from", "cleo");
  assertEquals(outcome(await office.send("a.txt", "a")), [4, "refused"]);
  assertEquals(outcome(await office.send("a.txt", "a", "--name", "cleo")), [0, "sent"]);
  const refused = await office.ana.program.event("not-received");
  assertEquals([refused["code"], refused["sent"]], ["refused", "a.txt"]);
});

Deno.test("an inbox asks before it takes a file, if it is told to, and shows where it would go", async () => {
  await using office = await Office.open("--inbox-ask");
  const { program } = office.ana;
  const sending = office.send("a.txt", "a", "--name", "bo");
  const { question } = await program.event("question");
  assert(String(question).includes(join(office.inbox, "a.txt")), String(question));
  assertMatch(String(question), /^bo \([0-9a-f]{8}, 127\.0\.0\.1\) sends/);
  await program.type("n\n");
  assertEquals(outcome(await sending), [4, "refused"]);
  const again = office.send("a.txt", "a", "--name", "bo");
  await program.type("y\n");
  assertEquals(outcome(await again), [0, "sent"]);
  assertEquals(office.names(), ["a.txt"]);
});

/** Waits until some of a file has come. */
async function begun(inbox: string): Promise<void> {
  await eventually(() => {
    const part = [...Deno.readDirSync(inbox)].find(({ name }) => name.endsWith(".part"));
    // It has its full length from the start: only what was written takes room.
    const blocks = part === undefined ? 0 : Deno.statSync(join(inbox, part.name)).blocks ?? 0;
    return blocks * 512 > 4 * limits.unitBytes ? true : undefined;
  });
}

Deno.test("sending goes on by itself when the receiver was killed and is back", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const inbox = join(folder.path, "inbox");
  const state = ["--state", await folder.folder("state"), "--name", "ana", "--inbox", inbox];
  const film = noise(24 * limits.unitBytes, 9);
  const path = await folder.write("film.mp4", film);
  await using bo = new Visitor(tracker.link);
  let sending;
  {
    await using ana = await startShare(tracker.link, [], state);
    sending = await bo.start("send", path, "--to", "ana", "--limit-up", "3MB");
    await begun(inbox);
    ana.program.kill("SIGKILL");
    await ana.program.end();
  }
  await sending.event("interrupted");
  await using back = await startShare(tracker.link, [], state);
  const ended = await sending.end();
  assertEquals(outcome(ended), [0, "sent"], ended.stdout);
  await assertContent(join(inbox, "film.mp4"), film);
  const { sent } = ended.lines.at(-1) as Line & { sent: number };
  assertLess(sent, film.length + 16 * limits.unitBytes);
  assertEquals((await back.program.event("received"))["size"], film.length);
});

Deno.test("sending again after the sender was killed sends what is missing only, which is all that counts", async () => {
  await using office = await Office.open("--inbox-quota", "30MB");
  const film = noise(24 * limits.unitBytes, 10);
  const path = await office.folder.write("film.mp4", film);
  const first = await office.bo.start("send", path, "--to", "ana", "--limit-up", "8MB");
  await begun(office.inbox);
  first.kill("SIGKILL");
  await first.end();
  const again = await office.bo.run("send", path, "--to", "ana");
  assertEquals(outcome(again), [0, "sent"], again.stdout);
  assertLess(Number(again.lines.at(-1)?.["sent"]), film.length);
  await assertContent(join(office.inbox, "film.mp4"), film);
  assertEquals(office.names(), ["film.mp4"]);
});

Deno.test("hostile 25: many slow senders at one address keep nobody else from an inbox", async () => {
  await using tracker = await startTracker();
  await using folder = new TempFolder();
  const inbox = join(folder.path, "inbox");
  const own = ["--name", "ana", "--inbox", inbox];
  await using ana = await startShare(tracker.address, [], own);
  const port = Number(ana.ready["port"]);
  const size = limits.unitBytes;
  const slow: RawConnection[] = [];
  try {
    for (let at = 0; at < 24; at++) {
      const film = noise(size, 100 + at);
      const connection = new RawConnection(await Deno.connect({ hostname: "::1", port }));
      slow.push(connection);
      await connection.request("HELLO", { version: 2 });
      const id = idFromPieces(hashPieces(film), size);
      await connection.ask("UPLOAD", { path: `film ${at}.mp4`, size, id });
      await connection.send(`FILE {"offset":0,"length":${size}}\n`);
      await connection.send(film.subarray(0, 1));
    }
    const isHere = (): boolean => [...Deno.readDirSync(inbox)].length >= 4;
    await eventually(() => isHere() ? true : undefined);
    // Whoever comes now is heard after all of them.
    using last = new RawConnection(await Deno.connect({ hostname: "::1", port }));
    await last.request("HELLO", { version: 2 });
    await using bo = new Visitor(tracker.address);
    const path = await folder.write("honest.mp4", lecture);
    assertEquals(outcome(await bo.run("send", path, "--to", "ana")), [0, "sent"]);
    await assertContent(join(inbox, "honest.mp4"), lecture);
  } finally {
    for (const connection of slow) connection.close();
  }
});
