import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { noise, startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { eventually, patience } from "./support/waiting.ts";

const decoder = new TextDecoder();

/** A record with the date that a file's time has here, in this zone. */
function dateOf(time: Date): string {
  const two = (value: number): string => String(value % 100).padStart(2, "0");
  return `${two(time.getDate())}/${two(time.getMonth() + 1)}/${two(time.getFullYear())}`;
}

/** Everything a remote has to say to these bytes and the end of sending. */
async function conversation(port: number, sent: string): Promise<string> {
  using connection = await RawConnection.open(port);
  await connection.send(sent);
  return await connection.rest();
}

for (const [ending, name] of [["\n", "LF"], ["\r\n", "CRLF"]] as const) {
  Deno.test(`the classic transcript, byte by byte, with lines ended by ${name}`, async () => {
    await using tracker = await startTracker();
    using bob = await RawConnection.open(tracker.port);
    await bob.send(`HELLO${ending}<other.txt, txt, 9, 31/12/1999, 127.0.0.1, 7001>${ending}`);
    assertEquals(await bob.line(), "HI");
    using ana = await RawConnection.open(tracker.port);
    await ana.send(`HELLO${ending}`);
    assertEquals(decoder.decode(await ana.bytes(3)), "HI\n");
    await ana.send(`<lecture.mp4, mp4, 1234, 01/02/24, 127.0.0.1, 7000>${ending}${ending}`);
    await ana.send(`SEARCH: lecture.mp4${ending}`);
    const found = "FOUND: <lecture.mp4, mp4, 1234, 01/02/24, 127.0.0.1, 7000>\n";
    assertEquals(decoder.decode(await ana.bytes(found.length)), found);
    await ana.send(`SEARCH: missing.mp4${ending}`);
    assertEquals(decoder.decode(await ana.bytes(10)), "NOT FOUND\n");
    await ana.send(`SEARCH: other.txt${ending}`);
    assertEquals(await ana.line(), "FOUND: <other.txt, txt, 9, 31/12/99, 127.0.0.1, 7001>");
    await ana.send(`BYE${ending}`);
    assertEquals(await ana.rest(), "");
    await bob.send(`SEARCH: lecture.mp4${ending}BYE${ending}`);
    assertEquals(await bob.rest(), "NOT FOUND\n");
  });
}

Deno.test("a whole classic session may come in one packet, records joined by |", async () => {
  await using tracker = await startTracker();
  const records = "<a, b.txt, txt, 1, 01/02/24, x, 7000>|<two.pdf,,22,02/02/2024,x,7000>";
  assertEquals(
    await conversation(
      tracker.port,
      `HELLO\n${records}\nSEARCH: a, b.txt\nSEARCH:two.pdf\nBYE\n`,
    ),
    "HI\nFOUND: <a, b.txt, txt, 1, 01/02/24, 127.0.0.1, 7000>\n" +
      "FOUND: <two.pdf, pdf, 22, 02/02/24, 127.0.0.1, 7000>\n",
  );
});

Deno.test("of a classic peer the first five files count, and a sixth changes nothing", async () => {
  await using tracker = await startTracker();
  const record = (number: number): string =>
    `<file${number}.txt, txt, 1, 01/02/24, 127.0.0.1, 7000>\n`;
  const records = [1, 2, 3, 4, 5, 6].map(record).join("");
  const answers = await conversation(
    tracker.port,
    `HELLO\n${records}SEARCH: file6.txt\nSEARCH: file5.txt\nSEARCH: file1.txt\nBYE\n`,
  );
  assertEquals(answers, `HI\nNOT FOUND\nFOUND: ${record(5)}FOUND: ${record(1)}`);
});

Deno.test("hostile 41: an address in a record is not believed", async () => {
  await using tracker = await startTracker();
  assertEquals(
    await conversation(
      tracker.port,
      "HELLO\n<a.txt, txt, 1, 01/02/24, 169.254.169.254, 7000>\nSEARCH: a.txt\nBYE\n",
    ),
    "HI\nFOUND: <a.txt, txt, 1, 01/02/24, 127.0.0.1, 7000>\n",
  );
});

Deno.test("hostile 08: a record that is none is refused with a sentence, and names forge no record", async () => {
  await using tracker = await startTracker();
  const good = "<good.txt, txt, 1, 01/02/24, 127.0.0.1, 7000>\n";
  for (
    const bad of [
      "<a.txt, txt, -1, 01/02/24, 127.0.0.1, 7000>",
      "<a.txt, txt, 1e9, 01/02/24, 127.0.0.1, 7000>",
      "<a.txt, txt, 007, 01/02/24, 127.0.0.1, 7000>",
      "<a.txt, txt, 99999999999999999999, 01/02/24, 127.0.0.1, 7000>",
      "<a.txt, txt, 1, 01/02/24, 127.0.0.1, 70000>",
      "<../a.txt, txt, 1, 01/02/24, 127.0.0.1, 7000>",
      "</etc/passwd, txt, 1, 01/02/24, 127.0.0.1, 7000>",
      "<C:\\a.txt, txt, 1, 01/02/24, 127.0.0.1, 7000>",
      "<.., txt, 1, 01/02/24, 127.0.0.1, 7000>",
      "<a.txt, txt, 1>",
      "<a<b.txt, txt, 1, 01/02/24, 127.0.0.1, 7000>",
      "<a.txt, txt, 1, 01/02/24, 127.0.0.1, 7000",
    ]
  ) {
    const answers = await conversation(tracker.port, `HELLO\n${good}${bad}\nSEARCH: good.txt\n`);
    assertMatch(answers, /^HI\nERROR: [^\n]+\n$/, bad);
    assertEquals(
      await conversation(tracker.port, `HELLO\n${good}SEARCH: a.txt\nBYE\n`),
      "HI\nNOT FOUND\n",
    );
  }
});

Deno.test("a classic client downloads from a sharing peer as with nc", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const content = noise(3_000_001);
  const disk = await temp.write("tree/films/holiday, summer.mp4", content);
  await temp.write("tree/empty.txt", "");
  const modified = new Date(2024, 1, 29, 12);
  await Deno.utime(disk, modified, modified);
  await using share = await startShare(tracker.address, [join(temp.path, "tree")]);
  const port = Number(share.ready["port"]);

  using client = await RawConnection.open(tracker.port);
  await client.send("HELLO\n<mine.txt, txt, 1, 01/02/24, 127.0.0.1, 7000>\n");
  await client.send("SEARCH: holiday, summer.mp4\n");
  assertEquals(await client.line(), "HI");
  assertEquals(
    await client.line(),
    `FOUND: <holiday, summer.mp4, mp4, 3000001, ${dateOf(modified)}, 127.0.0.1, ${port}>`,
  );

  using download = await RawConnection.open(port);
  await download.send("DOWNLOAD: holiday, summer.mp4, mp4, 3000001\r\n");
  assertEquals(decoder.decode(await download.bytes(6)), "FILE: ");
  assertEquals(await download.bytes(content.length), content);
  assertEquals(await download.rest(), "");

  assertEquals(await conversation(port, "DOWNLOAD: empty.txt, txt, 0\n"), "FILE: ");
  assertEquals(await conversation(port, "DOWNLOAD:empty.txt,txt,0\n"), "FILE: ");
});

Deno.test("a classic client that ends its input with the last request is answered all the same", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const content = noise(5_000_000);
  await temp.write("film.mp4", content);
  await using share = await startShare(tracker.address, [join(temp.path, "film.mp4")]);
  const port = Number(share.ready["port"]);
  using client = await RawConnection.open(tracker.port);
  await client.send("HELLO\n<a, txt, 1, 01/02/24, x, 7000>\nSEARCH: a\nSEARCH: film.mp4\n");
  await client.finish();
  assertMatch(await client.rest(), /^HI\nFOUND: <a, [^\n]*\nFOUND: <film\.mp4, [^\n]*\n$/);
  using download = await RawConnection.open(port);
  await download.send("DOWNLOAD: film.mp4, mp4, 5000000\n");
  await download.finish();
  assertEquals(decoder.decode(await download.bytes(6)), "FILE: ");
  assertEquals(await download.bytes(content.length), content);
  assertEquals(await download.rest(), "");
});

Deno.test("hostile 01 02 03: a classic client downloads nothing that is not shared", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write("secret.txt", "12345");
  await temp.write("tree/shared.txt", "12345");
  await temp.write("tree/.hidden.txt", "12345");
  await using share = await startShare(tracker.address, [join(temp.path, "tree")]);
  const port = Number(share.ready["port"]);
  for (
    const name of [
      "missing.txt",
      "secret.txt",
      "../secret.txt",
      "tree/../secret.txt",
      join(temp.path, "secret.txt"),
      join(temp.path, "tree/shared.txt"),
      "..\\secret.txt",
      ".hidden.txt",
      "tree",
      "",
      ".",
      "..",
    ]
  ) {
    assertEquals(await conversation(port, `DOWNLOAD: ${name}, txt, 5\n`), "NOT FOUND\n", name);
  }
  assertEquals(await conversation(port, "DOWNLOAD: shared.txt, txt, 6\n"), "NOT FOUND\n");
  assertEquals(await conversation(port, "DOWNLOAD: shared.txt, txt, 5\n"), "FILE: 12345");
  for (const damaged of ["DOWNLOAD: shared.txt", "DOWNLOAD: shared.txt, txt, -1", "DOWNLOAD:"]) {
    assertMatch(await conversation(port, `${damaged}\n`), /^ERROR/);
  }
});

Deno.test("version 2 finds a classic peer's file but refuses to copy what it cannot verify", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  using classic = await RawConnection.open(tracker.port);
  await classic.send("HELLO\n<old song.mp3, mp3, 1000, 01/02/24, 127.0.0.1, 7000>\n");
  assertEquals(await classic.line(), "HI");
  await using visitor = new Visitor(tracker.address);
  const record = await eventually(
    async () => (await visitor.run("search", "SONG")).lines[0],
    patience,
    "the classic peer's file",
  );
  assertEquals(record["name"], "old song.mp3");
  assertEquals(record["size"], 1000);
  assertEquals(record["id"], null);
  assertEquals(record["modified"], new Date(2024, 1, 1).getTime());
  const out = await temp.folder("out");
  const got = await visitor.run("get", "old song.mp3", "-o", out);
  assertEquals(got.code, 1);
  assertEquals(got.lines.length, 1);
  assertEquals(got.lines[0]?.["event"], "error");
  assertEquals(got.lines[0]?.["code"], "unsupported");
  assertMatch(String(got.lines[0]?.["message"]), /classic/);
  assertEquals([...Deno.readDirSync(out)], []);
});

Deno.test("tracker --no-classic answers HELLO with a sentence", async () => {
  await using tracker = await startTracker(["--no-classic"]);
  const answer = await conversation(tracker.port, "HELLO\nSEARCH: x\n");
  assert(answer.startsWith('ERROR {"code":"syntax"'), answer);
  assertEquals(answer.trimEnd().split("\n").length, 1);
});
