import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { LanyardError } from "../../shared/mod.ts";
import { Ledger } from "./ledger.ts";
import { type LedgerEntry, ledgerFormats } from "./ledger_row.ts";

const { csv, text } = ledgerFormats;

function entry(name: string): LedgerEntry {
  return {
    time: 0,
    peer: "a".repeat(64),
    name,
    address: "192.0.2.8",
    port: 2224,
    file: "notes.pdf",
    size: 5,
    id: "b".repeat(64),
    answer: "done",
  };
}

/** Runs `work` with the path of a file in a folder of its own. */
async function withPath(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lanyard-test-" });
  try {
    await work(join(folder, "offers.csv"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The names in the rows of a ledger; the header is `name`. */
async function namesIn(path: string): Promise<string[]> {
  const lines = (await Deno.readTextFile(path)).split("\r\n");
  assertEquals(lines.pop(), "", "the last line is finished");
  return lines.map((line) => line.split(",")[1] ?? "");
}

Deno.test("Ledger begins with a header, and goes on where it was", async () => {
  await withPath(async (path) => {
    for (const name of ["ana", "bo"]) {
      const ledger = await Ledger.open(path, csv);
      await ledger.write([entry(name)]);
      ledger.close();
    }
    assertEquals(await namesIn(path), ["name", "ana", "bo"]);
    if (Deno.build.os !== "windows") {
      assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    }
  });
});

Deno.test("hostile 58: Ledger starts a new line where a crash has left half of one", async () => {
  for (const half of ["1970-01-01T00:00:00.000Z,di", '1970-01-01T00:00:00.000Z,"di, eh']) {
    await withPath(async (path) => {
      const first = await Ledger.open(path, csv);
      first.close();
      await Deno.writeTextFile(path, half, { append: true });
      const ledger = await Ledger.open(path, csv);
      await ledger.write([entry("ana")]);
      await ledger.write([entry("bo")]);
      ledger.close();
      const lines = (await Deno.readTextFile(path)).split("\r\n");
      assertStringIncludes(lines[1] ?? "", half);
      assertEquals(lines.slice(2).map((line) => line.split(",")[1] ?? ""), ["ana", "bo", ""]);
    });
  }
});

Deno.test("hostile 58: Ledger garbles nothing that several write at once", async () => {
  await withPath(async (path) => {
    const writers = ["ana", "bo", "cy", "dan"];
    const each = 25;
    await Promise.all(writers.map(async (name) => {
      const ledger = await Ledger.open(path, csv);
      for (let n = 0; n < each; n++) await ledger.write([entry(name)]);
      ledger.close();
    }));
    const names = await namesIn(path);
    assertEquals(names.shift(), "name");
    assertEquals(names.length, writers.length * each);
    for (const name of writers) assertEquals(names.filter((one) => one === name).length, each);
  });
});

Deno.test("Ledger makes the file anew if somebody has taken it away", async () => {
  await withPath(async (path) => {
    const ledger = await Ledger.open(path, csv);
    await ledger.write([entry("ana")]);
    await Deno.rename(path, `${path}.old`);
    await ledger.write([entry("bo")]);
    ledger.close();
    assertEquals([await namesIn(`${path}.old`), await namesIn(path)], [
      ["name", "ana"],
      ["name", "bo"],
    ]);
  });
});

Deno.test("Ledger of sentences has no header, and no line for who has only begun", async () => {
  await withPath(async (path) => {
    const ledger = await Ledger.open(path, text);
    await ledger.write([{ ...entry("ana"), answer: "accepted" }]);
    await ledger.write([entry("ana")]);
    ledger.close();
    assertEquals(
      await Deno.readTextFile(path),
      "Client: ('192.0.2.8', 2224) downloaded the file 'notes.pdf'\n",
    );
  });
});

Deno.test("Ledger adds nothing to a file that is something else", async () => {
  await withPath(async (path) => {
    await Deno.writeTextFile(path, "Dear diary\n");
    for (const format of [csv, text]) {
      const error = await assertRejects(() => Ledger.open(path, format), LanyardError);
      assertEquals(error.code, "usage");
    }
    assertEquals(await Deno.readTextFile(path), "Dear diary\n");
    const error = await assertRejects(() => Ledger.open("/dev/null", csv), LanyardError);
    assertMatch(error.message, /no plain file/);
  });
});

Deno.test("Ledger says where it cannot be written", async () => {
  await withPath(async (path) => {
    const missing = join(path, "missing", "offers.csv");
    const error = await assertRejects(() => Ledger.open(missing, csv), LanyardError);
    assertEquals(error.code, "io");
    assertStringIncludes(error.message, missing);
  });
});
