import { encodeBase64Url } from "@std/encoding";
import {
  addressFor,
  LanyardError,
  limits,
  type TrackerReply,
  type TrackerRequest,
  utf8Length,
} from "../shared/mod.ts";
import type { Member, Roster } from "./roster.ts";
import { type Answer, type News, Standings } from "./standings.ts";

type Request<V extends TrackerRequest["verb"]> = Extract<TrackerRequest, { verb: V }>;
type Content = Pick<Request<"OFFER">["file"], "id" | "size">;

/** One file that a peer offers to all others. */
interface Offer {
  readonly id: string;
  readonly content: Content;
  /** What others are told of it. */
  readonly offered: Extract<TrackerReply, { verb: "OFFERED" }>;
  readonly encrypted: boolean;
  /** Bytes that it takes of the room. */
  readonly cost: number;
  readonly standings: Standings;
  /** Sessions that were told of it. */
  readonly told: WeakSet<Member>;
  /** Where its maker is now, or until when it is expected back, in ms. */
  maker: Member | { until: number };
  /** Peers whose answers the maker has missed. */
  readonly missed: Set<string>;
}

/** Offers of one peer: more than anybody would look through. */
const mostOfOnePeer = 100;
/** Bytes of all offers: whoever joins is told of them at once, and must be able to take that in. */
const room = 2 * limits.queuedBytes;
/** Bytes that an offer takes at least. */
const leastCost = 2048;
/** Bytes of randomness in the id of an offer: only those who were told of it can answer it. */
const idBytes = 16;

/** What peers offer to everybody, and what becomes of it. */
export class Offers {
  readonly #roster: Pick<Roster, "online">;
  readonly #now: () => number;
  readonly #offers = new Map<string, Offer>();

  /** @param now milliseconds of the tracker's clock */
  constructor(roster: Pick<Roster, "online">, now: () => number) {
    this.#roster = roster;
    this.#now = now;
  }

  /**
   * Offers a file, which the session has to share, to everybody who is here or joins later. The
   * same content again is the same offer, also after its maker was away; then it is told what it
   * has missed.
   *
   * @returns the id of the offer
   * @throws {LanyardError} `too-many`.
   */
  offer(maker: Member, file: Request<"OFFER">["file"], message: string): string {
    const known = this.#madeBefore(maker, file);
    if (known !== undefined) return this.#resume(known, maker);
    const id = encodeBase64Url(crypto.getRandomValues(new Uint8Array(idBytes)));
    const { peer: from, name } = maker;
    const offered = { verb: "OFFERED", offer: id, from, name, file, message } as const;
    const cost = Math.max(leastCost, utf8Length(JSON.stringify(offered)));
    this.#makeRoom(maker, cost);
    const offer: Offer = {
      id,
      content: file,
      offered,
      encrypted: maker.ends.encrypted,
      cost,
      standings: new Standings(file.size),
      told: new WeakSet(),
      maker,
      missed: new Set(),
    };
    this.#offers.set(id, offer);
    this.#tellAll(offer);
    return id;
  }

  /**
   * Takes a session's answer and tells it to whoever made the offer.
   *
   * @throws {LanyardError} `not-found` if there is no such offer for it, `order`, `too-many`.
   */
  answer(by: Member, { offer: id, answer, verified }: Request<"ANSWER">): void {
    const offer = this.#offers.get(id);
    if (offer === undefined || !isFor(offer, by)) {
      throw new LanyardError("not-found", "There is no such offer, or it is over");
    }
    this.#tell(offer, offer.standings.take(by, answer, verified, this.#now()));
  }

  /** Tells a session that has just joined what is offered. */
  welcome(newcomer: Member): void {
    for (const offer of this.#offers.values()) {
      if (isAway(offer.maker)) continue; // Newcomers are told when it is back.
      if (this.#present(offer, newcomer)) report(offer, offer.maker, newcomer, "offered");
    }
  }

  /**
   * A session has ended: what it was about to fetch has failed, and its own offers are over.
   *
   * @param until when it is given up, in ms, if it is expected back; until then they wait for it
   */
  leave(member: Member, until?: number): void {
    for (const offer of this.#offers.values()) {
      if (offer.maker !== member) this.#tell(offer, offer.standings.leave(member));
      else if (until === undefined) this.#offers.delete(offer.id);
      else offer.maker = { until };
    }
  }

  /** A session's files have changed: what it does not share any more waits until it does. */
  async recheck(maker: Member, shares: (content: Content) => Promise<boolean>): Promise<void> {
    const until = this.#now() + limits.leaseSeconds * 1000;
    for (const offer of [...this.#offers.values()].filter((one) => one.maker === maker)) {
      const isShared = await shares(offer.content);
      if (offer.maker === maker && !isShared) offer.maker = { until };
    }
  }

  /** Ends the offers of a peer that is not expected back any more. */
  giveUp(peer: string): void {
    for (const offer of this.#offers.values()) {
      if (offer.offered.from === peer && isAway(offer.maker)) this.#offers.delete(offer.id);
    }
  }

  /** Ends the offers whose makers did not come back in time. */
  expire(): void {
    const now = this.#now();
    for (const { id, maker } of this.#offers.values()) {
      if (isAway(maker) && maker.until <= now) this.#offers.delete(id);
    }
  }

  /** The same offer, made by this session or by one of its peer that is expected back. */
  #madeBefore(maker: Member, { id, size }: Content): Offer | undefined {
    const same = [...this.#offers.values()].filter(({ content, offered }) =>
      content.id === id && content.size === size && offered.from === maker.peer
    );
    return same.find((offer) => offer.maker === maker) ??
      same.find((offer) => isAway(offer.maker));
  }

  /** Goes on with an offer; a maker that was away is told what it has missed. */
  #resume(offer: Offer, maker: Member): string {
    offer.maker = maker;
    const missed = [...offer.missed];
    offer.missed.clear();
    for (const peer of missed) {
      const standing = offer.standings.get(peer);
      if (standing !== undefined) report(offer, maker, standing.by, standing.answer);
    }
    this.#tellAll(offer);
    return offer.id;
  }

  /** Those that wait for their makers give way to a new one. */
  #makeRoom(maker: Member, cost: number): void {
    const offers = [...this.#offers.values()];
    const own = offers.filter(({ offered }) => offered.from === maker.peer);
    let taken = offers.reduce((sum, offer) => sum + offer.cost, 0);
    for (const offer of offers) {
      if (taken + cost <= room) break;
      if (!isAway(offer.maker)) continue;
      this.#offers.delete(offer.id);
      taken -= offer.cost;
    }
    if (own.length >= mostOfOnePeer || taken + cost > room) {
      throw new LanyardError("too-many", "There are too many offers here; end some of them first");
    }
  }

  /** Tells everybody of an offer who was not told yet, and its maker who that is. */
  #tellAll(offer: Offer): void {
    const { maker } = offer;
    if (isAway(maker)) return;
    const peers = new Set<string>();
    for (const member of this.#roster.online()) {
      if (!this.#present(offer, member) || peers.has(member.peer)) continue;
      peers.add(member.peer);
      report(offer, maker, member, "offered");
    }
  }

  /** Tells a session of an offer, if it is to be told; says whether its maker should know. */
  #present(offer: Offer, to: Member): boolean {
    const { answer } = offer.standings.get(to.peer) ?? {};
    const isTold = to.offers && to.dialect === "version-2" && isFor(offer, to) &&
      answer !== "done" && !offer.told.has(to);
    if (!isTold) return false;
    offer.told.add(to);
    to.push(offer.offered);
    return answer === undefined;
  }

  /** Tells the maker of an offer, or keeps for it what it misses; of that progress is no part. */
  #tell(offer: Offer, news: News | undefined): void {
    if (news === undefined) return;
    const { standing: { by, answer, verified }, isProgress } = news;
    if (!isAway(offer.maker)) report(offer, offer.maker, by, answer, verified);
    else if (!isProgress) offer.missed.add(by.peer);
  }
}

/** Whether a session may know of an offer: one without encryption cannot reach an encrypted peer. */
function isFor({ offered, encrypted }: Offer, { peer, ends }: Member): boolean {
  return peer !== offered.from && (ends.encrypted || !encrypted);
}

function isAway(maker: Offer["maker"]): maker is { until: number } {
  return "until" in maker;
}

/** Tells the maker of an offer what becomes of it at a peer; the tracker says who and where it is. */
function report(
  { id }: Offer,
  maker: Member,
  { peer, name, ends, port }: Member,
  answer: Answer | "offered",
  verified?: number,
): void {
  maker.push({
    verb: "ANSWERED",
    offer: id,
    peer,
    name,
    address: addressFor(ends.remote, maker.ends),
    port,
    answer,
    ...(verified === undefined ? {} : { verified }),
  });
}
