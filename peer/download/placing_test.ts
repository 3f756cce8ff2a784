import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { LanyardError } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { isUnfinished } from "../sharing/left_out.ts";
import { destinationIn } from "../testing/parts.ts";
import { moveIntoPlace, partPaths, toLanyardError } from "./placing.ts";

const id = "7".repeat(64);

Deno.test({
  name: "partPaths names one part per content and name, the same in each run",
  permissions: "none",
  fn: () => {
    const destination = destinationIn("/a", "x");
    const { part, record } = partPaths({ destination, id, size: 1 });
    assertEquals(partPaths({ destination, id, size: 1 }), { part, record });
    const others = [
      partPaths({ destination, id, size: 2 }),
      partPaths({ destination, id: "8".repeat(64), size: 1 }),
      partPaths({ destination: destinationIn("/a", "y"), id, size: 1 }),
    ];
    for (const other of others) assertNotEquals(other.part, part);
    assertEquals(join("/a", part.slice(3)), part, "it is beside the destination");
  },
});

Deno.test({
  name: "hostile 13: partPaths gives names that shares leave out and downloads may not have",
  permissions: "none",
  fn: () => {
    const { part, record } = partPaths({ destination: destinationIn("/a", "x"), id, size: 1 });
    for (const path of [part, record, `${record}.new`]) {
      assertEquals(isUnfinished(path.slice(3)), true);
    }
  },
});

Deno.test("moveIntoPlace leaves no empty file behind when the part is gone", async () => {
  await using temp = new TempFolder();
  const part = join(temp.path, "part");
  assertThrows(() => moveIntoPlace(part, destinationIn(temp.path, "a"), false));
  assertEquals([...Deno.readDirSync(temp.path)], []);
});

Deno.test({
  name: "hostile 20: toLanyardError tells a full disk from every other failure",
  permissions: "none",
  fn: () => {
    const full = [
      Object.assign(new Error("x"), { code: "ENOSPC" }),
      Object.assign(new Error("x"), { code: "EDQUOT" }),
      new Error("No space left on device (os error 28)"),
      new Error("Disk quota exceeded (os error 122)"),
    ];
    for (const cause of full) {
      const error = toLanyardError(cause);
      assertEquals([error.code, error.cause], ["full", cause]);
    }
    const io = toLanyardError(Object.assign(new Error("Input/output error"), { code: "EIO" }));
    assertEquals([io.code, io.message], ["io", "Input/output error"]);
    assertEquals(toLanyardError("odd").message, "odd");
    const ours = new LanyardError("changed", "x");
    assertEquals(toLanyardError(ours), ours);
  },
});
