import { assertEquals } from "@std/assert";
import { patience, within } from "../../tests/support/waiting.ts";
import { Typed } from "./typed.ts";

const permissions = "none";

/** Somebody who types these pieces. */
async function* typing(...pieces: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(new TextEncoder().encode(piece));
}

async function linesOf(typed: Typed): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of typed) lines.push(new TextDecoder().decode(line));
  return lines;
}

Deno.test("Typed gives lines however they come, also one without an end", {
  permissions,
}, async () => {
  const typed = new Typed(typing("Y", "es\nN\n", "ü", "\nlast"));
  assertEquals(await within(linesOf(typed), patience), ["Yes\n", "N\n", "ü\n", "last\n"]);
});

Deno.test("Typed knows its end before anything is asked", { permissions }, async () => {
  const typed = new Typed(typing("Y\n"));
  await within(typed.ended, patience);
  assertEquals(typed.isOver, false, "there is an answer left");
  typed.forget();
  assertEquals(typed.isOver, true);
  assertEquals(await within(linesOf(typed), patience), []);
});

Deno.test("Typed ends with a terminal that is gone", { permissions }, async () => {
  async function* gone(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(new TextEncoder().encode("Y\n"));
    throw new Error("Input/output error");
  }
  const typed = new Typed(gone());
  await within(typed.ended, patience);
  assertEquals(await within(linesOf(typed), patience), ["Y\n"]);
});

Deno.test("hostile 33: Typed keeps neither endless lines nor endlessly many", {
  permissions,
}, async () => {
  const long = new Typed(typing("x".repeat(1_000_000), "y\n"));
  const [line = ""] = await within(linesOf(long), patience);
  assertEquals(line.length, 1001);
  let taken = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (; taken < 10_000; taken++) yield await Promise.resolve(new Uint8Array([0x79, 0x0a]));
  }
  const many = new Typed(endless());
  const [reader] = [many[Symbol.asyncIterator]()];
  await within(reader.next(), patience);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(taken < 1100, true);
  await reader.return?.(undefined);
});
