import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { mostTrackers, TrackerList } from "./tracker_list.ts";
import type { TrackerNotice } from "./tracker_notice.ts";

const permissions = "none";
const lab: TrackerNotice = { name: "lab", id: "a".repeat(64), port: 2222, tlsPort: 2223 };

function made(up: number): TrackerNotice {
  return { name: `fake ${up}`, id: up.toString(16).padStart(64, "0"), tlsPort: 2223 };
}

Deno.test("TrackerList has a tracker once, with every place that it answered from", {
  permissions,
}, () => {
  const list = new TrackerList();
  const hosts = ["fe80::1%eth0", "10.0.0.1", "10.0.0.1", "127.0.0.1", "fe80::1%eth0"];
  for (const host of hosts) list.add(lab, host);
  const ports = { port: 2222, tlsPort: 2223 };
  assertEquals(list.all, [{
    name: lab.name,
    id: lab.id,
    places: ["127.0.0.1", "10.0.0.1", "fe80::1%eth0"].map((host) => ({ host, ...ports })),
  }]);
  assertEquals(list.add(lab, "10.0.0.1"), false);
});

Deno.test("TrackerList tells trackers apart by id and by name", { permissions }, () => {
  const list = new TrackerList();
  list.add(lab, "10.0.0.1");
  list.add({ ...lab, id: "b".repeat(64) }, "10.0.0.2");
  list.add({ ...lab, name: "office" }, "10.0.0.3");
  assertEquals(list.all.map(({ name, id }) => `${name} ${id[0]}`), ["lab a", "lab b", "office a"]);
});

Deno.test("hostile 47: TrackerList keeps a few of a thousand fakes, and what is looked for", {
  permissions,
}, () => {
  const list = new TrackerList(({ id }) => id === lab.id);
  for (let at = 0; at < 1000; at++) list.add(made(at), `10.0.${at >> 8}.${at & 255}`);
  assertEquals(list.all.length, mostTrackers);
  assert(list.add(lab, "10.9.9.9"));
  assertEquals(list.all.length, mostTrackers);
  assert(list.all.some(({ id }) => id === lab.id));
});

Deno.test("hostile 47: TrackerList believes one machine few trackers", { permissions }, () => {
  const list = new TrackerList();
  for (let at = 0; at < 1000; at++) list.add(made(at), "10.0.0.66");
  assertEquals(list.all.length, 8);
  assert(list.add(lab, "10.0.0.1"), "others still find a place");
});

Deno.test("hostile 47: TrackerList has room for a tracker beside one that pretends to be it", {
  permissions,
}, () => {
  const list = new TrackerList(() => true);
  for (let port = 1; port < 100; port++) list.add({ ...lab, port }, "10.0.0.6");
  assert(list.add(lab, "10.0.0.1"));
});

Deno.test("hostile 47: TrackerList stays small whatever it is told", { permissions }, () => {
  const notice = fc.record({
    name: fc.constantFrom("lab", "office", "x"),
    id: fc.nat({ max: 200 }).map((number) => number.toString(16).padStart(64, "0")),
    tlsPort: fc.integer({ min: 1, max: 5 }),
  });
  const told = fc.array(fc.tuple(notice, fc.nat({ max: 30 })), { maxLength: 500 });
  fc.assert(fc.property(told, (all) => {
    const list = new TrackerList(({ name }) => name === "lab");
    for (const [notice, host] of all) list.add(notice, `10.0.0.${host}`);
    assert(list.all.length <= mostTrackers);
    for (const { places } of list.all) assert(places.length >= 1 && places.length <= 8);
    const keys = list.all.map(({ name, id }) => `${name} ${id}`);
    assertEquals(new Set(keys).size, keys.length);
  }));
});
