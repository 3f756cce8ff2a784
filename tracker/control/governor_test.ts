import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { LanyardError, version } from "../../shared/mod.ts";
import { hex } from "../_fakes.ts";
import type { Guest } from "../guest_list.ts";
import { aGovernor } from "./_fakes.ts";

const permissions = "none";

function guest(peer: string, name: string): Guest {
  return { peer, name, since: 1 };
}

function code(attempt: () => unknown): string {
  return assertThrows(attempt, LanyardError).code;
}

Deno.test("Governor.status says how the tracker is", { permissions }, () => {
  const { governor, target, clock } = aGovernor();
  target.tlsPort = undefined;
  clock.advance(90);
  assertEquals(governor.status(), {
    id: hex(0xf00),
    version,
    uptime: 90,
    inviteOnly: false,
    port: 2222,
    tlsPort: null,
    httpPort: 2280,
    sessions: 4,
    members: 3,
    files: 99,
    searchesPerMinute: 0,
    memory: 50_000_000,
  });
});

Deno.test("Governor.invite gives the key where one is needed", { permissions }, () => {
  const closed = aGovernor({ inviteOnly: true });
  const expected = { id: hex(0xf00), tlsPort: 2223 };
  assertEquals(closed.governor.invite(), { ...expected, key: closed.admission.invite });
  assertEquals(aGovernor().governor.invite(), expected);
});

Deno.test("Governor.invite refuses where nobody can join by a link", { permissions }, () => {
  const { governor, target, admission } = aGovernor({ inviteOnly: true });
  const before = admission.invite;
  target.tlsPort = undefined;
  assertEquals([code(() => governor.invite()), code(() => governor.rotateInvite())], [
    "refused",
    "refused",
  ]);
  assertEquals(admission.invite, before);
});

Deno.test("Governor.rotateInvite gives another key", { permissions }, () => {
  const { governor, admission } = aGovernor({ inviteOnly: true });
  const { key } = governor.invite();
  const after = governor.rotateInvite();
  assertNotEquals(after.key, key);
  assertEquals(after, governor.invite());
  assertEquals(after.key, admission.invite);
});

Deno.test("Governor.kick ends sessions and membership", { permissions }, () => {
  const { governor, admission, target } = aGovernor({ inviteOnly: true });
  admission.guests.addMember(guest(hex(1), "ana"));
  assertEquals(governor.kick("ana"), { peer: hex(1), name: "ana", inviteOnly: true });
  assertEquals([target.expelled, admission.guests.members()], [[hex(1)], []]);
});

Deno.test("Governor.kick reaches members that are not here", { permissions }, () => {
  const { governor, admission, target } = aGovernor({ inviteOnly: true });
  admission.guests.addMember(guest(hex(9), "zoe"));
  assertEquals(governor.kick("zoe").peer, hex(9));
  assertEquals([target.expelled, admission.guests.isMember(hex(9))], [[hex(9)], false]);
});

Deno.test("Governor changes nothing when it is not clear who is meant", { permissions }, () => {
  const { governor, admission, target } = aGovernor();
  for (const decide of ["kick", "ban"] as const) {
    assertEquals(code(() => governor[decide]("nobody")), "not-found");
    assertEquals(code(() => governor[decide]("192.0.2.7")), "ambiguous", "two peers are there");
  }
  assertEquals(code(() => governor.unban("ana")), "not-found");
  assertEquals([target.expelled, admission.guests.bans()], [[], []]);
});

Deno.test("Governor.ban puts out everybody at the address of who is banned", {
  permissions,
}, () => {
  const { governor, admission, target, clock } = aGovernor();
  const until = clock.now() + 24 * 3600 * 1000;
  assertEquals(governor.ban("ana"), {
    peer: hex(1),
    name: "ana",
    inviteOnly: false,
    address: "192.0.2.7",
    until,
  });
  assertEquals(target.expelled, [hex(1), hex(3)]);
  assertEquals(admission.guests.bans().map(({ peer }) => peer), [hex(1)]);
});

Deno.test("Governor.ban leaves neighbours alone where every peer was invited by itself", {
  permissions,
}, () => {
  const { governor, target } = aGovernor({ inviteOnly: true });
  assertEquals(governor.ban("ana"), { peer: hex(1), name: "ana", inviteOnly: true });
  assertEquals(target.expelled, [hex(1)]);
});

Deno.test("Governor.unban knows the banned by id, name and address", { permissions }, () => {
  const { governor, admission } = aGovernor();
  for (const who of ["bo", "192.0.2.8", hex(2)]) {
    admission.ban(hex(2), "bo", "192.0.2.8");
    assertEquals(governor.unban(who).peer, hex(2));
    assertEquals(admission.guests.bans(), []);
    assertEquals(code(() => governor.unban(who)), "not-found");
  }
});
