import { assertEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { Numbered } from "./numbered.ts";
import { Transfers } from "./transfers.ts";

Deno.test({
  name: "Numbered gives what a number stands for in the last list, and says which there are",
  permissions: "none",
  fn: () => {
    const list = new Numbered<string>("file", "search TEXT");
    assertEquals([list.take("name"), list.take(""), list.take("-1")], Array(3).fill(undefined));
    assertThrows(() => list.take("1"), LanyardError, "to see some, type: search TEXT");
    list.show(["a", "b"]);
    assertEquals([list.take("1"), list.take("2"), list.take("02")], ["a", "b", "b"]);
    assertThrows(() => list.take("0"), LanyardError, "goes from 1 to 2");
    assertThrows(() => list.take("3"), LanyardError, "goes from 1 to 2");
    list.show(["c"]);
    assertEquals(list.take("1"), "c");
    assertThrows(() => list.take("2"), LanyardError, "goes from 1 to 1");
  },
});

Deno.test({
  name: "Transfers says how far each is, and all of them together",
  permissions: "none",
  fn: () => {
    let now = 0;
    const transfers = new Transfers(() => now);
    assertEquals(transfers.summary, "");
    const one = transfers.begin("one.bin", 1, 1000);
    const two = transfers.begin("photos", 3, 3000);
    assertEquals(transfers.describe(one), "1. one.bin, 1.00 kB: 0 %");
    assertEquals(transfers.describe(two), "2. photos, 3 files, 3.00 kB: 0 %");
    now = 1000;
    transfers.progress(one, 500);
    transfers.progress(two, 500);
    assertEquals(transfers.describe(one), "1. one.bin, 1.00 kB: 50 %, 500 B/s, 1.0 s left");
    assertEquals(transfers.summary, "25 %");
    transfers.end(one);
    transfers.end(two, "The disk is full");
    assertEquals(transfers.all.map((each) => transfers.describe(each)), [
      "1. one.bin, 1.00 kB: done",
      "2. photos, 3 files, 3.00 kB: The disk is full",
    ]);
    assertEquals([transfers.summary, transfers.running.length], ["", 0]);
  },
});

Deno.test({
  name: "hostile 07: Transfers shows names as text",
  permissions: "none",
  fn: () => {
    const transfers = new Transfers(() => 0);
    const one = transfers.begin("a\u202eb\u001b[2J", 1, 0);
    assertEquals(transfers.describe(one), "1. a\\u{202e}b\\u{1b}[2J, 0 B: 100 %");
    transfers.end(one, "no\u0007");
    assertEquals(transfers.describe(one), "1. a\\u{202e}b\\u{1b}[2J, 0 B: no\\u{7}");
  },
});

Deno.test({
  name: "Transfers remembers what is over for a while, and all that is not",
  permissions: "none",
  fn: () => {
    const transfers = new Transfers(() => 0);
    const first = transfers.begin("first", 1, 1);
    for (let count = 0; count < 100; count++) transfers.end(transfers.begin("x", 1, 1));
    const last = transfers.begin("last", 1, 1);
    assertEquals(transfers.all.length, 22);
    assertEquals([transfers.all[0], transfers.all.at(-1)], [first, last]);
    assertEquals(last.number, 102);
  },
});
