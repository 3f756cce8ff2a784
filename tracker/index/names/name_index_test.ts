import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { NameIndex } from "./name_index.ts";
import { manyLists } from "./posting_lists.ts";

const permissions = "none";

/** What is found, by serial number. */
function found(index: NameIndex, texts: readonly string[]): Map<number, string> {
  const names = new Map<number, string>();
  for (const { segment, numbers } of index.find(texts)) {
    for (const number of numbers) names.set(segment.serial(number), segment.name(number));
  }
  return names;
}

/** What of that has the texts. */
function having(index: NameIndex, texts: readonly string[]): Map<number, string> {
  return new Map(
    [...found(index, texts)].filter(([, name]) => texts.every((text) => name.includes(text))),
  );
}

const name = fc.string({
  unit: fc.constantFrom("a", "b", "c", " ", "ü", "雪", "😀"),
  maxLength: 9,
});
const step = fc.oneof(
  fc.record({ act: fc.constant("add" as const), name }),
  fc.record({ act: fc.constant("remove" as const), which: fc.nat(60) }),
  fc.record({ act: fc.constantFrom("begin" as const, "commit" as const, "rollBack" as const) }),
);

Deno.test("NameIndex finds every name that has the words, whatever is taken back", {
  permissions,
}, () => {
  const texts = fc.array(name.filter((text) => text !== ""), { maxLength: 3 });
  fc.assert(fc.property(fc.array(step, { maxLength: 80 }), texts, (steps, texts) => {
    const index = new NameIndex();
    let names = new Map<number, string>();
    let before: Map<number, string> | undefined;
    let serial = 0;
    for (const step of steps) {
      if (step.act === "add") {
        names.set(serial, step.name);
        index.add(serial++, step.name, "file");
      } else if (step.act === "remove" && step.which < serial) {
        index.remove(step.which);
        names.delete(step.which);
      } else if (step.act === "begin" && before === undefined) {
        index.begin();
        before = new Map(names);
      } else if ((step.act === "commit" || step.act === "rollBack") && before !== undefined) {
        index[step.act]();
        if (step.act === "rollBack") names = before;
        before = undefined;
      }
    }
    if (before !== undefined) index.commit();
    const wanted = [...names].filter(([, name]) => texts.every((text) => name.includes(text)));
    assertEquals(having(index, texts), new Map(wanted));
    assertEquals([...found(index, [])], [...names]);
  }));
});

Deno.test(
  "NameIndex finds what is left of very many names, in little room",
  { permissions },
  () => {
    const index = new NameIndex();
    const most = 150_000;
    for (let n = 0; n < most; n++) index.add(2 * n, `name ${n} of ${n % 10}`, "file");
    const isLeft = (n: number): boolean => n % 10 === 3 || n > most - 10;
    for (let n = 0; n < most; n++) if (!isLeft(n)) index.remove(2 * n);
    const left = Array.from({ length: most }, (_, n) => n).filter(isLeft);
    assertEquals([...found(index, []).keys()], left.map((n) => 2 * n));
    assertEquals([...having(index, ["name 12343 "])], [[2 * 12_343, "name 12343 of 3"]]);
    assertEquals([...index.find([])].length, 1, "what is left is put together");
    for (const n of left) index.remove(2 * n);
    assertEquals([...index.find([])].length, 0);
  },
);

Deno.test("NameIndex tells who has the only copy, as long as that is sure", { permissions }, () => {
  const index = new NameIndex();
  const holders = (): (number | undefined)[] =>
    [...index.find([])].flatMap(({ segment, numbers }) =>
      Array.from(numbers, (number) => segment.holder(number))
    );
  for (const serial of [1, 2, 3, 4]) index.add(serial, "name", serial === 4 ? "folder" : "file");
  for (const serial of [1, 2, 3]) index.hold(serial, { holder: 7 + serial, modified: 5 });
  assertEquals(holders(), [8, 9, 10, undefined]);
  index.hold(2, { holder: 9, modified: 6 });
  index.begin();
  index.forgetHolder(3);
  index.rollBack();
  assertEquals(holders(), [8, undefined, undefined, undefined]);
  const [all] = index.find([]);
  assert(all !== undefined);
  assertEquals([0, 3].map((number) => all.segment.isFolder(number)), [false, true]);
  assertEquals(all.segment.copies(0), { sources: 1, newest: 5 });
});

Deno.test("NameIndex knows of several copies what it is told, until one changes", {
  permissions,
}, () => {
  const index = new NameIndex();
  index.add(1, "name", "file");
  const [all] = index.find([]);
  assert(all !== undefined);
  const { segment } = all;
  const changes = [
    (): void => index.hold(1, { holder: 7, modified: 9 }),
    (): void => index.forgetHolder(1),
  ];
  assertEquals(segment.copies(0), undefined, "nobody has it yet");
  index.hold(1, { holder: 5, modified: 5 });
  index.hold(1, { holder: 6, modified: 6 });
  for (const change of changes) {
    assertEquals(segment.copies(0), undefined);
    segment.noteCopies(0, { sources: 2, newest: 6 });
    assertEquals([segment.copies(0), segment.holder(0)], [{ sources: 2, newest: 6 }, undefined]);
    change();
  }
  assertEquals(segment.copies(0), undefined);
});

Deno.test(
  "hostile 39: NameIndex takes no longer for a word that is everywhere but not in any name",
  {
    permissions,
  },
  () => {
    const index = new NameIndex();
    for (let n = 0; n < 20_000; n++) index.add(n, `${"ab".repeat(100)}${n}`, "file");
    const time = (text: string): number => {
      const start = performance.now();
      for (let times = 0; times < 20; times++) found(index, [text]);
      return performance.now() - start;
    };
    const usual = time("ab");
    assertLess(time("ba".repeat(100) + "c"), 2 * usual + 20);
  },
);

/** Whole numbers that look random, as G. Marsaglia makes them (doi:10.18637/jss.v008.i14). */
function xorshift(): () => number {
  let state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Says what an index of some names takes, and what it says that it takes. */
const measuring = `
  const [module, first, span] = Deno.args;
  const { NameIndex } = await import(module);
  const random = (${xorshift})();
  const taken = async () => {
    let least = Infinity; // What is collected is given back some time later.
    for (let times = 0; times < 20; times++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
      least = Math.min(least, Deno.memoryUsage().external);
    }
    return least;
  };
  const before = await taken();
  const index = new NameIndex();
  for (let n = 0; n < 60_000; n++) {
    const units = Array.from({ length: 83 }, () => Number(first) + random() % span);
    index.add(n, String.fromCharCode(...units), "file");
  }
  console.log(JSON.stringify([await taken() - before, index.room]));`;

for (const [what, first, span] of [["Chinese", "0x4e00", "20000"], ["Latin", "0x61", "26"]]) {
  Deno.test(`hostile 38: NameIndex takes no more room than it says for random ${what} names`, async () => {
    const module = new URL("./name_index.ts", import.meta.url).href;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--v8-flags=--expose-gc", measuring, module, first ?? "", span ?? ""],
    }).output();
    const [taken, room] = JSON.parse(new TextDecoder().decode(stdout));
    const always = 65_536 * 29;
    assertLess(taken, room + always + 100_000);
    assertLess(room, 3 * taken, "it says not much more than it takes");
  });
}

Deno.test(
  "hostile 38: NameIndex has few lists together, so that no step on all of them takes long",
  {
    permissions,
  },
  () => {
    const index = new NameIndex();
    const random = xorshift();
    const count = 5000;
    for (let n = 0; n < count; n++) {
      const units = Array.from({ length: 85 }, () => 0x4e00 + random() % 20_000);
      index.add(n, String.fromCharCode(...units), "file");
    }
    const most = (): number => Math.max(...[...index.find([])].map(({ segment }) => segment.lists));
    const ofOneName = 200;
    assertLess(most(), manyLists + ofOneName);
    for (let n = 0; n < count; n++) if (n % 3 > 0) index.remove(n);
    assertLess(most(), manyLists + ofOneName);
    assertEquals(found(index, []).size, Math.ceil(count / 3));
  },
);
