import {
  issueTicket,
  LanyardError,
  limits,
  reasonOf,
  type SharedFile,
  type SharePath,
  ticketLife,
  type TrackerRequest,
} from "../shared/mod.ts";
import { Calls } from "./calls.ts";
import type { LeaveReason } from "./events.ts";
import type { DescribedHolding, FileIndex, Holder } from "./index/mod.ts";
import { Offers } from "./offers.ts";
import { randomId, type TrackerOptions } from "./options.ts";
import { type Member, Roster } from "./roster.ts";
import { readNote, writeNote } from "./session_note.ts";
import { describeMember, readStranger, type Stranger } from "./stranger.ts";

type Hello = Extract<TrackerRequest, { verb: "HELLO" }>;

/** What all sessions share: who is here, what they share, and the rules of joining and leaving. */
export class Registry {
  readonly options: TrackerOptions;
  readonly index: FileIndex;
  readonly roster = new Roster();
  readonly calls: Calls;
  readonly offers: Offers;
  /** Tells cursors of this run from those of an earlier one under the same id. */
  readonly run = randomId();
  readonly #onAccepted: (member: Member) => void;
  /** When peers were put out whose last tickets may not have expired yet; the earliest first. */
  readonly #revoked = new Map<string, number>();
  #holders = 0;

  /** @param onAccepted told once for each session that becomes a member. */
  constructor(options: TrackerOptions, index: FileIndex, onAccepted: (member: Member) => void) {
    this.options = options;
    this.index = index;
    this.#onAccepted = onAccepted;
    // A restart makes no ticket good again that was void before it.
    const { admission, clock } = options;
    for (const { peer, at } of admission.bannedSince(clock.now() - ticketLife)) {
      this.#revoked.set(peer, at);
    }
    this.calls = new Calls(this.roster, () => options.clock.now());
    this.offers = new Offers(this.roster, () => options.clock.now());
    this.#expectRestored();
    index.commons?.onLost(() => {
      this.#startOver().catch((error) => this.#report(error));
    });
  }

  /** The peers that an earlier run knew have as long to come back as those that are lost. */
  #expectRestored(): void {
    for (const { holder, note } of this.index.restored) {
      this.#holders = Math.max(this.#holders, holder + 1);
      const member = readNote(note, holder);
      if (member !== undefined) this.roster.lose(member, this.#leaseEnd());
      else this.index.drop(holder).catch((error) => this.#report(error));
    }
  }

  /**
   * Makes a session known; the second value says that it continues one whose files the tracker
   * still has.
   *
   * @param key the id that the peer has proven; missing without encryption
   */
  join(
    { name, port, digest, offers = true, inbox = false }: Hello,
    connection: Pick<Member, "dialect" | "ends" | "push" | "replace">,
    key?: string,
  ): { member: Member; known: boolean } {
    const lost = digest === undefined
      ? undefined
      : this.roster.reclaim({ digest, port }, connection.ends, key);
    const member: Member = {
      ...connection,
      name,
      port,
      holder: lost?.holder ?? this.#nextHolder(),
      peer: key ?? lost?.peer ?? randomId(),
      // Taken for granted until the tracker has tried.
      reachable: port !== 0,
      accepted: false,
      offers,
      inbox,
      ...(lost?.digest === undefined ? {} : { digest: lost.digest }),
    };
    const isAccepted = key !== undefined &&
      this.roster.sessionsOf(key).some(({ accepted }) => accepted);
    if (lost !== undefined) this.offers.leave(lost, this.#leaseEnd());
    this.roster.join(member);
    this.describe(member);
    if (connection.ends.encrypted) {
      this.index.markEncrypted(member.holder);
      this.#tellRevoked(member);
    }
    const known = lost !== undefined;
    const { remote: address } = connection.ends;
    this.options.onEvent({ event: "joined", peer: member.peer, name, address, port, known });
    if (known) this.index.show(member.holder);
    // A lost session comes back as what it was: one that shared nothing is still no member. What a
    // peer with a key has earned counts for all its sessions.
    if (lost?.accepted || isAccepted || this.options.open) this.#accept(member);
    this.offers.welcome(member);
    return { member, known };
  }

  /**
   * Adds files of a session, which makes it a member, and moves it to the port they are served on.
   *
   * @throws {LanyardError} `too-many`, and nothing has changed.
   */
  async announce(member: Member, files: readonly SharedFile[], port?: number): Promise<void> {
    const { maxFiles } = this.options;
    const most = member.dialect === "classic" ? Math.min(limits.classicFiles, maxFiles) : maxFiles;
    const { digest } = member;
    // From here until the next SHARED nobody can say what the list holds.
    delete member.digest;
    try {
      await this.index.put(member.holder, files, most);
    } catch (error) {
      const isRefused = error instanceof LanyardError && error.code === "too-many";
      if (isRefused && digest !== undefined) member.digest = digest;
      throw error;
    }
    await this.#recheckOffers(member);
    if (port !== undefined && port !== member.port) {
      member.port = port;
      member.reachable = port !== 0;
      this.describe(member);
    }
    if (files.length > 0 && !member.accepted) this.#accept(member);
  }

  /** Takes note that a session's list is complete, and what the peer calls it. */
  async complete(member: Member, digest: string): Promise<void> {
    member.digest = digest;
    await this.index.note(member.holder, writeNote(member));
  }

  /** Takes files of a session back. */
  async withdraw(member: Member, paths: readonly SharePath[]): Promise<void> {
    delete member.digest;
    await this.index.remove(member.holder, paths);
    await this.#recheckOffers(member);
  }

  /**
   * A new ticket for a member, to be put into an answer, if its last one has been used up by half,
   * or it has none. It is signed, which takes a while, so it is not made for every answer.
   */
  ticketDue(member: Member): { ticket?: string } {
    const { identity, clock } = this.options;
    const now = clock.now();
    const isFresh = now - (member.ticketIssued ?? -Infinity) < ticketLife / 2;
    // A request may be under way while its session is put out.
    const isMember = member.accepted && this.roster.get(member.holder) === member;
    if (identity === undefined || !member.ends.encrypted || !isMember || isFresh) return {};
    member.ticketIssued = now;
    const { id: tracker } = identity;
    const ticket = { tracker, peer: member.peer, issued: now, expires: now + ticketLife };
    return { ticket: issueTicket(ticket, (bytes) => identity.sign(bytes)) };
  }

  /** Tells everybody whom tickets protect, now and later, that those of a peer are void. */
  revoke(peer: string): void {
    const at = this.options.clock.now();
    this.#revoked.delete(peer); // What it is set to comes last.
    this.#revoked.set(peer, at);
    for (const member of this.roster.online()) {
      if (member.ends.encrypted) member.push({ verb: "REVOKED", peer, at });
    }
  }

  /** Whoever was not here when a peer was put out would take its last ticket for good. */
  #tellRevoked(member: Member): void {
    const now = this.options.clock.now();
    for (const [peer, at] of this.#revoked) {
      if (now - at < ticketLife) member.push({ verb: "REVOKED", peer, at });
      else this.#revoked.delete(peer);
    }
  }

  #accept(member: Member): void {
    member.accepted = true;
    this.describe(member);
    const { files } = this.index.totals(member.holder);
    this.options.onEvent({ event: "accepted", peer: member.peer, name: member.name, files });
    this.#onAccepted(member);
  }

  /** Takes a session off the list; unless it said BYE, its files wait, hidden, for its return. */
  async leave(member: Member, reason: LeaveReason): Promise<void> {
    const { peer, name, holder } = member;
    this.options.onEvent({ event: "left", peer, name, reason });
    if (reason !== "bye" && member.digest !== undefined) {
      this.index.hide(holder);
      this.roster.lose(member, this.#leaseEnd());
      this.offers.leave(member, this.#leaseEnd());
    } else {
      this.roster.leave(holder);
      this.offers.leave(member);
      // An index that outlasts this run forgets at its next start whoever is not expected back.
      if (reason !== "closing") await this.index.drop(holder);
    }
  }

  /** Puts a peer out: its sessions end, its files are gone, and its tickets are void. */
  async expel(peer: string): Promise<void> {
    this.revoke(peer);
    const sessions = this.roster.sessionsOf(peer);
    for (const member of sessions) {
      delete member.digest; // It is not expected back.
      member.replace();
    }
    this.offers.giveUp(peer);
    await Promise.all([
      ...sessions.map((member) => this.leave(member, "expelled")),
      ...this.roster.giveUp(peer).map((holder) => this.index.drop(holder)),
    ]);
  }

  /** Lets other trackers that share the index know how a session is now. */
  describe(member: Member): void {
    const { commons } = this.index;
    commons?.describe(describeMember(member, commons));
  }

  /** Those of some sessions that other trackers have, as these describe them. */
  async strangers(holders: readonly Holder[]): Promise<Map<Holder, Stranger>> {
    const { commons } = this.index;
    const unknown = [...new Set(holders)].filter((one) => this.roster.get(one) === undefined);
    if (commons === undefined || unknown.length === 0) return new Map();
    const said = await commons.described(unknown);
    return new Map(said.flatMap((one) => {
      const stranger = readStranger(one, commons);
      return stranger === undefined ? [] : [[one.holder, stranger]];
    }));
  }

  /** The sessions of a peer at other trackers; all that these have without one. */
  async others(
    peer?: string,
  ): Promise<(Stranger & Pick<DescribedHolding, "files" | "bytes">)[]> {
    const { commons } = this.index;
    if (commons === undefined) return [];
    return (await commons.others(peer)).flatMap((one) => {
      const stranger = readStranger(one, commons);
      const { files, bytes } = one;
      return stranger === undefined ? [] : [{ ...stranger, files, bytes }];
    });
  }

  /** Forgets who did not come back in time; what fails for one is told, and the others go. */
  async expire(): Promise<void> {
    this.offers.expire();
    const gone = this.roster.expire(this.options.clock.now());
    const dropped = await Promise.allSettled(gone.map((holder) => this.index.drop(holder)));
    for (const one of dropped) if (one.status === "rejected") this.#report(one.reason);
  }

  /** What was announced is lost, so everybody has to come back and do it again. */
  async #startOver(): Promise<void> {
    const sessions = [...this.roster.online()];
    for (const member of sessions) {
      delete member.digest;
      member.replace();
    }
    this.roster.expire(Infinity);
    await Promise.all(sessions.map((member) => this.leave(member, "error")));
  }

  #report(error: unknown): void {
    const message = reasonOf(error);
    this.options.onEvent({ event: "error", code: "internal", message, address: "" });
  }

  async #recheckOffers(member: Member): Promise<void> {
    await this.offers.recheck(member, (content) => this.index.holds(member.holder, content));
  }

  /** Until when a session that is lost now is expected back. */
  #leaseEnd(): number {
    return this.options.clock.now() + limits.leaseSeconds * 1000;
  }

  #nextHolder(): Holder {
    return this.index.commons?.nextHolder() ?? this.#holders++;
  }
}
