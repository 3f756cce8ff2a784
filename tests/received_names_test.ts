import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { hashPieces, idFromPieces } from "../shared/mod.ts";
import { type Answers, emptyTracker, Fake, foundFile, line } from "./support/fakes.ts";
import { TempFolder, Visitor } from "./support/network.ts";
import type { Ended } from "./support/program.ts";
import { assertContent, namesIn } from "./support/served.ts";
import { pathsIn } from "./support/tree.ts";

const encoder = new TextEncoder();

/** A source of any content whose id it knows: that of each file is its path, and a number. */
function sourceOf(contents: readonly string[]): Answers {
  const byId = new Map(contents.map((content) => {
    const bytes = encoder.encode(content);
    return [idFromPieces(hashPieces(bytes), bytes.length), bytes] as const;
  }));
  return {
    HELLO: () => line("HI", { version: 2 }),
    DOWNLOAD: ({ id }) => {
      const bytes = byId.get(String(id)) ?? new Uint8Array();
      return async (connection) => {
        await connection.send(line("FILE", { offset: 0, length: bytes.length }));
        await connection.send(bytes);
      };
    },
    BYE: () => "",
    ERROR: () => "",
  };
}

/** Gets the folder `photos/` from a tracker that lists these paths, with a content for each. */
async function getPhotos(
  temp: TempFolder,
  files: readonly (readonly [path: string, content: string])[],
): Promise<Ended> {
  await using source = new Fake(sourceOf(files.map(([, content]) => content)));
  const found = files.map(([path, content]) => foundFile(path, content, source.port));
  await using tracker = new Fake({ ...emptyTracker, LIST: () => line("FOUND", { files: found }) });
  await using visitor = new Visitor(`127.0.0.1:${tracker.port}`);
  return await visitor.run("get", "photos/", "-o", join(temp.path, "out"));
}

function errorsOf({ lines }: Ended): Record<string, unknown> {
  const errors = lines.filter(({ event, path }) => event === "error" && path !== undefined);
  return Object.fromEntries(errors.map(({ path, code }) => [String(path), code]));
}

async function textsIn(folder: string): Promise<Record<string, string>> {
  const paths = await pathsIn(folder);
  const texts = paths.map(async (path) => [path, await Deno.readTextFile(join(folder, path))]);
  return Object.fromEntries(await Promise.all(texts));
}

Deno.test("hostile 10: a name that comes twice replaces nothing, nor does one in other letters", async () => {
  await using temp = new TempFolder();
  const got = await getPhotos(temp, [
    ["photos/a.txt", "one"],
    ["photos/a.txt", "two"],
    ["photos/A.txt", "three"],
    ["photos/caf\u00e9", "four"],
  ]);
  assertEquals(got.code, 0, got.stdout);
  assertEquals(await textsIn(join(temp.path, "out/photos")), {
    "A.txt": "three",
    "a (2).txt": "two",
    "a.txt": "one",
    "caf\u00e9": "four",
  });
});

Deno.test("hostile 10: what is a file and a folder at once comes as both, under two names", async () => {
  for (const paths of [["photos/a", "photos/a/b"], ["photos/a/b", "photos/a"]]) {
    await using temp = new TempFolder();
    const files = [...paths, "photos/rest.txt"].map((path) => [path, `of ${path}`] as const);
    const got = await getPhotos(temp, files);
    assertEquals(got.code, 0, got.stdout);
    assertEquals(await textsIn(join(temp.path, "out/photos")), {
      "a (2)": "of photos/a",
      "a/b": "of photos/a/b",
      "rest.txt": "of photos/rest.txt",
    });
  }
});

Deno.test("hostile 13: no name from a tracker is that of a part, a record or a folder of them", async () => {
  await using temp = new TempFolder();
  const bad = [
    "photos/.lanyard-0123456789abcdef.part",
    "photos/.LANYARD-0123456789ABCDEF.PART",
    "photos/.lanyard-0123456789abcdef.have",
    "photos/.lanyard-0123456789abcdef.have.new",
    "photos/.lanyard-0123456789abcdef.part/x",
  ];
  const got = await getPhotos(temp, [...bad, "photos/rest"].map((path) => [path, path] as const));
  assertEquals(got.code, 1);
  assertEquals(errorsOf(got), Object.fromEntries(bad.map((path) => [path, "unsupported-name"])));
  assertEquals(namesIn(join(temp.path, "out/photos")), ["rest"]);
  assertMatch(got.stdout, /it is the name of an unfinished download/);
});

Deno.test("hostile 05 06 07 11: names that other systems dislike are stored here as they are", async () => {
  await using temp = new TempFolder();
  const names = [
    "CON",
    "nul.txt",
    "COM\u00b9",
    "name:stream",
    "trailing dot.",
    "trailing space ",
    "evil.exe ",
    "cod\u202etxt.exe",
    "<script>alert(1)<|script>",
    "x".repeat(255),
    `${"\u00fc".repeat(120)}.longextension`,
    "%2e%2e%2fetc",
    "~",
    "-rf",
  ];
  const files = names.map((name, at) => [`photos/${name}`, `number ${at}`] as const);
  const got = await getPhotos(temp, files);
  assertEquals(got.code, 0, got.stdout);
  const out = join(temp.path, "out/photos");
  assertEquals(namesIn(out), [...names].sort());
  for (const [at, name] of names.entries()) {
    await assertContent(join(out, name), encoder.encode(`number ${at}`));
  }
  assertEquals(namesIn(temp.path), ["out"]);
});
