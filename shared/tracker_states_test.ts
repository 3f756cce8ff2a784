import { assertEquals } from "@std/assert";
import { trackerRequests } from "./messages/tracker_messages.ts";
import { legalRequests, refusal, type TrackerPhase } from "./tracker_states.ts";

const phases: TrackerPhase[] = ["greeting", "unproven", "receiver", "member"];

/** What each request is answered in each phase, in the order of `phases`. */
const table = {
  HELLO: ["legal", "order", "order", "order"],
  PROVE: ["order", "legal", "order", "order"],
  SHARE: ["order", "order", "legal", "legal"],
  UNSHARE: ["order", "order", "legal", "legal"],
  SHARED: ["order", "order", "legal", "legal"],
  SEARCH: ["order", "order", "nothing-shared", "legal"],
  LIST: ["order", "order", "nothing-shared", "legal"],
  SOURCES: ["order", "order", "nothing-shared", "legal"],
  PEERS: ["order", "order", "nothing-shared", "legal"],
  OFFER: ["order", "order", "nothing-shared", "legal"],
  ANSWER: ["order", "order", "legal", "legal"],
  CALL: ["order", "order", "nothing-shared", "legal"],
  PING: ["order", "legal", "legal", "legal"],
  BYE: ["order", "legal", "legal", "legal"],
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
