import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { checkFreeSpace } from "./free_space.ts";

const GiB = 1024 ** 3;

Deno.test({
  name: "hostile 20: checkFreeSpace refuses a large file that does not fit, with both numbers",
  permissions: "none",
  fn: () => {
    const error = assertThrows(
      () => checkFreeSpace("/home/ana", 20 * GiB, () => 3 * GiB),
      LanyardError,
    );
    assertEquals(error.code, "full");
    assertStringIncludes(error.message, "21.5 GB are missing, but only 3.22 GB are free");
  },
});

Deno.test({
  name: "checkFreeSpace lets a large file through that just fits, and every small one",
  permissions: "none",
  fn: () => {
    checkFreeSpace("/home/ana", 20 * GiB, () => 20 * GiB);
    checkFreeSpace("/home/ana", GiB - 1, () => 0);
  },
});
