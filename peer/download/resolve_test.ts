import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type ErrorCode, type FoundFile, LanyardError, parseSharePath } from "../../shared/mod.ts";
import {
  FakeTrackerClient,
  foundFile,
  foundFolder,
  sourceOf,
} from "../testing/fake_tracker_client.ts";
import { type Candidates, resolve } from "./resolve.ts";
import { parseTarget } from "./target.ts";

const ana = sourceOf("ana", "a");
const ben = sourceOf("ben", "b");

/** What a target may mean, to a tracker that knows these files. */
async function ask(files: FoundFile[], text: string, peer?: string): Promise<Candidates> {
  return await resolve(new FakeTrackerClient({ files }).client, parseTarget(text), peer);
}

/** Candidates as `path digit` of each of their files; the digit stands for the content. */
function shown(candidates: Candidates): string[][] {
  return candidates.map(({ files }) => files.map(({ path, file }) => `${path} ${file.id[0]}`));
}

async function fails(
  code: ErrorCode,
  files: FoundFile[],
  text: string,
  peer?: string,
): Promise<string> {
  const error = await assertRejects(() => ask(files, text, peer), LanyardError);
  assertEquals(error.code, code, error.message);
  return error.message;
}

Deno.test({
  name: "resolve finds a name as a whole, in any case, as a file of its own",
  permissions: "none",
  fn: async () => {
    const files = [foundFile("d/Week 3.mp4", "1", ana), foundFile("d/Week 3.mp4.txt", "2", ana)];
    const candidates = await ask(files, "WEEK 3.mp4");
    assertEquals(shown(candidates), [["Week 3.mp4 1"]]);
    assertEquals(candidates[0]?.files[0]?.sources, [ana]);
  },
});

Deno.test({
  name: "resolve makes different contents of one name different candidates, told apart by label",
  permissions: "none",
  fn: async () => {
    const files = [foundFile("d/a.txt", "1", ana), foundFile("e/a.txt", "2", ben, 2000)];
    const candidates = await ask(files, "a.txt");
    assertEquals(shown(candidates), [["a.txt 1"], ["a.txt 2"]]);
    assertEquals(candidates.map(({ label }) => label), [
      "d/a.txt, 10 B, id 11111111, from ana (aaaaaaaa)",
      "e/a.txt, 2.00 kB, id 22222222, from ben (bbbbbbbb)",
    ]);
    assertEquals(shown(await ask(files, "a.txt", ben.peer)), [["a.txt 2"]]);
  },
});

Deno.test({
  name: "hostile 7: resolve shows labels without what moves cursors",
  permissions: "none",
  fn: async () => {
    const evil = { ...ana, name: "an\u001b[2Ja" };
    const [candidate] = await ask([foundFile("d/a\u202e.txt", "1", evil)], "a\u202e.txt");
    assertMatch(candidate?.label ?? "", /a\\u\{202e\}\.txt.*an\\u\{1b\}\[2Ja/);
  },
});

Deno.test({
  name: "resolve suggests similar names where none fits, each once",
  permissions: "none",
  fn: async () => {
    const names = ["d/week 1.mp4", "e/week 1.mp4", "d/week 2.mp4", "d/other.mp4"];
    const files = names.map((path, at) => foundFile(path, String(at), ana));
    assertMatch(
      await fails("not-found", files, "week"),
      /similar names: week 1\.mp4, week 2\.mp4$/,
    );
    assertEquals(await fails("not-found", files, "nothing"), 'No file is named "nothing"');
    const folder = foundFolder("d/weekly", ana);
    assertMatch(await fails("not-found", [folder], "week"), /similar names: weekly\/$/);
    await fails("not-found", files, "week 1.mp4", ben.peer);
  },
});

Deno.test({
  name: "resolve prefers a file to folders of its name, and says how those are copied",
  permissions: "none",
  fn: async () => {
    const folders = [foundFolder("d/a", ana), foundFolder("e/a", ana), foundFolder("d/a", ben)];
    assertEquals(
      await fails("not-found", folders, "A"),
      '"A" is a folder; to copy it: peer get "d/a/" or peer get "e/a/"',
    );
    assertEquals(shown(await ask([...folders, foundFile("a", "1", ana)], "a")), [["a 1"]]);
  },
});

Deno.test({
  name: "resolve finds a content by its id under whatever name, or under that of a link",
  permissions: "none",
  fn: async () => {
    const files = [foundFile("d/a.txt", "1", ana), foundFile("e/b.txt", "1", ben)];
    const id = "1".repeat(64);
    assertEquals(shown(await ask(files, id)), [["a.txt 1"]]);
    assertEquals(shown(await ask(files, `lanyard:${id}?size=10&name=c.txt`)), [["c.txt 1"]]);
    assertEquals(shown(await ask(files, id, ben.peer)), [["b.txt 1"]]);
    await fails("not-found", files, `lanyard:${id}?size=9`);
    await fails("not-found", files, `lanyard:${id}?size=11`);
    await fails("not-found", files, "2".repeat(64));
  },
});

Deno.test({
  name: "resolve takes two sizes of one id for two contents",
  permissions: "none",
  fn: async () => {
    const files = [foundFile("d/a", "1", ana, 64), foundFile("d/b", "1", ana, 2_000_000)];
    const id = "1".repeat(64);
    assertEquals(shown(await ask(files, id)).sort(), [["a 1"], ["b 1"]]);
    assertEquals(shown(await ask(files, `lanyard:${id}?size=64`)), [["a 1"]]);
  },
});

Deno.test({
  name: "resolve finds a file by its path, and takes equal contents there for one",
  permissions: "none",
  fn: async () => {
    const files = [
      foundFile("d/a.txt", "1", ana),
      foundFile("d/a.txt", "1", ben),
      foundFile("d/a.txt/not this", "9", ben),
      foundFile("d/b.txt", "2", ana),
      foundFile("d/b.txt", "3", ben),
    ];
    assertEquals(shown(await ask(files, "d/a.txt")), [["a.txt 1"]]);
    assertEquals(shown(await ask(files, "d/b.txt")), [["b.txt 2"], ["b.txt 3"]]);
    assertEquals(shown(await ask(files, "d/b.txt", ben.peer)), [["b.txt 3"]]);
    assertMatch(await fails("not-found", files, "d/c.txt"), /Nobody online shares "d\/c\.txt"/);
  },
});

Deno.test({
  name: "resolve finds a folder with everything below it, under its own name",
  permissions: "none",
  fn: async () => {
    const paths = ["d/photos/a", "d/photos/x/b", "d/photos/x/c", "d/photos2/d", "d/e"];
    const files = paths.map((path, at) => foundFile(path, String(at), ana));
    const inside = [["photos/a 0", "photos/x/b 1", "photos/x/c 2"]];
    assertEquals(shown(await ask(files, "d/photos/")), inside);
    assertEquals(shown(await ask(files, "d/photos")), inside);
    const [candidate] = await ask(files, "d/photos/");
    assertEquals(candidate?.label, "d/photos/ of ana (aaaaaaaa), 3 files, 30 B");
    assertEquals(shown(await ask(files, "d/photos/x/")), [["x/b 1", "x/c 2"]]);
    await fails("not-found", files, "photos/");
  },
});

Deno.test({
  name: "resolve takes a folder of several peers for one only if the peers have the same",
  permissions: "none",
  fn: async () => {
    const same = [ana, ben].flatMap((peer) => [
      foundFile("p/a", "1", peer),
      foundFile("p/b", "2", peer),
    ]);
    assertEquals(shown(await ask(same, "p/")), [["p/a 1", "p/b 2"]]);
    const different = [...same, foundFile("p/c", "3", ben)];
    assertEquals(shown(await ask(different, "p/")), [
      ["p/a 1", "p/b 2"],
      ["p/a 1", "p/b 2", "p/c 3"],
    ]);
    assertEquals(shown(await ask(different, "p/", ana.peer)), [["p/a 1", "p/b 2"]]);
  },
});

Deno.test({
  name: "resolve copies nothing that only classic peers share: it could not be verified",
  permissions: "none",
  fn: async () => {
    const { id: _, ...classic } = foundFile("d/a.txt", "1", ana);
    for (const text of ["a.txt", "d/a.txt", "d/"]) await fails("unsupported", [classic], text);
    const both = [classic, foundFile("d/a.txt", "2", ben)];
    for (const text of ["a.txt", "d/a.txt"]) {
      assertEquals(shown(await ask(both, text)), [["a.txt 2"]]);
    }
  },
});

Deno.test({
  name: "hostile 4: resolve takes nothing from a tracker that answers something else",
  permissions: "none",
  fn: async () => {
    const good = foundFile("d/a.txt", "1", ana);
    const lies: FoundFile[] = [
      { ...good, name: "b.txt" },
      { ...good, path: parseSharePath("d/b.txt") },
      { ...good, path: parseSharePath("e/a.txt") },
      { ...good, id: "2".repeat(64) },
    ];
    const asked = ["a.txt", "a.txt", "d/", "1".repeat(64)];
    for (const [at, lie] of lies.entries()) {
      const answer = { verb: "FOUND", files: [good, lie] };
      const client = new FakeTrackerClient({});
      client.request = () => Promise.resolve(answer);
      const error = await assertRejects(
        () => resolve(client.client, parseTarget(asked[at] ?? ""), undefined),
        LanyardError,
      );
      assertEquals(error.code, "syntax", asked[at]);
    }
  },
});
