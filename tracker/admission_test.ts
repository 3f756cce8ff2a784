import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { decodeBase64Url } from "@std/encoding";
import { LanyardError } from "../shared/mod.ts";
import { FakeClock, hex } from "./_fakes.ts";
import { Admission } from "./admission.ts";
import type { Applicant } from "./admitting.ts";
import { GuestList } from "./guest_list.ts";

const permissions = "none";
const wrongKey = "AAAAAAAAAAAAAAAAAAAAAA";

/** A tracker's door, and who knocks. */
class Door {
  readonly clock = new FakeClock();
  readonly guests: GuestList;
  readonly admission: Admission;

  constructor(inviteOnly: boolean, guests = GuestList.inMemory()) {
    this.guests = guests;
    this.admission = new Admission(guests, { inviteOnly, clock: this.clock });
  }

  /** What becomes of somebody: `in`, or the code of a fatal error. */
  knock(given: Partial<Applicant> = {}): string {
    return this.#outcome(() =>
      this.admission.admit({ peer: hex(1), name: "ana", address: "192.0.2.7", ...given })
    );
  }

  /** What becomes of somebody who has shown nothing but an address. */
  knockAt(address: string): string {
    return this.#outcome(() => this.admission.admitAddress(address));
  }

  #outcome(attempt: () => void): string {
    try {
      attempt();
      return "in";
    } catch (error) {
      if (!(error instanceof LanyardError)) throw error;
      assertEquals([error.fatal, error.message.endsWith(".")], [true, false]);
      return error.code;
    }
  }
}

Deno.test("Admission lets in everybody if nobody has to be invited", { permissions }, () => {
  const door = new Door(false);
  assertEquals([door.knock(), door.knock({ invite: wrongKey })], ["in", "in"]);
  assertEquals(door.guests.members(), []);
});

Deno.test("Admission makes a member of whoever shows the key, who needs it once", {
  permissions,
}, () => {
  const door = new Door(true);
  assertEquals(door.knock(), "not-invited");
  assertEquals(door.knock({ invite: door.admission.invite }), "in");
  assertEquals(door.guests.members(), [
    { peer: hex(1), name: "ana", since: door.clock.now() },
  ]);
  assertEquals([door.knock(), door.knock({ invite: wrongKey })], ["in", "in"]);
  assertEquals(door.knock({ peer: hex(2) }), "not-invited");
});

Deno.test("Admission tells who was not invited what to do", { permissions }, () => {
  const { admission } = new Door(true);
  const applicant = { peer: hex(1), name: "ana", address: "192.0.2.7" };
  const { message } = assertThrows(() => admission.admit(applicant), LanyardError);
  assertMatch(message, /join link.*peer join/);
});

Deno.test("Admission knows members and bans of an earlier run", { permissions }, () => {
  const first = new Door(true);
  first.knock({ invite: first.admission.invite });
  first.knock({ peer: hex(2), invite: first.admission.invite });
  first.admission.ban(hex(2), "bo", undefined);
  const second = new Door(true, first.guests);
  assertEquals(second.admission.invite, first.admission.invite);
  assertEquals([second.knock(), second.knock({ peer: hex(2) })], ["in", "banned"]);
});

Deno.test("Admission.rotateInvite voids the old key and keeps the members", {
  permissions,
}, () => {
  const door = new Door(true);
  const old = door.admission.invite;
  assertEquals(decodeBase64Url(old).length, 16);
  door.knock({ invite: old });
  door.admission.rotateInvite();
  assertNotEquals(door.admission.invite, old);
  assertEquals(door.knock(), "in");
  assertEquals(door.knock({ peer: hex(2), invite: old }), "wrong-key");
  assertEquals(door.knock({ peer: hex(2), invite: door.admission.invite }), "in");
});

Deno.test("Admission.kick withdraws a membership", { permissions }, () => {
  const door = new Door(true);
  const { invite } = door.admission;
  door.knock({ invite });
  door.admission.kick(hex(1));
  assertEquals([door.knock(), door.knock({ invite })], ["not-invited", "in"]);
});

Deno.test("Admission.ban keeps a peer out, also with the key, until the ban is lifted", {
  permissions,
}, () => {
  const door = new Door(true);
  const { invite } = door.admission;
  door.knock({ invite });
  const ban = door.admission.ban(hex(1), "ana", "192.0.2.7");
  assertEquals(ban, { peer: hex(1), name: "ana", since: door.clock.now() });
  assertEquals([door.knock(), door.knock({ invite })], ["banned", "banned"]);
  door.clock.advance(25 * 3600);
  assertEquals(door.knock({ invite }), "banned");
  assertEquals(door.knock({ peer: hex(2), invite }), "in", "others from there are welcome");
  door.admission.unban(hex(1));
  assertEquals([door.knock(), door.knock({ invite })], ["not-invited", "in"]);
});

Deno.test("hostile 42: Admission.ban bans the address, too, where anybody may make a new key", {
  permissions,
}, () => {
  const door = new Door(false);
  const { place } = door.admission.ban(hex(1), "ana", "192.0.2.7");
  assertEquals(place, { address: "192.0.2.7", until: door.clock.now() + 24 * 3600 * 1000 });
  assertEquals(door.knock({ peer: hex(2) }), "banned");
  assertEquals(door.knockAt("192.0.2.7"), "banned");
  assertEquals(door.knockAt("192.0.2.8"), "in");
  assertEquals(door.knock({ address: "192.0.2.8" }), "banned");
  door.clock.advance(24 * 3600 - 1);
  assertEquals(door.knockAt("192.0.2.7"), "banned");
  door.clock.advance(1);
  assertEquals([door.knockAt("192.0.2.7"), door.knock({ peer: hex(2) })], ["in", "in"]);
  assertEquals(door.knock(), "banned");
  door.admission.ban(hex(1), "ana", "192.0.2.7");
  door.admission.unban(hex(1));
  assertEquals([door.knockAt("192.0.2.7"), door.knock()], ["in", "in"]);
});

Deno.test("Admission.ban never bans the tracker's own machine", { permissions }, () => {
  const door = new Door(false);
  for (const address of ["127.0.0.1", "::1"]) {
    assertEquals(door.admission.ban(hex(1), "ana", address).place, undefined);
    assertEquals([door.knockAt(address), door.knock({ address })], ["in", "banned"]);
  }
});

Deno.test("hostile 48: Admission looks at no key from an address that showed five wrong ones", {
  permissions,
}, () => {
  const door = new Door(true);
  const { invite } = door.admission;
  const ana = { address: "192.0.2.7" };
  door.knock({ ...ana, peer: hex(9), invite });
  for (let guess = 0; guess < 5; guess++) {
    // A new identity for each guess does not help.
    const guesser = { ...ana, peer: hex(100 + guess) };
    assertEquals(door.knock({ ...guesser, invite: `${wrongKey.slice(1)}${guess}` }), "wrong-key");
  }
  assertEquals(door.knock({ ...ana, invite }), "refused");
  assertEquals(door.knock({ ...ana, peer: hex(9) }), "in", "members need no key");
  assertEquals(door.knock({ address: "192.0.2.8", peer: hex(2), invite }), "in");
  door.clock.advance(59);
  assertEquals(door.knock({ ...ana, invite }), "refused");
  door.clock.advance(1);
  assertEquals(door.knock({ ...ana, invite }), "in");
});

Deno.test("hostile 48: Admission locks out no other machine for the one that guesses", {
  permissions,
}, () => {
  const door = new Door(true);
  const { invite } = door.admission;
  const address = "2001:db8:0:7::1";
  for (let guess = 0; guess < 5; guess++) {
    assertEquals(door.knock({ address, invite: wrongKey }), "wrong-key");
  }
  assertEquals(door.knock({ address, invite }), "refused");
  const neighbour = "2001:db8:0:7::2"; // All machines of a LAN may be in one /64.
  assertEquals(door.knock({ address: neighbour, invite }), "in");
});

Deno.test("hostile 49: Admission never says the key", { permissions }, () => {
  const { admission, clock } = new Door(true);
  const { invite } = admission;
  const applicant = { peer: hex(1), name: "ana", address: "192.0.2.7" };
  const keys = [undefined, "", wrongKey, `${invite} `, `${invite}x`, invite.toLowerCase(), "§"];
  for (const key of keys) {
    clock.advance(60);
    const error = assertThrows(
      () => admission.admit({ ...applicant, ...(key === undefined ? {} : { invite: key }) }),
      LanyardError,
    );
    assertEquals(error.code, key === undefined ? "not-invited" : "wrong-key");
    for (const secret of [invite, key || invite]) {
      assertEquals(error.message.includes(secret), false);
    }
  }
});
