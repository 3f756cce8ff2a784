import { assertEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../../shared/mod.ts";
import { findPeer, type KnownPeer } from "./find_peer.ts";

const permissions = "none";

function known(start: string, name: string, address?: string): KnownPeer {
  return { peer: start.padEnd(64, "0"), name, ...(address === undefined ? {} : { address }) };
}

const ana = known("3f9a51", "ana", "192.0.2.7");
const bo = known("3f9b", "bo", "2001:db8::7");
const cy = known("beef", "cy");
const all = [ana, bo, cy];

/** The error of a search that finds no one peer. */
function failure(who: string, where: KnownPeer[]): [string, string] {
  const { code, message } = assertThrows(() => findPeer(who, where), LanyardError);
  return [code, message];
}

Deno.test("findPeer knows a peer by four digits of its id, its name or its address", {
  permissions,
}, () => {
  for (
    const [who, peer] of [
      ["3f9a", ana],
      ["3F9A51", ana],
      [ana.peer, ana],
      ["ana", ana],
      ["192.0.2.7", ana],
      ["2001:db8::7", bo],
      ["cy", cy],
    ] as const
  ) assertEquals(findPeer(who, all), peer, who);
});

Deno.test("findPeer does not guess", { permissions }, () => {
  for (
    const who of ["", "a", "an", "Ana", "ana ", "3f9", "3f9a52", "192.0.2", "%", `${ana.peer}0`]
  ) {
    assertEquals(failure(who, all)[0], "not-found", who);
  }
});

Deno.test("findPeer names those who may be meant", { permissions }, () => {
  const [code, message] = failure("ana", [ana, known("77ab", "ana", "192.0.2.8"), cy]);
  assertEquals([code, message], [
    "ambiguous",
    "ana may be 3f9a510000000000 (ana at 192.0.2.7), 77ab000000000000 (ana at 192.0.2.8); " +
    "give more digits of the id",
  ]);
  const many = Array.from({ length: 13 }, (_, at) => known(`${at + 10}`, "ana"));
  assertEquals(failure("ana", many)[1].includes(" or 3 others; "), true);
  assertEquals(failure("beef", [cy, known("77ab", "beef")])[0], "ambiguous");
});

Deno.test("findPeer counts a peer once, as it comes first", { permissions }, () => {
  const elsewhere = { ...ana, address: "192.0.2.9" };
  assertEquals(findPeer("ana", [elsewhere, ana]), elsewhere);
});

Deno.test("hostile 07: findPeer shows what cannot be seen in names", { permissions }, () => {
  const name = "\u202egpj\u0007";
  const shown = "\\u{202e}gpj\\u{7}";
  assertEquals(failure(name, [])[1].includes(shown), true);
  assertEquals(
    failure("abcd", [known("abcd", name), known("abcde", name)])[1].split(shown).length,
    3,
  );
});

Deno.test("findPeer takes a name however its accents are written", { permissions }, () => {
  const zoe = known("77ab", "Zoe\u0308");
  assertEquals(findPeer("Zo\u00eb", [zoe]), zoe);
});
