import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { ContentIndex } from "./content_index.ts";
import { keyedHash } from "./keyed_hash.ts";
import { NamedContent } from "./named_content.ts";

const permissions = "none";

const content: fc.Arbitrary<NamedContent> = fc.record({
  id: fc.nat(2).map((n) => new Uint8Array(32).fill(n)),
  size: fc.constantFrom(0, 1, 2 ** 32, 2 ** 32 + 1),
  name: fc.constantFrom("a", "b", "雪", "x".repeat(255)),
}).map((made) => new NamedContent(made));
const step = fc.oneof(
  fc.record({ act: fc.constant("add" as const), content }),
  fc.record({ act: fc.constant("remove" as const), which: fc.nat() }),
  fc.record({ act: fc.constantFrom("begin" as const, "commit" as const, "rollBack" as const) }),
);

function textOf({ id, size, name }: NamedContent): string {
  return `${id.toHex()} ${size} ${name}`;
}

/** All entries of some content under a name. */
function named(index: ContentIndex, content: NamedContent): number[] {
  const serials: number[] = [];
  index.named(content, (serial) => serials.push(serial) === 0);
  return serials.sort((a, b) => a - b);
}

Deno.test("ContentIndex finds what is there, whatever is taken back", { permissions }, () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
    const index = new ContentIndex();
    let model = new Map<number, NamedContent>();
    let before: Map<number, NamedContent> | undefined;
    let serial = 0;
    for (const step of steps) {
      const there = [...model];
      if (step.act === "add") {
        model.set(serial, step.content);
        index.add(serial++, step.content);
      } else if (step.act === "remove") {
        const [gone, content] = there[step.which % there.length] ?? [];
        if (gone === undefined || content === undefined) continue;
        index.remove(gone, content);
        model.delete(gone);
      } else if (step.act === "begin" && before === undefined) {
        index.begin();
        before = new Map(model);
      } else if ((step.act === "commit" || step.act === "rollBack") && before !== undefined) {
        index[step.act]();
        if (step.act === "rollBack") model = before;
        before = undefined;
      }
    }
    if (before !== undefined) index.commit();
    // The hash has 32 bits: of so few contents no two have the same in anybody's lifetime.
    const sorted = (serials: Iterable<number>): number[] => [...serials].sort((a, b) => a - b);
    const serials = (same: (content: NamedContent) => boolean): number[] =>
      sorted([...model].filter(([, content]) => same(content)).map(([serial]) => serial));
    for (const step of steps) {
      if (step.act !== "add") continue;
      const { content } = step;
      const id = content.id.toHex();
      assertEquals(sorted(index.withId(content.id)), serials((one) => one.id.toHex() === id));
      assertEquals(named(index, content), serials((one) => textOf(one) === textOf(content)));
    }
  }));
});

Deno.test("hostile 38: ContentIndex takes one content under very many names as others", {
  permissions,
}, () => {
  const index = new ContentIndex();
  const id = new Uint8Array(32);
  const contentOf = (n: number): NamedContent => new NamedContent({ id, size: 1, name: `${n}` });
  const most = 300_000;
  for (let n = 0; n < most; n++) index.add(n, contentOf(n));
  // Each name would be compared with all before it, which takes minutes.
  for (let n = 0; n < most; n++) {
    assertEquals(index.named(contentOf(n), (serial) => serial === n), n);
  }
  for (let n = 1; n < most; n++) index.remove(n, contentOf(n));
  assertEquals([...index.withId(id)], [0]);
});

Deno.test("hostile 38: ContentIndex looks once at what is replaced again and again", {
  permissions,
}, () => {
  const index = new ContentIndex();
  const content = new NamedContent({ id: new Uint8Array(32), size: 1, name: "a" });
  index.begin();
  for (let serial = 0; serial < 1000; serial++) {
    assertEquals(named(index, content), serial === 0 ? [] : [serial - 1]);
    if (serial > 0) index.remove(serial - 1, content);
    index.add(serial, content);
  }
  index.commit();
  assertEquals([...index.withId(content.id)], [999]);
});

Deno.test("hostile 38: keyedHash tells apart what differs a little", { permissions }, () => {
  const most = 100_000;
  const hashes = new Set<number>();
  const words = new Uint32Array(8);
  for (let n = 0; n < most; n++) {
    words[n % 8] = n;
    hashes.add(keyedHash(words, 8));
  }
  // By chance there is one pair with the same hash.
  assertLess(most - hashes.size, 20);
  assert(
    keyedHash(words, 7) !== keyedHash(words, 8) || keyedHash(words, 6) !== keyedHash(words, 8),
  );
});
