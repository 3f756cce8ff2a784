import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { parseSharePath, type SharedFile } from "../../shared/mod.ts";
import { ListDigest } from "./list_digest.ts";

const secret = "5e".repeat(32);

function fileOf(number: number): SharedFile {
  return {
    path: parseSharePath(`f${number}`),
    size: number,
    modified: 1000,
    id: String(number % 10).repeat(64),
  };
}

function digestOf(numbers: readonly number[], key = secret): string {
  const digest = new ListDigest(key);
  for (const number of numbers) digest.toggle(fileOf(number));
  return digest.value();
}

Deno.test({
  name: "ListDigest depends on which files are in, not on how they came to be",
  permissions: "none",
  fn: () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 20 })), (toggled) => {
      const counts = new Map<number, number>();
      for (const number of toggled) counts.set(number, (counts.get(number) ?? 0) + 1);
      const inside = [...counts].filter(([, count]) => count % 2 === 1).map(([number]) => number);
      assertEquals(digestOf(toggled), digestOf(inside.sort((a, b) => b - a)));
    }));
  },
});

Deno.test({
  name: "ListDigest changes with every property of a file, with every file and with the secret",
  permissions: "none",
  fn: () => {
    const file = fileOf(1);
    const variants: SharedFile[] = [
      file,
      { ...file, path: parseSharePath("f2") },
      { ...file, size: 2 },
      { ...file, modified: 1001 },
      { ...file, id: "2".repeat(64) },
    ];
    const digests = variants.map((variant) => {
      const digest = new ListDigest(secret);
      digest.toggle(variant);
      return digest.value();
    });
    const others = [digestOf([]), digestOf([1, 2]), digestOf([1], "5f".repeat(32))];
    assertEquals(new Set([...digests, ...others]).size, variants.length + others.length);
  },
});

Deno.test({
  name: "hostile 42: ListDigest is a token that nobody without the secret can know",
  permissions: "none",
  fn: () => {
    assertMatch(digestOf([]), /^[0-9a-f]{64}$/);
    assertNotEquals(digestOf([]), digestOf([], "00".repeat(32)));
  },
});
