import { assertEquals } from "@std/assert";
import { aSession as member, from, hex } from "./_fakes.ts";
import { asOnlinePeer, asSource, type Member, Roster } from "./roster.ts";

const permissions = "none";

/** What a peer without a key reclaims. */
function reclaim(
  roster: Roster,
  digest: string,
  address: string,
  port: number,
): Member | undefined {
  return roster.reclaim({ digest, port }, from(address), undefined);
}

Deno.test("Roster knows who is here", { permissions }, () => {
  const roster = new Roster();
  const [ana, bo] = [member(1), member(2)];
  roster.join(ana);
  roster.join(bo);
  assertEquals(roster.size, 2);
  assertEquals(roster.get(1), ana);
  roster.leave(1);
  assertEquals([roster.size, roster.get(1)], [1, undefined]);
});

Deno.test("Roster finds the sessions of a peer that are online", { permissions }, () => {
  const roster = new Roster();
  roster.join(member(1, { peer: hex(9) }));
  roster.join(member(2, { peer: hex(8) }));
  roster.join(member(3, { peer: hex(9) }));
  assertEquals(roster.sessionsOf(hex(9)).map(({ holder }) => holder), [1, 3]);
  roster.lose(member(3), 5000);
  assertEquals(roster.sessionsOf(hex(9)).map(({ holder }) => holder), [1]);
  assertEquals(roster.sessionsOf(hex(7)).map(({ holder }) => holder), []);
});

Deno.test("Roster reclaims a lost member by digest and address, once", { permissions }, () => {
  const roster = new Roster();
  const lost = member(1, { digest: "d" });
  roster.join(lost);
  roster.lose(lost, 5000);
  assertEquals(roster.size, 0);
  assertEquals(reclaim(roster, "other", "192.0.2.7", 2224), undefined);
  assertEquals(reclaim(roster, "d", "192.0.2.8", 2224), undefined);
  assertEquals(reclaim(roster, "d", "192.0.2.7", 2224), lost);
  assertEquals(reclaim(roster, "d", "192.0.2.7", 2224), undefined);
  assertEquals(roster.expire(Infinity), []);
});

Deno.test("Roster replaces a member whose loss was not noticed", { permissions }, () => {
  const roster = new Roster();
  const events: string[] = [];
  const old = member(1, { digest: "d", replace: () => events.push("replaced") });
  roster.join(old);
  assertEquals(reclaim(roster, "d", "192.0.2.7", 2224), old);
  assertEquals(events, ["replaced"]);
  assertEquals(roster.size, 0);
});

Deno.test("Roster lets programs that share the same folders of one machine be", {
  permissions,
}, () => {
  const roster = new Roster();
  const events: string[] = [];
  const twins = [2224, 2225].map((port, holder) =>
    member(holder, { digest: "d", port, replace: () => events.push(`replaced ${port}`) })
  );
  const [one, two] = twins;
  for (const twin of twins) roster.join(twin);
  assertEquals(reclaim(roster, "d", "192.0.2.7", 2226), undefined);
  roster.lose(twins[1] as Member, 5000);
  assertEquals(reclaim(roster, "d", "192.0.2.7", 2225), two);
  assertEquals([events, roster.get(0)], [[], one]);
});

Deno.test("Roster never reclaims a member that told no digest", { permissions }, () => {
  const roster = new Roster();
  roster.join(member(1));
  assertEquals(reclaim(roster, "", "192.0.2.7", 2224), undefined);
});

Deno.test("Roster gives up lost members when their time is over", { permissions }, () => {
  const roster = new Roster();
  for (const [holder, until] of [[1, 1000], [2, 2000]] as const) {
    const one = member(holder, { digest: "d" });
    roster.join(one);
    roster.lose(one, until);
  }
  assertEquals(roster.expire(999), []);
  assertEquals(roster.expire(1000), [1]);
  assertEquals(roster.expire(1000), []);
  assertEquals(roster.expire(5000), [2]);
  assertEquals(reclaim(roster, "d", "192.0.2.7", 2224), undefined);
});

Deno.test("Roster lists accepted members by number, also those that came back", {
  permissions,
}, () => {
  const roster = new Roster();
  for (const holder of [0, 1, 2, 3]) roster.join(member(holder, { accepted: holder !== 2 }));
  roster.leave(0);
  roster.join(member(0));
  assertEquals(roster.peers().map(({ holder }) => holder), [0, 1, 3]);
});

Deno.test("Roster lists one session of each peer that takes files, accepted or not", {
  permissions,
}, () => {
  const roster = new Roster();
  roster.join(member(0, { inbox: true, accepted: false }));
  roster.join(member(1));
  roster.join(member(2, { inbox: true, peer: hex(7), port: 0 }));
  roster.join(member(3, { inbox: true, peer: hex(7) }));
  roster.join(member(4, { peer: hex(7) }));
  assertEquals(roster.inboxes().map(({ holder }) => holder), [0, 3]);
});

Deno.test("hostile 41: asSource tells the address the tracker sees, never a claim", {
  permissions,
}, () => {
  const source = asSource(member(1, { ends: from("192.0.2.7") }), from("192.0.2.9"));
  assertEquals(source, {
    peer: hex(1),
    name: "peer 1",
    address: "192.0.2.7",
    port: 2224,
    reachable: true,
    encrypted: false,
  });
});

Deno.test("hostile 41: asSource tells a loopback source as the searcher's way to the tracker", {
  permissions,
}, () => {
  const address = (source: string, remote: string, local: string): string =>
    asSource(member(1, { ends: from(source) }), from(remote, local)).address;
  assertEquals(address("127.0.0.1", "192.0.2.9", "192.0.2.1"), "192.0.2.1");
  assertEquals(address("::1", "2001:db8::9", "2001:db8::1"), "2001:db8::1");
  assertEquals(address("127.0.0.1", "127.0.0.1", "127.0.0.1"), "127.0.0.1");
  assertEquals(address("::1", "::1", "::1"), "127.0.0.1");
  assertEquals(address("192.0.2.7", "127.0.0.1", "127.0.0.1"), "192.0.2.7");
});

Deno.test("asOnlinePeer adds what the peer shares", { permissions }, () => {
  const peer = asOnlinePeer(member(1, { reachable: false }), from("192.0.2.9"), {
    files: 3,
    bytes: 4,
  });
  assertEquals([peer.reachable, peer.files, peer.bytes], [false, 3, 4]);
  assertEquals("inbox" in peer, false);
});

Deno.test("asOnlinePeer says that files may be sent to a peer", { permissions }, () => {
  const totals = { files: 0, bytes: 0 };
  assertEquals(asOnlinePeer(member(1, { inbox: true }), from("192.0.2.9"), totals).inbox, true);
});
