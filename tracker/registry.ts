import { limits, type SharedFile, type SharePath, type TrackerRequest } from "../shared/mod.ts";
import type { LeaveReason } from "./events.ts";
import type { FileIndex, Holder } from "./index/mod.ts";
import { randomId, type TrackerOptions } from "./options.ts";
import { type Member, Roster } from "./roster.ts";

type Hello = Extract<TrackerRequest, { verb: "HELLO" }>;

/** What all sessions share: who is here, what they share, and the rules of joining and leaving. */
export class Registry {
  readonly options: TrackerOptions;
  readonly index: FileIndex;
  readonly roster = new Roster();
  /** Tells cursors of this run from those of an earlier one under the same id. */
  readonly run = randomId();
  readonly #onAccepted: (member: Member) => void;
  #holders = 0;

  /** @param onAccepted told once for each session that becomes a member. */
  constructor(options: TrackerOptions, index: FileIndex, onAccepted: (member: Member) => void) {
    this.options = options;
    this.index = index;
    this.#onAccepted = onAccepted;
  }

  /** Greets a session; `known` says that it continues one whose files the tracker still has. */
  join(
    { name, port, digest }: Hello,
    connection: Pick<Member, "dialect" | "ends" | "push" | "replace">,
  ): { member: Member; known: boolean } {
    const lost = digest === undefined
      ? undefined
      : this.roster.reclaim(digest, connection.ends.remote, port);
    const member: Member = {
      ...connection,
      name,
      port,
      holder: lost?.holder ?? this.#nextHolder(),
      peer: lost?.peer ?? randomId(),
      // Taken for granted until the tracker has tried.
      reachable: port !== 0,
      accepted: false,
      ...(lost?.digest === undefined ? {} : { digest: lost.digest }),
    };
    this.roster.join(member);
    const known = lost !== undefined;
    const { remote: address } = connection.ends;
    this.options.onEvent({ event: "joined", peer: member.peer, name, address, port, known });
    if (known) this.index.show(member.holder);
    // A lost session comes back as what it was: one that shared nothing is still no member.
    if (lost?.accepted || this.options.open) this.#accept(member);
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
    // From here until the next SHARED nobody can say what the list holds.
    delete member.digest;
    await this.index.put(member.holder, files, most);
    if (port !== undefined && port !== member.port) {
      member.port = port;
      member.reachable = port !== 0;
    }
    if (files.length > 0 && !member.accepted) this.#accept(member);
  }

  /** Takes files of a session back. */
  async withdraw(member: Member, paths: readonly SharePath[]): Promise<void> {
    delete member.digest;
    await this.index.remove(member.holder, paths);
  }

  #accept(member: Member): void {
    member.accepted = true;
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
      this.roster.lose(member, this.options.clock.now() + limits.leaseSeconds * 1000);
    } else {
      this.roster.leave(holder);
      await this.index.drop(holder);
    }
  }

  /** Forgets the sessions that did not come back in time. */
  async expire(): Promise<void> {
    for (const holder of this.roster.expire(this.options.clock.now())) {
      await this.index.drop(holder);
    }
  }

  #nextHolder(): Holder {
    return this.#holders++;
  }
}
