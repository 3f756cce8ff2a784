import { assertEquals } from "@std/assert";
import { LanyardError, parseSharePath } from "../../shared/mod.ts";
import { checkUnasked } from "./unasked.ts";

const permissions = "none";

/** Why a file is not taken; empty if it is. */
function code(name: string, size = 1, free = 10e9): string {
  try {
    checkUnasked({ path: parseSharePath(name), size }, free);
    return "";
  } catch (error) {
    if (error instanceof LanyardError) return error.code;
    throw error;
  }
}

Deno.test("hostile 50: checkUnasked takes nothing that systems hide or run by themselves", {
  permissions,
}, () => {
  for (const name of [".bashrc", "autorun.inf", "Holiday.LNK", "films/x.desktop"]) {
    assertEquals(code(name), "unsupported-name", name);
  }
  for (const name of ["lecture.mp4", "a.b.c", ".films/x.mp4", "desktop"]) {
    assertEquals(code(name), "", name);
  }
});

Deno.test("hostile 50: checkUnasked leaves the last gigabyte of a disk", { permissions }, () => {
  assertEquals(code("a", 1e9, 2e9), "");
  assertEquals(code("a", 1e9 + 1, 2e9), "full");
  assertEquals(code("a", 0, 1e9 - 1), "full");
});
