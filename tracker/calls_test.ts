import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { LanyardError, type TrackerReply } from "../shared/mod.ts";
import { aSession, from, hex } from "./_fakes.ts";
import { Calls } from "./calls.ts";
import { type Member, Roster } from "./roster.ts";

const permissions = "none";

/** Sessions of which each writes down what it is told, and the calls between them. */
class Hall {
  readonly calls: Calls;
  /** What was pushed to whom: the number of the session and the message. */
  readonly told: [number, TrackerReply][] = [];
  now = 5_000_000;
  readonly #roster = new Roster();

  constructor() {
    this.calls = new Calls(this.#roster, () => this.now);
  }

  enter(holder: number, more: Partial<Member> = {}): Member {
    const push = (reply: TrackerReply): void => void this.told.push([holder, reply]);
    const member = aSession(holder, { push, ...more });
    this.#roster.join(member);
    return member;
  }

  /** Calls; an error comes back as its code. */
  call(caller: Member, peer: string, port = 7000): string {
    try {
      return this.calls.call(caller, peer, port);
    } catch (error) {
      if (error instanceof LanyardError) return error.code;
      throw error;
    }
  }

  /** The sessions that were told of calls. */
  get called(): number[] {
    return this.told.map(([holder]) => holder);
  }
}

Deno.test("Calls tells the called peer where to connect, and what to say there", {
  permissions,
}, () => {
  const hall = new Hall();
  const ana = hall.enter(1, { ends: from("192.0.2.9") });
  hall.enter(2);
  const token = hall.call(ana, hex(2));
  assertMatch(token, /^[\w-]{43}$/);
  const told = { verb: "CALLED", from: hex(1), address: "192.0.2.9", port: 7000, token } as const;
  assertEquals(hall.told, [[2, told]]);
});

Deno.test("Calls makes up a token for each call", { permissions }, () => {
  const hall = new Hall();
  const [ana, bo] = [hall.enter(1), hall.enter(2)];
  hall.enter(3);
  assertNotEquals(hall.call(ana, hex(3)), hall.call(bo, hex(3)));
});

Deno.test("hostile 41: Calls tells a caller on the tracker's machine as others reach it", {
  permissions,
}, () => {
  const hall = new Hall();
  const ana = hall.enter(1, { ends: from("127.0.0.1", "127.0.0.1") });
  hall.enter(2, { ends: from("192.0.2.9", "192.0.2.1") });
  hall.enter(3, { ends: from("::1", "::1") });
  hall.call(ana, hex(2));
  hall.call(ana, hex(3));
  const addresses = hall.told.map(([, reply]) => reply.verb === "CALLED" ? reply.address : "");
  assertEquals(addresses, ["192.0.2.1", "127.0.0.1"]);
});

Deno.test("Calls reaches the sessions that listen, or else the one that came last", {
  permissions,
}, () => {
  const hall = new Hall();
  const ana = hall.enter(1);
  hall.enter(2, { peer: hex(9), port: 0 });
  hall.enter(3, { peer: hex(9), port: 0 });
  hall.call(ana, hex(9));
  assertEquals(hall.called, [3]);
  hall.enter(4, { peer: hex(9) });
  hall.enter(5, { peer: hex(9) });
  hall.enter(6, { peer: hex(9), port: 0 });
  hall.now += 1000;
  hall.call(ana, hex(9));
  assertEquals(hall.called, [3, 4, 5]);
});

Deno.test("Calls refuses to call who is not here, speaks classic, or is the caller", {
  permissions,
}, () => {
  const hall = new Hall();
  const ana = hall.enter(1);
  hall.enter(2, { dialect: "classic" });
  assertEquals(hall.call(ana, hex(99)), "not-found");
  assertEquals(hall.call(ana, hex(2)), "not-found");
  assertEquals(hall.call(ana, hex(1)), "not-found");
  assertEquals(hall.told, []);
});

Deno.test("hostile 46: Calls goes from encrypted to encrypted and from plain to plain", {
  permissions,
}, () => {
  const hall = new Hall();
  const secure = { ends: from("192.0.2.9", "192.0.2.1", true) };
  const [plain, ana] = [hall.enter(1), hall.enter(2, secure)];
  hall.enter(3);
  hall.enter(4, secure);
  assertEquals([hall.call(plain, hex(4)), hall.call(ana, hex(3))], ["not-found", "not-found"]);
  hall.call(plain, hex(3));
  hall.call(ana, hex(4));
  assertEquals(hall.called, [3, 4]);
});

Deno.test("hostile 41: Calls lets a session call each peer once a second", { permissions }, () => {
  const hall = new Hall();
  const [ana, bo] = [hall.enter(1), hall.enter(2)];
  for (const holder of [3, 4]) hall.enter(holder);
  hall.call(ana, hex(3));
  hall.now += 999;
  assertEquals(hall.call(ana, hex(3)), "too-many");
  hall.call(ana, hex(4));
  hall.call(bo, hex(3));
  hall.now += 1;
  hall.call(ana, hex(3));
  assertEquals(hall.called, [3, 4, 3, 3]);
});

Deno.test("Calls throws errors that end no connection", { permissions }, () => {
  const hall = new Hall();
  const ana = hall.enter(1);
  const error = assertThrows(() => hall.calls.call(ana, hex(2), 7000), LanyardError);
  assertEquals(error.fatal, false);
});
