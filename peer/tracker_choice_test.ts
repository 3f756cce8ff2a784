import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { FoundTracker } from "../net/discovery/mod.ts";
import { type Choice, chooseTracker, type Wishes } from "./tracker_choice.ts";

const permissions = "none";

/** A tracker whose id is one digit again and again. */
function tracker(name: string, digit: string): FoundTracker {
  return { name, id: digit.repeat(64), places: [{ host: "10.0.0.1", tlsPort: 2223 }] };
}

const lab = tracker("lab", "a");
const office = tracker("office", "b");
/** Somebody else who calls himself like the first one. */
const namesake = tracker("lab", "c");

/** What is chosen, in short: `lab a`, or the outcome with what it is about. */
function choose(found: readonly FoundTracker[], wishes: Partial<Wishes> = {}): string {
  return describe(chooseTracker(found, { known: new Map(), trusted: [], ...wishes }));
}

function describe(choice: Choice): string {
  const short = ({ name, id }: FoundTracker): string => `${name} ${id[0]}`;
  switch (choice.outcome) {
    case "none":
      return "none";
    case "one":
      return short(choice.tracker);
    case "several":
      return `several: ${choice.trackers.map(short).join(", ")}`;
    case "other-key":
      return `${short(choice.tracker)} instead of ${choice.expected[0]}`;
  }
}

function known(...trackers: FoundTracker[]): Pick<Wishes, "known"> {
  const names = new Map<string, string[]>();
  for (const { name, id } of trackers) names.set(name, [...names.get(name) ?? [], id]);
  return { known: names };
}

Deno.test("chooseTracker takes the only one there is", { permissions }, () => {
  assertEquals(choose([]), "none");
  assertEquals(choose([lab]), "lab a");
  assertEquals(choose([lab, office]), "several: lab a, office b");
  assertEquals(choose([lab, namesake]), "several: lab a, lab c");
});

Deno.test("chooseTracker takes the one that was named", { permissions }, () => {
  assertEquals(choose([lab, office], { name: "office" }), "office b");
  assertEquals(choose([lab, office], { name: "Office" }), "none");
  assertEquals(choose([lab, office, namesake], { name: "lab" }), "several: lab a, lab c");
});

Deno.test("hostile 47: chooseTracker takes one that is known before any that somebody makes up", {
  permissions,
}, () => {
  const fakes = Array.from({ length: 1000 }, (_, at) => {
    return { ...tracker("lab", "0"), id: at.toString(16).padStart(64, "0") };
  });
  assertEquals(choose([...fakes, office, lab], known(lab)), "lab a");
  assertEquals(choose([...fakes, lab], { ...known(lab), name: "lab" }), "lab a");
  assertEquals(choose([office, lab, namesake], known(lab, office)), "several: office b, lab a");
});

Deno.test(
  "hostile 46: chooseTracker takes no namesake of one that is known",
  { permissions },
  () => {
    assertEquals(choose([namesake], known(lab)), "lab c instead of a");
    assertEquals(choose([namesake, office], { ...known(lab), name: "lab" }), "lab c instead of a");
    assertEquals(choose([namesake, office], known(lab)), "several: lab c, office b");
    assertEquals(choose([office], known(lab)), "office b");
  },
);

Deno.test("chooseTracker takes one that is trusted from now on, and no other", {
  permissions,
}, () => {
  const trusted = [namesake.id];
  assertEquals(choose([namesake], { ...known(lab), trusted }), "lab c");
  assertEquals(choose([lab, namesake, office], { ...known(lab), trusted }), "lab c");
  assertEquals(choose([lab], { ...known(lab), trusted }), "lab a instead of c");
  assertEquals(choose([], { trusted }), "none");
});

Deno.test("chooseTracker never takes an unknown key for a known name without being told", {
  permissions,
}, () => {
  const anybody = fc.constantFrom(lab, office, namesake, tracker("office", "d"));
  const some = fc.uniqueArray(anybody);
  fc.assert(fc.property(some, some, (found, met) => {
    const { known: names } = known(...met);
    const choice = chooseTracker(found, { known: names, trusted: [] });
    if (choice.outcome !== "one") return;
    const ids = names.get(choice.tracker.name);
    assertEquals(ids === undefined || ids.includes(choice.tracker.id), true);
  }));
});
