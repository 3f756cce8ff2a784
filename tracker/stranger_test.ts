import { assertEquals } from "@std/assert";
import { aSession, from } from "./_fakes.ts";
import type { Commons } from "./index/mod.ts";
import { describeMember, readStranger } from "./stranger.ts";

function seenFrom(ours: string, database: string): Commons {
  return {
    addresses: { ours, database },
    nextHolder: () => 1,
    describe: () => {},
    described: () => Promise.resolve([]),
    others: () => Promise.resolve([]),
    onLost: () => {},
  };
}

Deno.test("readStranger reads what describeMember says", { permissions: "none" }, () => {
  const member = aSession(7, { name: "ana", inbox: true, ends: from("192.0.2.9") });
  const there = seenFrom("192.0.2.1", "192.0.2.3");
  const here = seenFrom("192.0.2.2", "192.0.2.3");
  const { holder, peer, name, ends, port, reachable, accepted, inbox } = member;
  assertEquals(readStranger(describeMember(member, there), here), {
    ...{ holder, peer, name, ends, port, reachable, accepted, inbox },
  });
});

Deno.test("readStranger says where a peer is that runs on the machine of its tracker", {
  permissions: "none",
}, () => {
  const member = aSession(7, { ends: from("127.0.0.1", "127.0.0.1") });
  const addressFrom = (there: Commons, here: Commons): string | undefined =>
    readStranger(describeMember(member, there), here)?.ends.remote;
  const besideDatabase = seenFrom("127.0.0.1", "127.0.0.1");
  const elsewhere = seenFrom("192.0.2.2", "192.0.2.3");
  assertEquals(addressFrom(elsewhere, besideDatabase), "192.0.2.2");
  assertEquals(addressFrom(besideDatabase, elsewhere), "192.0.2.3");
  assertEquals(addressFrom(besideDatabase, besideDatabase), "127.0.0.1");
});

Deno.test("readStranger takes nothing that it does not understand", { permissions: "none" }, () => {
  const here = seenFrom("192.0.2.2", "192.0.2.3");
  for (const text of ["", "{}", '{"name":"ana"}', '{"name":"ana","port":1}', "[]", "null"]) {
    assertEquals(readStranger({ holder: 1, peer: "ana", text }, here), undefined, text);
  }
});
