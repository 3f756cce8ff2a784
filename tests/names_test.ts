import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { hostileNames } from "./support/names.ts";
import { startShare, startTracker, TempFolder, Visitor } from "./support/network.ts";
import { runPeer } from "./support/program.ts";
import { type Message, RawConnection } from "./support/raw_connection.ts";
import { treeOf } from "./support/tree.ts";

const folders = ["", "a folder, with 'quotes'/", "מעל\u202e/🎉/", "-o/%2e%2e/100%/"];

/** Makes a folder with every hostile name in every hostile folder; returns the paths in it. */
async function makeTree(temp: TempFolder): Promise<string[]> {
  const paths = folders.flatMap((folder) => hostileNames.map((name) => folder + name));
  for (const [number, path] of paths.entries()) {
    const disk = await temp.write(join("tree", path), `content ${number} of ${path}`);
    const modified = new Date(1_000_000_000_000 + number * 86_400_123);
    await Deno.utime(disk, modified, modified);
    await Deno.chmod(disk, number % 3 === 0 ? 0o755 : 0o644);
  }
  return paths;
}

/** The paths of all files that a search finds. */
async function search(tracker: RawConnection, query: Record<string, unknown>): Promise<string[]> {
  const paths: string[] = [];
  let answer: Message;
  let cursor: unknown;
  do {
    answer = await tracker.request("SEARCH", { limit: 200, ...query, cursor });
    assert(answer.verb === "FOUND" || answer.verb === "NOT FOUND", JSON.stringify(answer));
    const files = (answer["files"] ?? []) as { path: string }[];
    paths.push(...files.map(({ path }) => path));
    cursor = answer["more"];
  } while (cursor !== undefined);
  return paths;
}

/** The middle third of a name: never its start or end. */
function partOf(name: string): string {
  const letters = [...name];
  const third = Math.floor(letters.length / 3);
  return letters.slice(third, letters.length - third).join("");
}

Deno.test("hostile 09 10 11: hundreds of hostile but legal names are shared, found and copied byte for byte", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const paths = await makeTree(temp);
  assert(paths.length > 200);
  await using share = await startShare(tracker.address, [join(temp.path, "tree")]);
  assertEquals(share.ready["files"], paths.length);
  assertEquals(share.ready["skipped"], 0);

  using asker = await RawConnection.greet(tracker.port);
  await asker.request("SHARE", {
    files: [{ path: "mine", size: 0, modified: 0, id: "0".repeat(64) }],
  });
  for (const path of paths) {
    const shared = `tree/${path}`.normalize("NFC");
    const name = shared.slice(shared.lastIndexOf("/") + 1);
    const exact = await search(asker, { text: name, exact: true });
    assert(exact.includes(shared), `"${name}" is not found by its name`);
    const partial = await search(asker, { text: partOf(name) });
    assert(partial.includes(shared), `"${name}" is not found by "${partOf(name)}"`);
  }

  await using visitor = new Visitor(tracker.address);
  const out = join(temp.path, "out");
  const got = await visitor.run("get", "tree/", "-o", out);
  assertEquals(got.code, 0, got.stderr);
  assertEquals(got.lines.filter(({ event }) => event === "done").length, paths.length);
  const original = await treeOf(join(temp.path, "tree"));
  const expected = new Map([...original].map(([path, leaf]) => [path.normalize("NFC"), leaf]));
  assertEquals(await treeOf(join(out, "tree")), expected);
});

Deno.test("hostile 07 09: a name given to search and get reaches the tracker as it is", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const names = ["--help", "-rf", `it's "quoted" here.txt`, "100%.txt", "*", "🎉.txt", "\u202egpj"];
  for (const name of names) await temp.write(join("tree", name), `content of ${name}`);
  await using _share = await startShare(tracker.address, [join(temp.path, "tree")]);
  await using visitor = new Visitor(tracker.address);
  const out = join(temp.path, "out");
  for (const name of names) {
    const found = await visitor.run("search", "--exact", "--", name);
    assertEquals(found.lines.map(({ name }) => name), [name], found.stderr);
    const got = await visitor.run("get", "-o", out, "--", name);
    assertEquals(got.code, 0, got.stdout + got.stderr);
    assertEquals(await Deno.readTextFile(join(out, name)), `content of ${name}`);
  }
});

Deno.test("hostile 07: what cannot be seen in a name is spelled out to people, and escapes nothing", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  await temp.write(join("tree", "invoice\u202efdp.exe"), "not a PDF");
  await using _share = await startShare(tracker.address, [join(temp.path, "tree")]);
  await using visitor = new Visitor(tracker.address);
  for (const command of [["list"], ["search", "invoice"]]) {
    const { code, stdout } = await runPeer([...command, ...await visitor.args()]);
    assertEquals(code, 0);
    assertStringIncludes(stdout, "tree/invoice\\u{202e}fdp.exe");
    assert(!stdout.includes("\u202e"));
  }
});

Deno.test("hostile 11: a name of 255 bytes that is taken gets a number and loses its end", async () => {
  await using tracker = await startTracker();
  await using temp = new TempFolder();
  const name = `${"é".repeat(125)}x.txt`;
  assertEquals(new TextEncoder().encode(name).length, 255);
  await temp.write(join("tree", name), "theirs");
  await temp.write(join("out", name), "mine");
  await using _share = await startShare(tracker.address, [join(temp.path, "tree")]);
  await using visitor = new Visitor(tracker.address);
  const out = join(temp.path, "out");
  const got = await visitor.run("get", name, "-o", out);
  assertEquals(got.code, 0, got.stdout);
  const numbered = `${"é".repeat(123)} (2).txt`;
  assertEquals([...(await treeOf(out)).keys()].sort(), [name, numbered].sort());
  assertEquals(await Deno.readTextFile(join(out, numbered)), "theirs");
});
