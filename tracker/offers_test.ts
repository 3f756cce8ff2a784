import { assert, assertEquals, assertMatch } from "@std/assert";
import { LanyardError, limits, type TrackerReply, type TrackerRequest } from "../shared/mod.ts";
import { aFile, aSession, from, hex } from "./_fakes.ts";
import { Offers } from "./offers.ts";
import { type Member, Roster } from "./roster.ts";

const permissions = "none";
const minutes = 60_000;

type File = Extract<TrackerRequest, { verb: "OFFER" }>["file"];

function offered(number = 1, path = `file ${number}`): File {
  const { path: shared, size, modified } = aFile(path, number);
  return { path: shared, size, modified, id: hex(number) };
}

/** Sessions of which each writes down what it is told, and the offers between them. */
class Market {
  readonly offers: Offers;
  readonly roster = new Roster();
  /** What was pushed to each session since it was last looked at. */
  readonly #told = new Map<Member, TrackerReply[]>();
  now = 1_000_000;

  constructor() {
    this.offers = new Offers(this.roster, () => this.now);
  }

  enter(holder: number, more: Partial<Member> = {}): Member {
    const told: TrackerReply[] = [];
    const member = aSession(holder, { push: (reply) => void told.push(reply), ...more });
    this.#told.set(member, told);
    this.roster.join(member);
    this.offers.welcome(member);
    return member;
  }

  leave(member: Member, until?: number): void {
    this.roster.leave(member.holder);
    this.offers.leave(member, until);
  }

  offer(maker: Member, file = offered(), message = ""): string {
    return this.offers.offer(maker, file, message);
  }

  /** Answers; an error comes back as its code. */
  answer(
    by: Member,
    offer: string,
    answer: "accepted" | "declined" | "done" | "failed",
    verified?: number,
  ): string {
    this.now += 1000;
    const said = verified === undefined ? {} : { verified };
    try {
      this.offers.answer(by, { verb: "ANSWER", offer, answer, ...said });
      return "";
    } catch (error) {
      if (error instanceof LanyardError && !error.fatal) return error.code;
      throw error;
    }
  }

  /** What a session was told since it was last looked at. */
  take(member: Member): TrackerReply[] {
    return this.#told.get(member)?.splice(0) ?? [];
  }

  /** Names of files that a session was told of since. */
  files(member: Member): string[] {
    return this.take(member).flatMap((push) => push.verb === "OFFERED" ? [push.file.path] : []);
  }

  /** What a session was told of its offers since: `peer 2: declined`. */
  answers(member: Member): string[] {
    return this.take(member).flatMap((push) =>
      push.verb === "ANSWERED"
        ? [`${push.name}: ${push.answer}${push.verified === undefined ? "" : ` ${push.verified}`}`]
        : []
    );
  }
}

Deno.test("Offers tells everybody else of an offer, and its maker who was told", {
  permissions,
}, () => {
  const market = new Market();
  const [ana, bo] = [market.enter(1, { name: "ana" }), market.enter(2, { name: "bo" })];
  const id = market.offer(ana, offered(), "For today");
  assertMatch(id, /^[\w-]{22}$/);
  assertEquals(market.take(bo), [{
    verb: "OFFERED",
    offer: id,
    from: hex(1),
    name: "ana",
    file: offered(),
    message: "For today",
  }]);
  assertEquals(market.take(ana), [{
    verb: "ANSWERED",
    offer: id,
    peer: hex(2),
    name: "bo",
    address: "192.0.2.7",
    port: 2224,
    answer: "offered",
  }]);
});

Deno.test("Offers tells whoever joins later, as long as the maker is here", { permissions }, () => {
  const market = new Market();
  const ana = market.enter(1);
  market.offer(ana);
  const bo = market.enter(2);
  assertEquals(market.files(bo), ["file 1"]);
  assertEquals(market.answers(ana), ["peer 2: offered"]);
  market.leave(ana);
  assertEquals(market.files(market.enter(3)), []);
});

Deno.test("Offers tells nobody who does not want it, or cannot read it", { permissions }, () => {
  const market = new Market();
  const [ana, quiet] = [market.enter(1), market.enter(2, { offers: false })];
  const classic = market.enter(3, { dialect: "classic" });
  market.offer(ana);
  assertEquals([market.take(quiet), market.take(classic), market.take(ana)], [[], [], []]);
});

Deno.test("hostile 46: Offers keeps encrypted offers from sessions without encryption", {
  permissions,
}, () => {
  const market = new Market();
  const secure = { ends: from("192.0.2.9", "192.0.2.1", true) };
  const [ana, bo] = [market.enter(1, secure), market.enter(2)];
  const [secret, open] = [market.offer(ana, offered(1)), market.offer(bo, offered(2))];
  assertEquals([market.files(bo), market.files(ana)], [[], ["file 2"]]);
  assertEquals(market.answer(bo, secret, "accepted"), "not-found");
  assertEquals(market.answer(ana, open, "accepted"), "");
  assertEquals(market.files(market.enter(3)), ["file 2"]);
  assertEquals(market.files(market.enter(4, secure)), ["file 1", "file 2"]);
});

Deno.test("Offers takes the same content of a session for the same offer", { permissions }, () => {
  const market = new Market();
  const [ana, bo] = [market.enter(1), market.enter(2)];
  const id = market.offer(ana);
  assertEquals(market.offer(ana, offered(1, "renamed")), id);
  assertEquals(market.files(bo).length, 1);
  assert(market.offer(ana, offered(2)) !== id);
  assert(market.offer(bo) !== id);
});

Deno.test("hostile 58: Offers counts a peer with several sessions once", { permissions }, () => {
  const market = new Market();
  const [ana, bo] = [market.enter(1), market.enter(2)];
  const again = market.enter(3, { peer: hex(2), name: "peer 2" });
  const id = market.offer(ana);
  assertEquals([market.files(bo), market.files(again)], [["file 1"], ["file 1"]]);
  assertEquals(market.answers(ana), ["peer 2: offered"]);
  market.answer(bo, id, "accepted");
  market.answer(again, id, "accepted");
  market.answer(again, id, "done");
  market.answer(bo, id, "done");
  assertEquals(market.answers(ana), ["peer 2: accepted", "peer 2: done"]);
});

Deno.test("hostile 58: Offers lets nobody answer for another peer, or an offer of its own", {
  permissions,
}, () => {
  const market = new Market();
  const [ana, bo] = [market.enter(1), market.enter(2)];
  const again = market.enter(3, { peer: hex(1) });
  const id = market.offer(ana);
  market.take(ana);
  assertEquals(market.answer(ana, id, "accepted"), "not-found");
  assertEquals(market.answer(again, id, "accepted"), "not-found");
  assertEquals(market.answer(bo, "made up", "accepted"), "not-found");
  assertEquals(market.answer(bo, id, "done"), "order");
  assertEquals(market.take(ana), []);
});

Deno.test("hostile 41: Offers tells the maker the address that the tracker sees", {
  permissions,
}, () => {
  const market = new Market();
  const ana = market.enter(1, { ends: from("192.0.2.9", "192.0.2.1") });
  const bo = market.enter(2, { ends: from("127.0.0.1", "127.0.0.1") });
  market.answer(bo, market.offer(ana), "declined");
  const addresses = market.take(ana).map((push) => push.verb === "ANSWERED" ? push.address : "");
  assertEquals(addresses, ["192.0.2.1", "192.0.2.1"]);
});

Deno.test("Offers says that it failed where a session ends before it is done", {
  permissions,
}, () => {
  const market = new Market();
  const [ana, bo, cy] = [market.enter(1), market.enter(2), market.enter(3)];
  const id = market.offer(ana);
  market.answer(bo, id, "accepted", 10);
  market.answer(cy, id, "accepted");
  market.answer(cy, id, "done");
  market.take(ana);
  market.leave(bo);
  market.leave(cy);
  assertEquals(market.answers(ana), ["peer 2: failed"]);
});

Deno.test("Offers asks again who left before it was done, and nobody who has the file", {
  permissions,
}, () => {
  const market = new Market();
  const [ana, bo, cy] = [market.enter(1), market.enter(2), market.enter(3)];
  const id = market.offer(ana);
  for (const member of [bo, cy]) market.answer(member, id, "accepted");
  market.answer(cy, id, "done");
  for (const member of [bo, cy]) market.leave(member);
  market.take(ana);
  const [again, sated] = [market.enter(4, { peer: hex(2) }), market.enter(5, { peer: hex(3) })];
  assertEquals([market.files(again), market.files(sated)], [["file 1"], []]);
  assertEquals(market.answers(ana), [], "what they answered stands");
  assertEquals(market.answer(again, id, "accepted"), "");
});

Deno.test("Offers ends with its maker, and then takes no answers", { permissions }, () => {
  const market = new Market();
  const [ana, bo] = [market.enter(1), market.enter(2)];
  const id = market.offer(ana);
  market.leave(ana);
  assertEquals(market.answer(bo, id, "accepted"), "not-found");
  assert(market.offer(market.enter(3, { peer: hex(1) })) !== id);
});

Deno.test("Offers goes on where it was when its maker comes back, and tells it what it missed", {
  permissions,
}, () => {
  const market = new Market();
  const [ana, bo, cy] = [market.enter(1), market.enter(2), market.enter(3)];
  const id = market.offer(ana);
  market.answer(cy, id, "declined");
  market.answer(bo, id, "accepted");
  market.leave(ana, market.now + 15 * minutes);
  market.answer(bo, id, "accepted", 900);
  assertEquals(market.answer(bo, id, "done"), "");
  const dan = market.enter(4);
  assertEquals(market.files(dan), [], "its maker is away");
  for (const member of [bo, cy]) market.take(member);

  const back = market.enter(5, { peer: hex(1) });
  assertEquals(market.offer(back), id);
  assertEquals(market.answers(back), ["peer 2: done", "peer 4: offered"]);
  assertEquals([market.files(bo), market.files(cy), market.files(dan)], [[], [], ["file 1"]]);
});

Deno.test("Offers keeps no progress for a maker that is away", { permissions }, () => {
  const market = new Market();
  const [ana, bo, cy] = [market.enter(1), market.enter(2), market.enter(3)];
  const id = market.offer(ana);
  market.answer(bo, id, "accepted");
  market.leave(ana, market.now + 15 * minutes);
  market.answer(bo, id, "accepted", 300);
  market.answer(cy, id, "accepted");
  market.answer(cy, id, "accepted", 500);
  const back = market.enter(4, { peer: hex(1) });
  market.offer(back);
  assertEquals(market.answers(back), ["peer 3: accepted"]);
  market.answer(bo, id, "accepted", 900);
  assertEquals(market.answers(back), ["peer 2: accepted 900"]);
});

Deno.test("Offers gives up a maker that does not come back in time, or is put out", {
  permissions,
}, () => {
  const market = new Market();
  const bo = market.enter(2);
  const late = market.offer(market.enter(1));
  const out = market.offer(market.enter(3), offered(3));
  for (const maker of [...market.roster.online()].filter((one) => one !== bo)) {
    market.leave(maker, market.now + 15 * minutes);
  }
  market.offers.giveUp(hex(3));
  assertEquals(market.answer(bo, out, "accepted"), "not-found");
  market.now += 15 * minutes - 2000;
  market.offers.expire();
  assertEquals(market.answer(bo, late, "accepted"), "");
  market.now += 2000;
  market.offers.expire();
  assertEquals(market.answer(bo, late, "done"), "not-found");
});

Deno.test("Offers waits with a file that its maker does not share any more", {
  permissions,
}, async () => {
  const market = new Market();
  const ana = market.enter(1);
  const [kept, gone] = [market.offer(ana, offered(1)), market.offer(ana, offered(2))];
  await market.offers.recheck(ana, ({ id }) => Promise.resolve(id === hex(1)));
  const bo = market.enter(2);
  assertEquals(market.files(bo), ["file 1"]);
  assertEquals(market.answer(bo, kept, "declined"), "");
  assertEquals(market.offer(ana, offered(2)), gone);
  assertEquals(market.files(bo), ["file 2"]);
});

Deno.test("hostile 58: Offers takes a hundred of one peer", { permissions }, () => {
  const market = new Market();
  const [ana, again] = [market.enter(1), market.enter(2, { peer: hex(1) })];
  const offer = (maker: Member, number: number): string => {
    try {
      return market.offer(maker, offered(number)) === "" ? "" : "taken";
    } catch (error) {
      return error instanceof LanyardError ? error.code : "";
    }
  };
  for (let n = 0; n < 100; n++) assertEquals(offer(n % 2 === 0 ? ana : again, n), "taken");
  assertEquals([offer(ana, 100), offer(again, 101)], ["too-many", "too-many"]);
  assertEquals(offer(ana, 0), "taken", "it is there already");
  assertEquals(offer(market.enter(3), 100), "taken");
});

Deno.test("hostile 58: Offers of all peers together fit what a newcomer can be told at once", {
  permissions,
}, () => {
  const market = new Market();
  const message = "m".repeat(1024);
  let taken = 0;
  try {
    for (;; taken++) {
      const maker = market.enter(taken, { offers: false });
      market.offer(maker, offered(taken, "p".repeat(200)), message);
    }
  } catch (error) {
    assert(error instanceof LanyardError && error.code === "too-many");
  }
  const newcomer = market.enter(100_000);
  const told = market.take(newcomer);
  assertEquals(told.length, taken);
  assert(JSON.stringify(told).length <= 2 * limits.queuedBytes);
  // Those that only wait for their makers give way.
  const [first] = market.roster.online();
  assert(first !== undefined);
  market.leave(first, market.now + 15 * minutes);
  market.offer(market.enter(200_000), offered(200_000));
});
