import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import fc from "fast-check";
import { type ErrorCode, LanyardError, utf8Length } from "../../shared/mod.ts";
import { name as anyName, path as anyPath } from "../../shared/testing/values.ts";
import { TempFolder } from "../../tests/support/network.ts";
import {
  checkFolder,
  numberedName,
  openDownloadFolder,
  place,
  systemNameFault,
} from "./destination.ts";

Deno.test("place puts a file below the root and makes the folders on its way", async () => {
  await using temp = new TempFolder();
  assertEquals(await place(temp.path, "a/b c/d.txt"), {
    root: temp.path,
    folder: join(temp.path, "a/b c"),
    name: "d.txt",
  });
  assertEquals(namesIn(temp.path), ["a", "a/b c"]);
  const again = await place(temp.path, "a/b c/other.txt");
  assertEquals(again.folder, join(temp.path, "a/b c"));
  assertEquals(await place(temp.path, "e.txt"), {
    root: temp.path,
    folder: temp.path,
    name: "e.txt",
  });
});

Deno.test("place accepts every share path, and its folder is below the root", async () => {
  await using temp = new TempFolder();
  await fc.assert(
    fc.asyncProperty(anyPath, fc.nat(), async (path, run) => {
      const root = await temp.folder(String(run)); // Or one path is the folder of another.
      const { folder, name } = await place(root, path);
      assertEquals(join(folder, name), join(root, path));
      assertEquals(await Deno.realPath(folder), folder);
    }),
    { numRuns: 50 },
  );
});

const hostilePaths = {
  1: [
    "../x",
    "a/../../x",
    "..",
    ".",
    "./x",
    "",
    "foo/",
    "/",
    "//x",
    "a//x",
    "a/./x",
    "a/..",
    "../..",
  ],
  2: ["/etc/passwd", "C:\\x", "C:x", "D:relative", "\\\\server\\share", "\\??\\C:\\x", "\\\\?\\"],
  3: ["a\\b", "..\\x", "a/..\\x", "a\\../x", "..\\/x"],
  4: ["../target-evil/x", "../target/x"],
  5: ["a\0b", "a/\0", "\0"],
};

for (const [number, paths] of Object.entries(hostilePaths)) {
  Deno.test(`hostile ${number}: place refuses the path and creates nothing`, async () => {
    await using temp = new TempFolder();
    const root = await temp.folder("target");
    await temp.folder("target-evil");
    for (const path of paths) {
      const error = await refused("syntax", () => place(root, path));
      assert(error.fatal, `the sender of ${JSON.stringify(path)} broke the protocol`);
      // Not even the good folders before the bad component are made. (There, `C:` is no drive.)
      if (!/^[CD]:[^\\]/.test(path)) await refused("syntax", () => place(root, `good/${path}`));
    }
    assertEquals(namesIn(temp.path), ["target", "target-evil"]);
  });
}

Deno.test("hostile 3: place takes names that look encoded for what they are", async () => {
  await using temp = new TempFolder();
  for (const path of ["%2e%2e%2fx", "..%5Cx", "%252e%252e", "%2e%2e/x"]) {
    const { folder, name } = await place(temp.path, path);
    assertEquals(join(folder, name), join(temp.path, path));
  }
  assertEquals(namesIn(temp.path), ["%2e%2e"]);
});

Deno.test("hostile 11: place refuses components over 255 bytes and paths over 4,096", async () => {
  await using temp = new TempFolder();
  await refused("syntax", () => place(temp.path, `${"a".repeat(256)}`));
  await refused("syntax", () => place(temp.path, `${"é".repeat(128)}/x`));
  await refused("syntax", () => place(temp.path, Array(2049).fill("a").join("/")));
  assertEquals(namesIn(temp.path), []);
  assertEquals((await place(temp.path, "a".repeat(255))).name.length, 255);
});

Deno.test("hostile 13: place refuses the names of our own unfinished downloads", async () => {
  await using temp = new TempFolder();
  for (const end of ["part", "have", "have.new", "PART"]) {
    await refused("unsupported-name", () => place(temp.path, `d/.lanyard-0123456789abcdef.${end}`));
  }
  await refused("unsupported-name", () => place(temp.path, ".lanyard-0123456789abcdef.part/x"));
  assertEquals(namesIn(temp.path), []);
  await place(temp.path, ".lanyard-notes.part");
});

Deno.test("hostile 14: place refuses a linked folder on the way, wherever it leads", async () => {
  await using temp = new TempFolder();
  const root = await temp.folder("root");
  await temp.folder("root/real");
  await temp.folder("outside");
  await Deno.symlink(join(temp.path, "outside"), join(root, "out"));
  await Deno.symlink(join(root, "real"), join(root, "in"));
  await Deno.symlink(join(root, "nowhere"), join(root, "dangling"));
  await Deno.symlink(join(root, "loop"), join(root, "loop"));
  for (const path of ["out/x", "out/deep/x", "in/x", "dangling/x", "loop/x", "real/../out/x"]) {
    await assertRejects(() => place(root, path), LanyardError);
  }
  assertEquals(namesIn(join(temp.path, "outside")), []);
  assertEquals(namesIn(join(root, "real")), []);
});

Deno.test("hostile 10: place refuses to make a folder where a file is", async () => {
  await using temp = new TempFolder();
  await temp.write("a", "a file");
  await refused("io", () => place(temp.path, "a/b"));
  await refused("io", () => place(temp.path, "a/b/c"));
  assertEquals(await Deno.readTextFile(join(temp.path, "a")), "a file");
});

Deno.test("place notices that a folder it made for this run was replaced by a link", async () => {
  await using temp = new TempFolder();
  const root = await temp.folder("root");
  await temp.folder("outside");
  const known = new Set<string>();
  await place(root, "a/b/x", known);
  await Deno.remove(join(root, "a"), { recursive: true });
  await Deno.symlink(join(temp.path, "outside"), join(root, "a"));
  await assertRejects(() => place(root, "a/b/y", known), LanyardError);
  await assertRejects(() => place(root, "a/y", known), LanyardError);
  assertEquals(namesIn(join(temp.path, "outside")), []);
});

Deno.test("hostile 15: checkFolder notices a folder that was moved, replaced or removed", async () => {
  await using temp = new TempFolder();
  const destination = await place(temp.path, "a/b/x");
  checkFolder(destination);
  await Deno.rename(join(temp.path, "a"), join(temp.path, "c"));
  assertThrows(() => checkFolder(destination), LanyardError, "moved or replaced");
  await Deno.symlink(join(temp.path, "c"), join(temp.path, "a"));
  assertThrows(() => checkFolder(destination), LanyardError, "moved or replaced");
});

Deno.test("hostile 4: checkFolder does not take a sibling with the same prefix for below", async () => {
  await using temp = new TempFolder();
  const root = await temp.folder("target");
  const folder = await temp.folder("target-evil");
  assertThrows(() => checkFolder({ root, folder, name: "x" }), LanyardError);
  checkFolder({ root: "/", folder, name: "x" });
});

Deno.test("openDownloadFolder makes the folder and gives its real path", async () => {
  await using temp = new TempFolder();
  assertEquals(await openDownloadFolder(join(temp.path, "a/b")), join(temp.path, "a/b"));
  await Deno.symlink(join(temp.path, "a"), join(temp.path, "link"));
  // Following this link is what the user asked for.
  assertEquals(await openDownloadFolder(join(temp.path, "link/b")), join(temp.path, "a/b"));
  const file = await temp.write("file", "");
  await refused("io", () => openDownloadFolder(file));
  await refused("io", () => openDownloadFolder(join(file, "below")));
  assertEquals(await Deno.readTextFile(file), "");
});

Deno.test({
  name: "numberedName puts the number before the extension",
  permissions: "none",
  fn: () => {
    const named = {
      "a.txt": "a (2).txt",
      "a.tar.gz": "a.tar (2).gz",
      "README": "README (2)",
      ".profile": ".profile (2)",
      "a.": "a (2).",
      "Vol. 1, on the beginnings of nearly everything": // A sentence, not an extension.
        "Vol. 1, on the beginnings of nearly everything (2)",
    };
    for (const [name, numbered] of Object.entries(named)) {
      assertEquals(numberedName(name, 2), numbered);
      assertEquals(numberedName(name, 1), name);
    }
    assertEquals(numberedName("a.txt", 117), "a (117).txt");
  },
});

Deno.test({
  name: "hostile 11: numberedName keeps the extension and fits 255 bytes, whatever the name",
  permissions: "none",
  fn: () => {
    const stem = fc.oneof(anyName, fc.string({ unit: "grapheme", minLength: 60, maxLength: 255 }));
    const extension = fc.oneof(fc.constant(""), fc.stringMatching(/^\.[a-z0-9é]{1,10}$/));
    fc.assert(fc.property(stem, extension, fc.integer({ min: 2, max: 1e6 }), (a, b, number) => {
      const name = (a.replaceAll(".", "_") + b).normalize("NFC");
      const numbered = numberedName(name, number);
      assert(utf8Length(numbered) <= 255);
      assert(numbered.endsWith(` (${number})${b.normalize("NFC")}`), numbered);
      assert(numbered.isWellFormed() || !name.isWellFormed());
      const kept = numbered.slice(0, -` (${number})${b.normalize("NFC")}`.length);
      assert(kept !== "" && name.startsWith(kept));
      if (utf8Length(name) + 9 <= 255) assertEquals(kept + b.normalize("NFC"), name);
    }));
    assertEquals(utf8Length(numberedName(`a.${"x".repeat(253)}`, 12)), 255);
    assertEquals(utf8Length(numberedName(`.${"x".repeat(254)}`, 2)), 255);
  },
});

Deno.test({
  name: "hostile 5: systemNameFault knows the device names of Windows",
  permissions: "none",
  fn: () => {
    const devices = [
      ...["CON", "con", "con.txt", "Con.tar.gz", "nul.jpg.txt", "PRN", "aux.c", "NUL", "nul .txt"],
      ...["COM1", "com9.log", "COM¹", "com².x", "COM³", "LPT9", "lpt¹", "COM1 .txt", "CONIN$"],
      ...["conout$", "CONOUT$.txt"],
    ];
    for (const name of devices) {
      assertMatch(systemNameFault(name, "windows") ?? "", /name of a Windows device/, name);
      assertEquals(systemNameFault(name, "linux"), undefined);
    }
    for (const name of ["CON ", "COM1 ", "nul."]) {
      assertMatch(systemNameFault(name, "windows") ?? "", /ends with a dot or a space/, name);
    }
    const plain = ["console", "CONx", "COM10", "COM", "a.con", "nul_", "xCON.txt", "lpt", "con-1"];
    for (const name of plain) assertEquals(systemNameFault(name, "windows"), undefined, name);
  },
});

Deno.test({
  name: "hostile 6: systemNameFault knows streams, and dots and spaces that Windows drops",
  permissions: "none",
  fn: () => {
    for (const name of ["name:stream", "a.txt::$DATA", "a<b", 'a"b', "a|b", "a?", "a*", "b>"]) {
      assertMatch(systemNameFault(name, "windows") ?? "", /a character/, name);
    }
    for (const name of ["evil.exe ", "a.", "a..", "a. .", "... "]) {
      assertMatch(systemNameFault(name, "windows") ?? "", /ends with a dot or a space/, name);
    }
    for (const name of ["name:stream", "evil.exe ", "a."]) {
      for (const os of ["linux", "darwin"]) assertEquals(systemNameFault(name, os), undefined);
    }
    for (const name of ["a b.c", ".a", "..a", "é", "a'b", "[x]"]) {
      assertEquals(systemNameFault(name, "windows"), undefined, name);
    }
  },
});

async function refused(code: ErrorCode, run: () => Promise<unknown>): Promise<LanyardError> {
  const error = await assertRejects(run, LanyardError);
  assertEquals(error.code, code, error.message);
  return error;
}

/** The paths of everything below a folder. */
function namesIn(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => [
    prefix + name,
    ...(isDirectory ? namesIn(join(folder, name), `${prefix}${name}/`) : []),
  ]).sort();
}
