import { assertEquals } from "@std/assert";
import {
  LanyardError,
  parseSharePath,
  type SharedFile,
  type TrackerRequest,
} from "../../shared/mod.ts";
import { Offering } from "./offering.ts";
import type { Answered } from "./roll.ts";

const permissions = "none";

function file(number: number): SharedFile {
  const id = number.toString(16).padStart(64, "0");
  return { path: parseSharePath("notes.pdf"), size: 100, modified: 1, id };
}

function answered(offer: string, answer: Answered["answer"], peer = "bo"): Answered {
  return { verb: "ANSWERED", offer, peer, name: peer, address: "192.0.2.8", answer };
}

/** An offering, the tracker that it is told to, and what it tells. */
class Stall {
  readonly events: string[] = [];
  readonly requests: TrackerRequest[] = [];
  readonly offering: Offering;
  #offers = 0;
  /** What the tracker does with the next offer, beside answering it. */
  onOffer: (offer: string) => void = () => {};

  constructor(message = "") {
    this.offering = new Offering(message, {
      offered: ({ id }, offer) => this.events.push(`offered ${Number(id)} as ${offer}`),
      answered: (_, { peer, answer }, news) => this.events.push(`${peer} ${answer}: ${news}`),
      refused: ({ code }) => this.events.push(code),
    });
  }

  // deno-lint-ignore no-explicit-any -- one method stands for all requests
  readonly request = async (request: TrackerRequest): Promise<any> => {
    this.requests.push(request);
    await Promise.resolve();
    const offer = `offer ${++this.#offers}`;
    this.onOffer(offer);
    return { verb: "OK", offer };
  };
}

Deno.test("Offering offers the file when it is announced, and tells who answers", {
  permissions,
}, async () => {
  const stall = new Stall("For today");
  await stall.offering.announced(stall, []);
  await stall.offering.announced(stall, [file(1)]);
  const { path, size, modified, id = "" } = file(1);
  const offered = { path, size, modified, id };
  assertEquals(stall.requests, [{ verb: "OFFER", file: offered, message: "For today" }]);
  stall.offering.heard(answered("offer 1", "offered"));
  stall.offering.heard(answered("offer 1", "accepted"));
  stall.offering.heard(answered("offer 1", "accepted"));
  stall.offering.heard(answered("offer of somebody else", "accepted"));
  assertEquals(stall.events, ["offered 1 as offer 1", "bo offered: answer", "bo accepted: answer"]);
});

Deno.test("Offering loses no answer that comes together with the offer's own", {
  permissions,
}, async () => {
  const stall = new Stall();
  stall.onOffer = (offer) => stall.offering.heard(answered(offer, "offered"));
  await stall.offering.announced(stall, [file(1)]);
  assertEquals(stall.events, ["offered 1 as offer 1", "bo offered: answer"]);
});

Deno.test("hostile 58: Offering counts whoever has the file once, also through another offer", {
  permissions,
}, async () => {
  const stall = new Stall();
  await stall.offering.announced(stall, [file(1)]);
  for (const answer of ["accepted", "done"] as const) {
    stall.offering.heard(answered("offer 1", answer));
  }
  await stall.offering.announced(stall, [file(1)]);
  for (const answer of ["offered", "accepted", "done"] as const) {
    stall.offering.heard(answered("offer 2", answer));
  }
  assertEquals(stall.events, ["offered 1 as offer 1", "bo accepted: answer", "bo done: answer"]);
});

Deno.test("Offering begins anew with a file that has changed", { permissions }, async () => {
  const stall = new Stall();
  await stall.offering.announced(stall, [file(1)]);
  stall.offering.heard(answered("offer 1", "accepted"));
  await stall.offering.announced(stall, [file(2)]);
  stall.offering.heard(answered("offer 1", "done"));
  stall.offering.heard(answered("offer 2", "offered"));
  assertEquals(stall.events.slice(2), ["offered 2 as offer 2", "bo offered: answer"]);
  assertEquals(stall.offering.roll.count("offered"), 1);
});

Deno.test("Offering tells that it is refused, but not that the connection is gone", {
  permissions,
}, async () => {
  const stall = new Stall();
  for (const code of ["too-many", "closed", "not-found"] as const) {
    const request = (): Promise<never> => Promise.reject(new LanyardError(code, code));
    await stall.offering.announced({ request }, [file(1)]);
  }
  assertEquals(stall.events, ["too-many"]);
});
