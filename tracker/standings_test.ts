import { assertEquals, assertThrows } from "@std/assert";
import { LanyardError } from "../shared/mod.ts";
import { aSession, hex } from "./_fakes.ts";
import type { Member } from "./roster.ts";
import { type Answer, Standings } from "./standings.ts";

const permissions = "none";

/** Answers to an offer of 1,000 bytes, a second after one another. */
class Poll {
  readonly standings = new Standings(1000);
  now = 0;

  /** The answer that is to be told, with what has come; an error's code; or nothing. */
  take(by: Member, answer: Answer, verified?: number): string | undefined {
    this.now += 1000;
    try {
      const standing = this.standings.take(by, answer, verified, this.now)?.standing;
      return standing === undefined
        ? undefined
        : [standing.answer, standing.verified].join(" ").trim();
    } catch (error) {
      if (error instanceof LanyardError && !error.fatal) return error.code;
      throw error;
    }
  }
}

const everyAnswer: readonly Answer[] = ["accepted", "declined", "done", "failed"];

/** What each answer after those on the left is: told, nothing new, or out of order. */
const table: [Answer[], Record<Answer, "told" | "nothing" | "order">][] = [
  [[], { accepted: "told", declined: "told", done: "order", failed: "order" }],
  [["accepted"], { accepted: "nothing", declined: "told", done: "told", failed: "told" }],
  [["declined"], { accepted: "told", declined: "nothing", done: "order", failed: "order" }],
  [["accepted", "failed"], {
    accepted: "told",
    declined: "told",
    done: "order",
    failed: "nothing",
  }],
  [["accepted", "done"], {
    accepted: "order",
    declined: "order",
    done: "nothing",
    failed: "order",
  }],
];

Deno.test("hostile 58: Standings takes answers in their order only", { permissions }, () => {
  for (const [before, expected] of table) {
    for (const answer of everyAnswer) {
      const [poll, ana] = [new Poll(), aSession(1)];
      for (const earlier of before) poll.take(ana, earlier);
      const got = poll.take(ana, answer);
      const outcome = got === undefined ? "nothing" : got === answer ? "told" : got;
      assertEquals(outcome, expected[answer], `${before.join(", ")}, ${answer}`);
    }
  }
});

Deno.test("Standings tells progress that is some", { permissions }, () => {
  const [poll, ana] = [new Poll(), aSession(1)];
  assertEquals(poll.take(ana, "accepted", 0), "accepted 0");
  assertEquals(poll.take(ana, "accepted", 0), undefined);
  assertEquals(poll.take(ana, "accepted", 400), "accepted 400");
  assertEquals(poll.take(ana, "accepted", 300), undefined);
  assertEquals(poll.take(ana, "accepted"), undefined);
  assertEquals(poll.take(ana, "accepted", 1000), "accepted 1000");
});

Deno.test("hostile 58: Standings believes nobody who has more than the whole file", {
  permissions,
}, () => {
  const [poll, ana] = [new Poll(), aSession(1)];
  assertEquals(poll.take(ana, "accepted", 1001), "accepted");
  assertEquals(poll.take(ana, "accepted", 2 ** 53 - 1), undefined);
  assertEquals(poll.take(ana, "accepted", 5), "accepted 5");
});

Deno.test("hostile 58: Standings tells progress four times a second and no more often", {
  permissions,
}, () => {
  const [standings, ana] = [new Standings(1000), aSession(1)];
  const told: number[] = [];
  for (let ms = 0; ms < 1000; ms++) {
    const news = standings.take(ana, "accepted", ms, ms);
    if (news !== undefined) told.push(ms);
  }
  assertEquals(told, [0, 250, 500, 750]);
});

Deno.test("Standings begins anew with who accepts again", { permissions }, () => {
  const [poll, ana] = [new Poll(), aSession(1)];
  poll.take(ana, "accepted", 900);
  poll.take(ana, "failed");
  assertEquals(poll.take(ana, "accepted", 100), "accepted 100");
  assertEquals(poll.take(ana, "done"), "done");
});

Deno.test("Standings takes for failed what a lost session had accepted", { permissions }, () => {
  const [poll, ana] = [new Poll(), aSession(1)];
  assertEquals(poll.standings.leave(ana), undefined);
  poll.take(ana, "accepted", 400);
  assertEquals(poll.standings.leave(ana)?.standing.answer, "failed");
  assertEquals(poll.standings.get(hex(1))?.verified, undefined);
  assertEquals(poll.standings.leave(ana), undefined);
  for (const answer of ["done", "declined"] as const) {
    const [other, bo] = [new Poll(), aSession(2)];
    other.take(bo, "accepted");
    other.take(bo, answer);
    assertEquals(other.standings.leave(bo), undefined, answer);
  }
});

Deno.test("Standings goes on with the session that answered last", { permissions }, () => {
  const [poll, before, after] = [new Poll(), aSession(1), aSession(2, { peer: hex(1) })];
  poll.take(before, "accepted");
  assertEquals(poll.take(after, "accepted"), undefined);
  assertEquals(poll.standings.leave(before), undefined);
  assertEquals(poll.take(after, "done"), "done");
});

Deno.test("hostile 58: Standings lets a peer change its mind a hundred times", {
  permissions,
}, () => {
  const [poll, ana] = [new Poll(), aSession(1)];
  const answers = Array.from(
    { length: 101 },
    (_, n) => poll.take(ana, n % 2 === 0 ? "accepted" : "declined"),
  );
  assertEquals(answers.indexOf("too-many"), 100);
  assertEquals(poll.take(aSession(2), "accepted"), "accepted");
});

Deno.test("hostile 58: Standings keeps the answers of ten thousand peers, not of endlessly many", {
  permissions,
}, () => {
  const standings = new Standings(1);
  for (let n = 0; n < 10_000; n++) standings.take(aSession(n), "declined", undefined, 0);
  assertThrows(
    () => standings.take(aSession(10_000), "declined", undefined, 0),
    LanyardError,
    "too often",
  );
  const news = standings.take(aSession(1), "accepted", undefined, 0);
  assertEquals([news?.standing.answer, news?.isProgress], ["accepted", false]);
  assertEquals(standings.take(aSession(1), "accepted", 1, 1000)?.isProgress, true);
});
