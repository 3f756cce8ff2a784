import { assertEquals } from "@std/assert";
import { trackerRequests } from "./messages/tracker_messages.ts";
import { legalRequests, refusal, type TrackerPhase } from "./tracker_states.ts";

const phases: TrackerPhase[] = ["greeting", "receiver", "member"];

/** What each request is answered in each phase, in the order of `phases`. */
const table = {
  HELLO: ["legal", "order", "order"],
  PROVE: ["order", "legal", "legal"],
  SHARE: ["order", "legal", "legal"],
  UNSHARE: ["order", "legal", "legal"],
  SHARED: ["order", "legal", "legal"],
  SEARCH: ["order", "nothing-shared", "legal"],
  LIST: ["order", "nothing-shared", "legal"],
  SOURCES: ["order", "nothing-shared", "legal"],
  PEERS: ["order", "nothing-shared", "legal"],
  OFFER: ["order", "nothing-shared", "legal"],
  ANSWER: ["order", "legal", "legal"],
  CALL: ["order", "nothing-shared", "legal"],
  PING: ["order", "legal", "legal"],
  BYE: ["order", "legal", "legal"],
} as const;
const verbs = Object.keys(table) as (keyof typeof table)[];

Deno.test({
  name: "refusal answers each request in each phase as the table says",
  permissions: "none",
  fn: () => {
    for (const verb of verbs) {
      assertEquals(phases.map((phase) => refusal(phase, verb) ?? "legal"), [...table[verb]], verb);
    }
  },
});

Deno.test({
  name: "legalRequests holds the legal requests of each phase",
  permissions: "none",
  fn: () => {
    phases.forEach((phase, index) => {
      const legal = verbs.filter((verb) => table[verb][index] === "legal");
      assertEquals([...legalRequests[phase]].toSorted(), legal.toSorted());
    });
  },
});

Deno.test({
  name: "tracker_states decides on every request there is",
  permissions: "none",
  fn: () => {
    assertEquals(Object.keys(trackerRequests).toSorted(), verbs.toSorted());
  },
});
