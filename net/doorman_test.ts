import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { limits } from "../shared/mod.ts";
import { Doorman, type DoormanOptions, type Place, timeToSpeak } from "./doorman.ts";

const permissions = "none";
const one = "192.0.2.1";
const other = "192.0.2.2";

/** A door, and what happened at it. */
class Door {
  readonly events: string[] = [];
  readonly doorman: Doorman;
  now = 0;
  #guests = 0;

  constructor(options: DoormanOptions = {}) {
    this.doorman = new Doorman({
      now: () => this.now,
      onRefused: (address) => void this.events.push(`refused ${address}`),
      ...options,
    });
  }

  /** Somebody comes, and is called by a number from 1 on. */
  enter(address: string): Place | undefined {
    const guest = ++this.#guests;
    return this.doorman.enter(address, () => void this.events.push(`closed ${guest}`));
  }

  /** Several come and are let in. */
  fill(address: string, count: number): Place[] {
    return Array.from({ length: count }, () => {
      const place = this.enter(address);
      assert(place !== undefined);
      return place;
    });
  }
}

Deno.test(
  "hostile 36: Doorman closes who has been silent for longest when an address has too many",
  {
    permissions,
  },
  () => {
    const door = new Door({ maxPerAddress: 3 });
    const [first] = door.fill(one, 3);
    first?.greeted();
    door.fill(other, 3);
    assertEquals(door.events, []);
    door.fill(one, 2);
    assertEquals(door.events, ["closed 2", "closed 3"]);
    assertEquals(door.doorman.count, 6);
  },
);

Deno.test(
  "hostile 36: Doorman refuses who comes when all others have greeted, and says so once a minute",
  {
    permissions,
  },
  () => {
    const door = new Door({ maxPerAddress: 2 });
    const [, second] = door.fill(one, 2);
    const [third] = door.fill(other, 2);
    for (const place of [second, third]) place?.greeted();
    door.fill(one, 1)[0]?.greeted();
    assertEquals(door.events.splice(0), ["closed 1"]);
    for (const at of [0, 30_000, 59_999]) {
      door.now = at;
      assertEquals(door.enter(one), undefined);
    }
    assertEquals(door.events.splice(0), [`refused ${one}`]);
    door.fill(other, 1)[0]?.greeted();
    assertEquals(door.enter(other), undefined);
    assertEquals(door.events.splice(0), ["closed 4", `refused ${other}`]);
    door.now = 60_000;
    assertEquals([door.enter(one), door.enter(other)], [undefined, undefined]);
    assertEquals(door.events, [`refused ${one}`]);
  },
);

Deno.test("Doorman gives a place to the next when somebody leaves, whatever they had said", {
  permissions,
}, () => {
  const door = new Door({ maxPerAddress: 2 });
  const [first, second] = door.fill(one, 2);
  first?.greeted();
  second?.greeted();
  first?.leave();
  first?.leave();
  assertEquals(door.doorman.count, 1);
  const [third] = door.fill(one, 1);
  third?.leave();
  third?.greeted();
  door.fill(one, 1);
  assertEquals([door.events, door.doorman.count], [[], 2]);
});

Deno.test("Doorman does not count twice who was closed and leaves later", { permissions }, () => {
  const door = new Door({ maxPerAddress: 1 });
  const [first] = door.fill(one, 1);
  const [second] = door.fill(one, 1);
  assertEquals(door.events, ["closed 1"]);
  first?.leave();
  assertEquals(door.doorman.count, 1);
  second?.greeted();
  assertEquals(door.enter(one), undefined);
});

Deno.test(
  "hostile 36: Doorman counts each address by itself, and a mapped one as IPv4",
  {
    permissions,
  },
  () => {
    const door = new Door({ maxPerAddress: 2 });
    door.fill("2001:db8::1", 2); // All machines of a LAN are in one /64.
    door.fill("2001:db8::2", 2);
    door.fill("fe80::1%eth0", 1);
    door.fill("fe80::1", 1);
    assertEquals(door.events.splice(0), []);
    door.fill("fe80::1", 1);
    door.fill(one, 1);
    door.fill(`::ffff:${one}`, 2);
    assertEquals(door.events, ["closed 5", "closed 8"]);
  },
);

Deno.test("Doorman lets this machine in as often as it likes, unless it was told a number", {
  permissions,
}, () => {
  const free = new Door();
  for (const address of ["127.0.0.1", "::1"]) free.fill(address, 1000);
  free.fill(one, limits.connectionsPerAddress);
  assertEquals(free.events, []);
  free.fill(one, 1);
  assertEquals(free.events, ["closed 2001"]);
  const told = new Door({ maxPerAddress: 1 });
  told.fill("127.0.0.1", 2);
  assertEquals(told.events, ["closed 1"]);
});

Deno.test(
  "Doorman has so many places and no more, from wherever they come",
  { permissions },
  () => {
    const door = new Door({ maxPerAddress: 10, maxInTotal: 3 });
    const [first] = door.fill(one, 1);
    door.fill("127.0.0.1", 1);
    const [third] = door.fill(other, 1);
    first?.greeted();
    const [fourth] = door.fill(other, 1);
    assertEquals(door.events.splice(0), ["closed 2"]);
    for (const place of [third, fourth]) place?.greeted();
    assertEquals(door.enter("192.0.2.3"), undefined);
    assertEquals(door.events, ["refused 192.0.2.3"]);
  },
);

Deno.test("hostile 37: Doorman makes room from the silent ones, the oldest first", {
  permissions,
}, () => {
  const door = new Door();
  const [first] = door.fill(one, 2);
  door.fill(other, 1);
  first?.greeted();
  door.now = timeToSpeak;
  assertEquals([door.doorman.makeRoom(), door.doorman.makeRoom()], [true, true]);
  assertEquals(door.doorman.makeRoom(), false);
  assertEquals([door.events, door.doorman.count], [["closed 2", "closed 3"], 1]);
});

Deno.test("hostile 37: Doorman sends nobody away for room who has only just come", {
  permissions,
}, () => {
  const door = new Door();
  door.fill(one, 1);
  door.now = timeToSpeak - 1;
  door.fill(other, 1);
  assertEquals(door.doorman.makeRoom(), false);
  door.now = timeToSpeak;
  assertEquals([door.doorman.makeRoom(), door.doorman.makeRoom()], [true, false]);
  assertEquals(door.events, ["closed 1"]);
});

Deno.test("Doorman keeps its limits whatever comes, and closes nobody who has greeted", {
  permissions,
}, () => {
  const addresses = [one, other, "127.0.0.1", "2001:db8::1", "2001:db8::2"];
  const step = fc.record({
    act: fc.constantFrom("enter", "enter", "greet", "leave", "make room"),
    which: fc.nat(40),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    let now = 0;
    const doorman = new Doorman({ maxPerAddress: 3, maxInTotal: 8, now: () => now });
    const inside = new Map<number, { place: Place; address: string; silent: boolean }>();
    let arrivals = 0;
    const happened = { refused: 0, closed: 0 };
    for (const { act, which } of steps) {
      const [number, guest] = [...inside][which % Math.max(1, inside.size)] ?? [];
      if (act === "enter") {
        const arrival = arrivals++;
        const address = addresses[which % addresses.length] ?? one;
        const place = doorman.enter(address, () => {
          assert(inside.get(arrival)?.silent);
          happened.closed++;
          inside.delete(arrival);
        });
        if (place !== undefined) inside.set(arrival, { place, address, silent: true });
        else happened.refused++;
        if (place === undefined) {
          assert(![...inside.values()].some((one) => one.address === address && one.silent));
        }
      } else if (act === "make room") {
        now += timeToSpeak;
        const oldest = [...inside].find(([, { silent }]) => silent)?.[0];
        assertEquals(doorman.makeRoom(), oldest !== undefined);
        if (oldest !== undefined) assert(!inside.has(oldest));
      } else if (guest !== undefined && number !== undefined) {
        guest.place[act === "greet" ? "greeted" : "leave"]();
        guest.silent = false;
        if (act === "leave") inside.delete(number);
      }
      assertEquals(doorman.count, inside.size);
      assertEquals([doorman.turnedAway, doorman.sentAway], [happened.refused, happened.closed]);
      assert(inside.size <= 8);
      for (const address of addresses) {
        assert([...inside.values()].filter((one) => one.address === address).length <= 3);
      }
    }
  }));
});
