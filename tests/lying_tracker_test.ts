import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import {
  type Answers,
  emptyTracker,
  Fake,
  foundFile,
  honestSource,
  line,
} from "./support/fakes.ts";
import { startShare, TempFolder, Visitor } from "./support/network.ts";
import type { Ended } from "./support/program.ts";
import { pathsIn } from "./support/tree.ts";
import { eventually } from "./support/waiting.ts";

const evil = "written by nobody's will";
const evilBytes = new TextEncoder().encode(evil);
const MiB = 1024 * 1024;

/** A tracker that lies, a source that has what it lies about, and a folder that must stay clean. */
class Scene implements AsyncDisposable {
  readonly temp = new TempFolder();
  readonly source = new Fake(honestSource(evilBytes));
  readonly out = join(this.temp.path, "home/Downloads");
  readonly #trackers: Fake[] = [];

  /** A visitor of a tracker that answers so. */
  visit(answers: Answers): Visitor {
    const tracker = new Fake({ ...emptyTracker, ...answers });
    this.#trackers.push(tracker);
    return new Visitor(`127.0.0.1:${tracker.port}`);
  }

  /** Runs `peer get` at a tracker that answers so; it must fail and leave nothing behind. */
  async getsNothing(what: string, answers: Answers): Promise<Ended> {
    await using visitor = this.visit(answers);
    const got = await visitor.run("get", what, "-o", this.out);
    assert(got.code === 1 || got.code === 5, `${got.code}: ${got.stdout}${got.stderr}`);
    assert(!got.stdout.includes('"event":"done"'), got.stdout);
    assertEquals(got.lines.at(-1)?.["event"], "error");
    assertEquals(got.stderr, "");
    assertEquals(await pathsIn(this.temp.path), []);
    return got;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of [...this.#trackers, this.source, this.temp]) await one[Symbol.asyncDispose]();
  }
}

function found(...files: Record<string, unknown>[]): string {
  return line("FOUND", { files });
}

Deno.test("the same answers without a lie are taken", async () => {
  await using scene = await setUp();
  const answer = found(foundFile("photos/x", evil, scene.source.port));
  await using visitor = scene.visit({ SEARCH: () => answer, LIST: () => answer });
  for (const what of ["photos/", "photos/x", "x"]) {
    const got = await visitor.run("get", what, "-o", scene.out);
    assertEquals(got.code, 0, got.stdout);
  }
  assertEquals(await pathsIn(scene.out), ["photos/x", "x"]);
});

Deno.test("hostile 01 02 03 04 05: no path from a tracker leads out of the download folder", async () => {
  await using scene = await setUp();
  const escapes = [
    "../x",
    "..",
    "/etc/x",
    `${scene.temp.path}/x`,
    "../Downloads-evil/x",
    "photos/../../x",
    "photos/..",
    "photos/./x",
    "photos//x",
    "photos/",
    "photos/C:\\x",
    "C:\\x",
    "\\\\server\\x",
    "photos\\..\\..\\x",
    "photos/nul\u0000x",
    `photos/${"x".repeat(256)}`,
  ];
  for (const path of escapes) {
    const lie = { ...foundFile(path, evil, scene.source.port), name: "x" };
    await scene.getsNothing("photos/", { LIST: () => found(lie) });
  }
});

Deno.test("hostile 01 02: no name from a tracker leads out of the download folder", async () => {
  await using scene = await setUp();
  for (const name of ["../x", "..", "/etc/x", "a/b", "a\\b", "nul\u0000", ""]) {
    const lie = { ...foundFile("x", evil, scene.source.port), name };
    await scene.getsNothing("x", { SEARCH: () => found(lie) });
    await scene.getsNothing("photos/x", { LIST: () => found({ ...lie, path: "photos/x" }) });
  }
});

Deno.test("a tracker cannot choose another name or folder than was asked for", async () => {
  await using scene = await setUp();
  const { port } = scene.source;
  const file = (path: string): Record<string, unknown> => foundFile(path, evil, port);
  const search = (lie: Record<string, unknown>): Answers => ({ SEARCH: () => found(lie) });
  const list = (...lies: Record<string, unknown>[]): Answers => ({ LIST: () => found(...lies) });
  await scene.getsNothing("lecture.mp4", search(file(".bashrc")));
  await scene.getsNothing("lecture.mp4", search({ ...file("lecture.mp4"), path: ".bashrc" }));
  await scene.getsNothing("photos/", list(file(".ssh/authorized_keys")));
  await scene.getsNothing("photos/", list(file("photos/one.jpg"), file("photoz/.profile")));
  await scene.getsNothing("a/b/", list(file("longer/.ssh/authorized_keys")));
  await scene.getsNothing("a/b.txt", list({ ...file("a/b.txt"), name: ".bashrc" }));
  const { id } = file("x") as { id: string };
  const other = foundFile(".bashrc", "other content", port);
  await scene.getsNothing(id, search(other));
});

Deno.test("hostile 24 32: wrong types and numbers from a tracker are its fault", async () => {
  await using scene = await setUp();
  const file = foundFile("x", evil, scene.source.port);
  const [source] = file.sources;
  const lies = [
    ...["-1", "1.5", "9007199254740992", '"10"', "null"].map((size) =>
      found(file).replace(`"size":${evilBytes.length}`, `"size":${size}`)
    ),
    found({ ...file, id: "0".repeat(63) }),
    found({ ...file, sources: Array(5).fill(source) }),
    found({ ...file, sources: [{ ...source, port: 65_536 }] }),
    found({ ...file, sources: [{ ...source, address: "$(touch x)" }] }),
    found({ ...file, sources: [{ ...source, name: "a\nb" }] }),
    found(...Array(201).fill(file)),
    'FOUND {"files":[{"name":"x"}]}\n',
    "FOUND nothing\n",
    'FOUND {"files":[],"files":[]}\n',
    "ACCEPTED {}\n",
    "HI {}\n",
    "SOMETHING {}\n",
    "\u0000\u0001\u0002\n",
    `${"x".repeat(70_000)}\n`,
  ];
  for (const lie of lies) {
    const { lines } = await scene.getsNothing("x", { SEARCH: () => lie });
    assertMatch(String(lines.at(-1)?.["code"]), /^(syntax|unsupported)$/, lie.slice(0, 100));
  }
});

Deno.test("hostile 33: what greets like no tracker is an error at once", async () => {
  await using scene = await setUp();
  const greetings: Answers[string][] = [
    () => "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    () => "SSH-2.0-OpenSSH_9.2\r\n",
    () => "HI\n",
    () => line("HI", { version: 2 }),
    () => line("NOT FOUND"),
    () => "x".repeat(MiB),
    () => line("ERROR", { code: "version", message: "Too old", fatal: true, supported: [3] }),
    () => async (connection) => {
      await connection.send('ERROR {"code":"internal","message":"');
      for (let sent = 0; sent < 1024; sent++) await connection.send("A".repeat(MiB));
    },
  ];
  for (const HELLO of greetings) await scene.getsNothing("x", { HELLO });
});

Deno.test("hostile 22: a tracker that lies about content is found out by the source's bytes", async () => {
  await using scene = await setUp();
  const file = foundFile("x", evil, scene.source.port);
  const lies = [
    { ...file, id: "0".repeat(64) },
    { ...file, size: evilBytes.length - 1 },
    { ...file, size: evilBytes.length + 1 },
    { ...file, size: 0 },
  ];
  for (const lie of lies) {
    const { code } = await scene.getsNothing("x", { SEARCH: () => found(lie) });
    assertEquals(code, 5);
  }
});

Deno.test("a share outlives a tracker that breaks the protocol, and announces everything again", async () => {
  await using scene = await setUp();
  let said = 0;
  const lies = ["nonsense\n", "HI {}\n", 'FOUND {"files":[]}\n', "x".repeat(70_000)];
  const tracker = new Fake({
    ...emptyTracker,
    SHARE: () => lies[said++] ?? line("ACCEPTED", { files: 1 }),
    SHARED: () => line("ACCEPTED", { files: 1 }),
  });
  try {
    const file = await scene.temp.write("one.txt", "one");
    await using share = await startShare(`127.0.0.1:${tracker.port}`, [file]);
    assertEquals(share.ready["files"], 1);
    const shares = (): unknown[] => tracker.requests.filter(({ verb }) => verb === "SHARE");
    await eventually(() => shares().length === lies.length + 1 || undefined);
  } finally {
    await tracker[Symbol.asyncDispose]();
  }
});

async function setUp(): Promise<Scene> {
  const scene = new Scene();
  await scene.temp.folder("home/Downloads");
  return scene;
}
