import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { LanyardError, type TrackerReply } from "../shared/mod.ts";
import { aFile, aSession, hex } from "./_fakes.ts";
import { Offers } from "./offers.ts";
import { type Member, Roster } from "./roster.ts";
import type { Answer } from "./standings.ts";

/** Peers that take part; each may have several sessions. */
const peers = 4;
/** What any peer offers. */
const contents = 3;

type Step =
  | { do: "enter"; peer: number; offers: boolean }
  | { do: "leave"; session: number; returns: boolean }
  | { do: "offer"; session: number; content: number }
  | { do: "answer"; session: number; offer: number; answer: Answer };

const number = fc.integer({ min: 0, max: 7 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("enter" as const),
    peer: fc.integer({ min: 0, max: peers - 1 }),
    offers: fc.boolean(),
  }),
  fc.record({ do: fc.constant("leave" as const), session: number, returns: fc.boolean() }),
  fc.record({
    do: fc.constant("offer" as const),
    session: number,
    content: fc.integer({ min: 0, max: contents - 1 }),
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      session: number,
      offer: number,
      answer: fc.constantFrom<Answer>("accepted", "accepted", "declined", "done", "failed"),
    }),
  },
);

/** A session as the model has it: what it was told, and whether it is here. */
interface Seat {
  member: Member;
  peer: number;
  wants: boolean;
  here: boolean;
  told: TrackerReply[];
}

/** Everything that happened to one offer, from which what stands is worked out anew each time. */
interface OfferRecord {
  id: string;
  maker: Seat;
  content: number;
  over: boolean;
  /** Sessions that are to be told of it by now. */
  due: Set<Seat>;
  history: ({ answer: Answer; by: Seat } | { left: Seat })[];
}

/** The answer of a peer that stands, by all that has happened. */
function standing({ history }: OfferRecord, peer: number): Answer | "offered" {
  let answer: Answer | "offered" = "offered";
  let owner: Seat | undefined;
  for (const event of history) {
    if ("left" in event) {
      if (event.left === owner && answer === "accepted") answer = "failed";
    } else if (event.by.peer === peer) {
      answer = event.answer;
      owner = event.by;
    }
  }
  return answer;
}

/** Whether an answer may follow what stands, written down once more and differently. */
function mayFollow(before: Answer | "offered", answer: Answer): boolean {
  if (before === answer) return true;
  if (before === "done") return false;
  if (answer === "done" || answer === "failed") return before === "accepted";
  return true;
}

/** Offers, and the simplest thing that should agree with them. */
class Trial {
  readonly #roster = new Roster();
  readonly #offers = new Offers(this.#roster, () => 0);
  readonly #seats: Seat[] = [];
  /** Everything that anybody was told. */
  readonly #told: TrackerReply[] = [];
  readonly #records: OfferRecord[] = [];

  take(step: Step): void {
    if (step.do === "enter") return this.#enter(step.peer, step.offers);
    const here = this.#seats.filter((seat) => seat.here);
    const seat = here[step.session % Math.max(1, here.length)];
    if (seat === undefined) return;
    if (step.do === "leave") this.#leave(seat, step.returns);
    else if (step.do === "offer") this.#offer(seat, step.content);
    else this.#answer(seat, step.offer, step.answer);
  }

  /** What every maker knows is what stands, and everybody was told what is offered, once. */
  check(): void {
    for (const record of this.#records) {
      const { id, maker, over } = record;
      if (over || !maker.here) continue;
      for (let peer = 0; peer < peers; peer++) {
        const known = this.#told.findLast((push) =>
          push.verb === "ANSWERED" && push.offer === id && push.peer === hex(peer)
        );
        const answer = known?.verb === "ANSWERED" ? known.answer : "offered";
        assertEquals(answer, standing(record, peer), `peer ${peer}`);
      }
    }
    for (const { id, due } of this.#records) {
      for (const seat of this.#seats) {
        const times = seat.told.filter((push) => push.verb === "OFFERED" && push.offer === id);
        assertEquals(times.length, due.has(seat) ? 1 : 0, `told peer ${seat.peer}`);
      }
    }
  }

  /** Those who are to be told of an offer by now. */
  #markDue(record: OfferRecord, seats: readonly Seat[]): void {
    const { maker, over, due } = record;
    if (over || !maker.here) return;
    for (const seat of seats) {
      const isDone = standing(record, seat.peer) === "done";
      if (seat.here && seat.wants && seat.peer !== maker.peer && !isDone) due.add(seat);
    }
  }

  #enter(peer: number, wants: boolean): void {
    const told: TrackerReply[] = [];
    const member = aSession(this.#seats.length, {
      peer: hex(peer),
      offers: wants,
      push: (push) => {
        told.push(push);
        this.#told.push(push);
      },
    });
    const seat = { member, peer, wants, here: true, told };
    this.#seats.push(seat);
    for (const record of this.#records) this.#markDue(record, [seat]);
    this.#roster.join(member);
    this.#offers.welcome(member);
  }

  #leave(seat: Seat, returns: boolean): void {
    seat.here = false;
    this.#roster.leave(seat.member.holder);
    this.#offers.leave(seat.member, returns ? 1 : undefined);
    for (const record of this.#records) {
      record.history.push({ left: seat });
      if (record.maker === seat && !returns) record.over = true;
    }
  }

  #offer(seat: Seat, content: number): void {
    const { path, size, modified } = aFile("offered", content);
    const id = this.#offers.offer(seat.member, { path, size, modified, id: hex(content) }, "");
    const made = this.#records.filter((record) =>
      !record.over && record.content === content && record.maker.peer === seat.peer
    );
    const same = made.find((record) => record.maker === seat) ??
      made.find((record) => !record.maker.here);
    const record = same ?? { id, maker: seat, content, over: false, due: new Set(), history: [] };
    if (same === undefined) this.#records.push(record);
    assertEquals(id, record.id);
    record.maker = seat;
    this.#markDue(record, this.#seats);
  }

  #answer(seat: Seat, which: number, answer: Answer): void {
    const record = this.#records[which % Math.max(1, this.#records.length)];
    if (record === undefined) return;
    const possible = record.over || record.maker.peer === seat.peer
      ? "not-found"
      : mayFollow(standing(record, seat.peer), answer)
      ? ""
      : "order";
    assertEquals(this.#try(seat, record.id, answer), possible);
    if (possible === "") record.history.push({ answer, by: seat });
  }

  #try({ member }: Seat, offer: string, answer: Answer): string {
    try {
      this.#offers.answer(member, { verb: "ANSWER", offer, answer });
      return "";
    } catch (error) {
      if (error instanceof LanyardError) return error.code;
      throw error;
    }
  }
}

Deno.test(
  "Offers agrees with a model that works everything out anew",
  { permissions: "none" },
  () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60, size: "max" }), (steps) => {
        const trial = new Trial();
        for (const step of steps) {
          trial.take(step);
          trial.check();
        }
      }),
      { numRuns: 300 },
    );
  },
);
