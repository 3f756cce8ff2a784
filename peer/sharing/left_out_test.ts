import { assertEquals } from "@std/assert";
import {
  type Exclusion,
  exclusion,
  isExcluded,
  leftOutByName,
  readExclusions,
} from "./left_out.ts";

/** Whether a path relative to the root is excluded. */
function excluded(path: string, ...exclusions: Exclusion[]): boolean {
  return isExcluded(path, path.slice(path.lastIndexOf("/") + 1), exclusions);
}

/** The paths of `paths` that are left when a glob is excluded. */
function left(glob: string, paths: string[], base?: string): string[] {
  return paths.filter((path) => !excluded(path, exclusion(glob, base)));
}

Deno.test({
  name: "hostile 13: leftOutByName leaves out our own parts and records",
  permissions: "none",
  fn: () => {
    for (const end of ["part", "have", "have.new", "PART"]) {
      assertEquals(leftOutByName(`.lanyard-0123456789abcdef.${end}`), "junk");
    }
    assertEquals(leftOutByName("x.lanyard-0123456789abcdef.part"), undefined);
  },
});

Deno.test({
  name: "leftOutByName leaves out hidden names and what systems leave lying about",
  permissions: "none",
  fn: () => {
    for (
      const name of ["Thumbs.db", "THUMBS.DB", ".DS_Store", "desktop.ini", ".git", ".svn", "CVS"]
    ) {
      assertEquals(leftOutByName(name), "junk", name);
    }
    for (const name of [".profile", ".lanyardignore", ".lanyard-notes"]) {
      assertEquals(leftOutByName(name), "hidden", name);
    }
    for (const name of ["a", "a.git", "thumbs.db.txt", "Thumbs", "é"]) {
      assertEquals(leftOutByName(name), undefined, name);
    }
  },
});

Deno.test({
  name: "exclusion without a slash is about names, at any depth",
  permissions: "none",
  fn: () => {
    const paths = ["a.tmp", "d/b.tmp", "d/e/c.tmp", "tmp", "a.tmp.txt"];
    assertEquals(left("*.tmp", paths), ["tmp", "a.tmp.txt"]);
    assertEquals(left("tmp/", ["tmp", "d/tmp", "tmpx"]), ["tmpx"]);
    assertEquals(left("?.txt", ["a.txt", "ab.txt"]), ["ab.txt"]);
    assertEquals(left("[ab].txt", ["a.txt", "c.txt"]), ["c.txt"]);
  },
});

Deno.test({
  name: "exclusion with a slash is about the path from its folder on",
  permissions: "none",
  fn: () => {
    const paths = ["a", "d/a", "d/e/a", "x/d/a"];
    assertEquals(left("/a", paths), ["d/a", "d/e/a", "x/d/a"]);
    assertEquals(left("d/a", paths), ["a", "d/e/a", "x/d/a"]);
    assertEquals(left("d/*", paths), ["a", "d/e/a", "x/d/a"]);
    assertEquals(left("d/**", paths), ["a", "x/d/a"]);
    assertEquals(left("**/a", paths), []);
  },
});

Deno.test({
  name: "exclusion below a folder says nothing about what is beside it",
  permissions: "none",
  fn: () => {
    const paths = ["a.tmp", "d/a.tmp", "d/e/a.tmp", "dx/a.tmp"];
    assertEquals(left("*.tmp", paths, "d/"), ["a.tmp", "dx/a.tmp"]);
    assertEquals(left("/a.tmp", paths, "d/"), ["a.tmp", "d/e/a.tmp", "dx/a.tmp"]);
  },
});

Deno.test({
  name: "readExclusions takes a glob a line, without comments, blanks, CR and byte order mark",
  permissions: "none",
  fn: () => {
    const exclusions = readExclusions("\ufeff*.a\r\n\r\n# *.c\r\n  *.b  \n", "");
    assertEquals(["x.a", "x.b", "x.c"].map((path) => excluded(path, ...exclusions)), [
      true,
      true,
      false,
    ]);
    assertEquals(readExclusions("", ""), []);
  },
});
