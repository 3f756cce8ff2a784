import { LanyardError, type TrackerRequest } from "../shared/mod.ts";
import type { Member } from "./roster.ts";

/** What a peer may answer to an offer. */
export type Answer = Extract<TrackerRequest, { verb: "ANSWER" }>["answer"];

/** The answer of one peer that stands. */
export interface Standing {
  answer: Answer;
  /** Bytes that had come and were verified when it was last told. */
  verified?: number;
  /** The session that gave it. */
  by: Member;
}

/** What is worth telling: the answer that stands now, and whether only its progress is new. */
export interface News {
  standing: Standing;
  isProgress: boolean;
}

interface Kept extends Standing {
  /** How often the answer has changed. */
  changes: number;
  /** When its progress was last told, in ms. */
  toldAt: number;
}

/** Answers that may follow each one; before the first there is `none`. */
const followers: Record<Answer | "none", ReadonlySet<Answer>> = {
  none: new Set(["accepted", "declined"]),
  accepted: new Set(["declined", "done", "failed"]),
  declined: new Set(["accepted"]),
  failed: new Set(["accepted", "declined"]),
  done: new Set(),
};

/** Times that a peer may change its answer: who hesitates more is out to fill somebody's records. */
const mostChanges = 100;
/** Peers that may answer one offer: more than a tracker has, and what one without a key invents. */
const mostPeers = 10_000;
/** Milliseconds between two reports of one peer's progress: nobody sees more. */
const progressEvery = 250;

/** What becomes of one offer at each peer. */
export class Standings {
  readonly #size: number;
  readonly #kept = new Map<string, Kept>();

  /** @param size bytes of the offered file */
  constructor(size: number) {
    this.#size = size;
  }

  /** The answer of a peer that stands. */
  get(peer: string): Standing | undefined {
    return this.#kept.get(peer);
  }

  /**
   * Takes an answer.
   *
   * @param by the session that gives it
   * @param verified bytes that have come, as the session says
   * @param now milliseconds
   * @returns what stands now, if that is worth telling: no answer that was given before, nor
   * progress that is none, cannot be, or comes too often.
   * @throws {LanyardError} `order` if it cannot follow the one before, `too-many`.
   */
  take(
    by: Member,
    answer: Answer,
    verified: number | undefined,
    now: number,
  ): News | undefined {
    const before = this.#kept.get(by.peer);
    const said = verified === undefined || verified > this.#size ? {} : { verified };
    if (before?.answer === answer) {
      before.by = by; // A session that came later goes on where another one was.
      if (answer !== "accepted" || !isProgress(before, said, now)) return undefined;
      Object.assign(before, said, { toldAt: now });
      return { standing: before, isProgress: true };
    }
    if (!followers[before?.answer ?? "none"].has(answer)) {
      throw new LanyardError("order", `"${answer}" cannot follow what was answered before`);
    }
    const changes = (before?.changes ?? 0) + 1;
    if (changes > mostChanges || (before === undefined && this.#kept.size >= mostPeers)) {
      throw new LanyardError("too-many", "This offer was answered too often");
    }
    const standing = { answer, ...said, by, changes, toldAt: now };
    this.#kept.set(by.peer, standing);
    return { standing, isProgress: false };
  }

  /** A session has ended: what it accepted and did not complete has failed. */
  leave(by: Member): News | undefined {
    const standing = this.#kept.get(by.peer);
    if (standing?.by !== by || standing.answer !== "accepted") return undefined;
    standing.answer = "failed";
    delete standing.verified;
    return { standing, isProgress: false };
  }
}

function isProgress(before: Kept, { verified }: { verified?: number }, now: number): boolean {
  return verified !== undefined && verified > (before.verified ?? 0) &&
    now - before.toldAt >= progressEvery;
}
