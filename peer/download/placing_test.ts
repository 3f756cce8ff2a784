import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { LanyardError } from "../../shared/mod.ts";
import { TempFolder } from "../../tests/support/network.ts";
import { isUnfinished } from "../sharing/left_out.ts";
import { Exchanger } from "../testing/exchanger.ts";
import { destinationIn } from "../testing/parts.ts";
import {
  moveIntoPlace,
  openPart,
  partPaths,
  putInPlace,
  setMode,
  toLanyardError,
} from "./placing.ts";

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
  assertThrows(() => moveIntoPlace(part, destinationIn(temp.path, "a"), "rename"));
  assertEquals([...Deno.readDirSync(temp.path)], []);
});

Deno.test({
  name: "hostile 16 59: openPart refuses a part that somebody else put there to read along",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    await using temp = new TempFolder();
    const path = await temp.write(".lanyard-0123456789abcdef.part", "theirs");
    await Deno.chown(path, 12_345, 12_345);
    const error = assertThrows(() => openPart(path), LanyardError, "belongs to somebody else");
    assertEquals(error.code, "io");
    assertEquals(await Deno.readTextFile(path), "theirs");
    assertEquals([...Deno.readDirSync(temp.path)].length, 1);
    await Deno.chown(path, 0, 0);
    openPart(path).close();
  },
});

Deno.test({
  name: "hostile 15: setMode never sets the permissions of what a part was exchanged for",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using temp = new TempFolder();
    const victim = await temp.write("victim", "precious");
    await Deno.chmod(victim, 0o600);
    const [part, link] = [join(temp.path, "part"), join(temp.path, "link")];
    await Deno.symlink(victim, link);
    using file = openPart(part);
    await using _neighbour = await Exchanger.start(part, link);
    const done = { set: 0, refused: 0 };
    for (let attempt = 0; attempt < 20_000; attempt++) {
      try {
        setMode(file, part, 0o644);
        done.set++;
      } catch {
        done.refused++;
      }
    }
    assert(done.set > 0 && done.refused > 0, JSON.stringify(done));
    assertEquals((file.statSync().mode ?? 0) & 0o777, 0o644);
    assertEquals((Deno.statSync(victim).mode ?? 0) & 0o777, 0o600);
  },
});

Deno.test("hostile 15 31: putInPlace reports no success for a file that was exchanged on the way", async () => {
  await using temp = new TempFolder();
  const part = join(temp.path, "part");
  const { linkSync, renameSync } = Deno;
  const exchange = (): void => {
    renameSync(part, `${part}.aside`);
    Deno.writeTextFileSync(part, "other bytes");
  };
  try {
    Deno.linkSync = (from, to) => {
      exchange();
      linkSync(from, to);
    };
    Deno.renameSync = (from, to) => {
      exchange();
      renameSync(from, to);
    };
    for (const taken of ["rename", "overwrite"] as const) {
      using file = openPart(part);
      const put = (): string => putInPlace(file, part, destinationIn(temp.path, "a"), taken);
      assertThrows(put, LanyardError, "was replaced");
    }
  } finally {
    Object.assign(Deno, { linkSync, renameSync });
  }
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
