import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { type Answers, Fake, honestSource, line, withBytes } from "./support/fakes.ts";
import { noise, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { type Ended, runPeer } from "./support/program.ts";
import { RawConnection } from "./support/raw_connection.ts";
import { announce, idOf } from "./support/served.ts";

const MiB = 1024 * 1024;
const content = noise(2 * MiB + 5);
const hashesOf = 3;

/** Content with one byte changed. */
function damaged(at: number): Uint8Array {
  const bytes = content.slice();
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

/** What each liar does, and the code of the error that its victim gets. */
const liars: Record<string, [Answers, string]> = {
  "one wrong byte": [{ DOWNLOAD: download(damaged(MiB + 7)) }, "integrity"],
  "one wrong byte at the end": [{ DOWNLOAD: download(damaged(2 * MiB + 4)) }, "integrity"],
  "other bytes": [{ DOWNLOAD: download(noise(content.length, 2)) }, "integrity"],
  "the hashes of other content": [
    { PIECES: () => withBytes("HASHES", { count: hashesOf }, noise(32 * hashesOf)) },
    "integrity",
  ],
  "too few hashes": [
    { PIECES: () => withBytes("HASHES", { count: 2 }, noise(64)) },
    "integrity",
  ],
  "too many hashes": [
    { PIECES: () => withBytes("HASHES", { count: 65_536 }, noise(32 * 65_536)) },
    "integrity",
  ],
  "a negative number of hashes": [{ PIECES: () => 'HASHES {"count":-1}\n' }, "syntax"],
  "a unit at another place": [{ DOWNLOAD: unit({ offset: 1 }) }, "syntax"],
  "a unit at a negative place": [{ DOWNLOAD: unit({ offset: -1 }) }, "syntax"],
  "a unit beyond the end": [{ DOWNLOAD: unit({ offset: 3 * MiB }) }, "syntax"],
  "a unit longer than asked for": [{ DOWNLOAD: unit({ length: content.length + 1 }) }, "syntax"],
  "a unit of more than 1 MiB": [{ DOWNLOAD: unit({ length: MiB + 1 }) }, "syntax"],
  "a unit of nothing": [{ DOWNLOAD: unit({ length: 0 }) }, "syntax"],
  "a unit of 2^53 bytes": [{ DOWNLOAD: unit({ length: 2 ** 53 }) }, "syntax"],
  "a file that nobody asked for": [
    { HELLO: () => `${line("HI", { version: 2 })}${line("FILE", { offset: 0, length: 5 })}12345` },
    "syntax",
  ],
  "hashes instead of a file": [
    { DOWNLOAD: () => withBytes("HASHES", { count: 1 }, noise(32)) },
    "syntax",
  ],
  "a request instead of an answer": [{ DOWNLOAD: () => line("UPLOAD") }, "unsupported"],
  "the answer of a web server": [
    { HELLO: () => "HTTP/1.1 400 Bad Request\r\n\r\n" },
    "syntax",
  ],
  "no text at all": [{ HELLO: () => noise(4096) }, "syntax"],
  "an error without an end": [
    {
      DOWNLOAD: () => async (connection) => {
        await connection.send('ERROR {"code":"internal","message":"');
        for (let sent = 0; sent < 1024; sent++) await connection.send(new Uint8Array(MiB).fill(65));
      },
    },
    "syntax",
  ],
  "that it has changed": [
    { DOWNLOAD: () => line("ERROR", { code: "changed", message: "It is not the same" }) },
    "changed",
  ],
  "that it has nothing": [
    { PIECES: () => line("ERROR", { code: "not-found", message: "What is that?" }) },
    "changed",
  ],
};

function download(bytes: Uint8Array): NonNullable<Answers[string]> {
  return (request) => honestSource(bytes)["DOWNLOAD"]?.(request) ?? "";
}

/** A unit whose line says something else than was asked for. */
function unit(lie: { offset?: number; length?: number }): NonNullable<Answers[string]> {
  return ({ offset }) => {
    const unit = { offset, length: MiB, ...lie };
    return withBytes(
      "FILE",
      unit,
      content.subarray(0, Math.min(MiB + 1, Math.max(0, unit.length))),
    );
  };
}

const exitStatus: Record<string, number> = { integrity: 5, changed: 5, syntax: 1, unsupported: 1 };

/** That nothing was left but what a later run could go on with. */
async function assertNothingIn(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) assertMatch(name, /^\.lanyard-.*(part|have)$/);
}

function assertError({ code, lines, stdout }: Ended, expected: string): string {
  const last = lines.at(-1);
  assertEquals([last?.["event"], last?.["code"], code], ["error", expected, exitStatus[expected]]);
  assert(!stdout.includes('"event":"done"'), stdout);
  return String(last?.["message"]);
}

for (const [lie, [answers, expected]] of Object.entries(liars)) {
  Deno.test(`hostile 22 24 25: a source that sends ${lie} is given up, and nothing is taken for right`, async () => {
    await using tracker = await startTracker();
    await using liar = new Fake({ ...honestSource(content), ...answers });
    using _session = await announce(tracker.port, liar.port, { "film.bin": content });
    await using visitor = new Visitor(tracker.address);
    const out = await visitor.folder.folder("out");
    assertError(await visitor.run("get", "film.bin", "-o", out), expected);
    await assertNothingIn(out);

    // With an honest source beside the liar the file comes, from the honest one alone.
    await using honest = new Fake(honestSource(content));
    using _other = await announce(tracker.port, honest.port, { "film.bin": content });
    const got = await visitor.run("get", "film.bin", "-o", out);
    assertEquals(got.code, 0, got.stdout);
    assertEquals(await Deno.readFile(join(out, "film.bin")), content);
    assertEquals([...Deno.readDirSync(out)].length, 1);
  });
}

Deno.test("hostile 22: a small file with wrong bytes in a folder fails, and the others come", async () => {
  await using tracker = await startTracker();
  const right = new TextEncoder().encode("right");
  await using liar = new Fake(honestSource(right));
  using session = await RawConnection.greet(tracker.port, { name: "liar", port: liar.port });
  const files = ["wrong", "right"].map((text) => {
    const id = idOf(new TextEncoder().encode(text));
    return { path: `folder/${text}.txt`, size: 5, modified: 0, id };
  });
  await session.request("SHARE", { files });
  await using visitor = new Visitor(tracker.address);
  const out = await visitor.folder.folder("out");
  const got = await visitor.run("get", "folder/", "-o", out);
  assertEquals(got.code, 5);
  const failed = got.lines.filter(({ event }) => event === "error");
  assertEquals(failed.map(({ code }) => code), ["integrity", "integrity"]);
  assertMatch(JSON.stringify(failed[0]), /wrong\.txt/);
  assertEquals(await Deno.readTextFile(join(out, "folder/right.txt")), "right");
  await Deno.remove(join(out, "folder/right.txt"));
  await assertNothingIn(join(out, "folder"));
});

Deno.test("hostile 23 24: a false size or id of content is never taken for right", async () => {
  await using tracker = await startTracker();
  await using liar = new Fake(honestSource(content));
  using session = await RawConnection.greet(tracker.port, { name: "liar", port: liar.port });
  const id = idOf(content);
  const sizes = [0, 1, content.length - 1, content.length + 1, 4 * MiB, 2 ** 40, 2 ** 53 - 1];
  const files = sizes.map((size) => ({ path: `of ${size}.bin`, size, modified: 0, id }));
  const { verb } = await session.request("SHARE", { files });
  assertEquals(verb, "ACCEPTED");
  await using visitor = new Visitor(tracker.address);
  for (const size of sizes) {
    const out = await visitor.folder.folder(`out ${size}`);
    const { code, lines } = await visitor.run("get", `of ${size}.bin`, "-o", out);
    assert(code === 5 || (code === 1 && lines.at(-1)?.["code"] === "full"), JSON.stringify(lines));
    await assertNothingIn(out);
  }
});

Deno.test("hostile 07: what a source says of an error is shown as text", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await using liar = new Fake({
    ...honestSource(content),
    PIECES: () => line("ERROR", { code: "refused", message: "\u001b[2J\u202egone\r\nof me" }),
  });
  using _session = await announce(tracker.port, liar.port, { "film.bin": content });
  await using visitor = new Visitor(tracker.address);
  const args = ["get", "film.bin", "-o", temp.path, ...await visitor.args()];
  const { stdout, stderr } = await runPeer(args);
  assertStringIncludes(stderr, "\\u{1b}[2J\\u{202e}gone\\u{d}\\u{a}of me");
  for (const forbidden of ["\u001b", "\u202e"]) assert(!`${stdout}${stderr}`.includes(forbidden));
});
