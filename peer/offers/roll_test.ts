import { assertEquals } from "@std/assert";
import { type Answered, Roll } from "./roll.ts";

const permissions = "none";

function answered(
  peer: string,
  answer: Answered["answer"],
  verified?: number,
): Answered {
  return {
    verb: "ANSWERED",
    offer: "o",
    peer,
    name: `peer ${peer}`,
    address: "192.0.2.7",
    port: 2224,
    answer,
    ...(verified === undefined ? {} : { verified }),
  };
}

Deno.test("Roll tells answers from progress and from what was said before", { permissions }, () => {
  const roll = new Roll();
  const news = (answer: Answered["answer"], verified?: number): string =>
    roll.take(answered("a", answer, verified));
  assertEquals(news("offered"), "answer");
  assertEquals(news("offered"), "none");
  assertEquals(news("accepted", 0), "answer");
  assertEquals(news("accepted", 50), "progress");
  assertEquals(news("accepted", 50), "none");
  assertEquals(news("accepted"), "none");
  assertEquals(news("offered"), "none", "it is told again when it comes back");
  assertEquals(news("failed"), "answer");
  assertEquals(news("accepted", 10), "answer");
  assertEquals(roll.entries[0]?.verified, 10);
  assertEquals(news("done"), "answer");
});

Deno.test("hostile 58: Roll takes a peer that has the file for done, whatever comes", {
  permissions,
}, () => {
  const roll = new Roll();
  roll.take(answered("a", "accepted"));
  roll.take(answered("a", "done"));
  for (const answer of ["offered", "accepted", "declined", "failed", "done"] as const) {
    assertEquals(roll.take(answered("a", answer)), "none", answer);
  }
  assertEquals([roll.count("done"), roll.entries.length], [1, 1]);
});

Deno.test("Roll takes no progress for an answer that came to an earlier run", {
  permissions,
}, () => {
  const roll = new Roll();
  assertEquals(roll.take(answered("a", "accepted", 50)), "progress");
  assertEquals(roll.take(answered("a", "done")), "answer");
  roll.take(answered("b", "offered"));
  assertEquals(roll.take(answered("b", "accepted", 50)), "progress");
  assertEquals(roll.take(answered("b", "failed")), "answer");
  assertEquals(roll.take(answered("b", "accepted", 60)), "answer", "it begins again");
});

Deno.test("Roll counts peers by what they answered", { permissions }, () => {
  const roll = new Roll();
  for (const peer of ["a", "b", "c"]) roll.take(answered(peer, "offered"));
  roll.take(answered("b", "declined"));
  assertEquals([roll.count("offered"), roll.count("declined"), roll.count("done")], [2, 1, 0]);
  assertEquals(roll.entries.map(({ peer }) => peer), ["a", "b", "c"]);
});
