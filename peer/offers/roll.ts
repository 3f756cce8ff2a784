import type { TrackerPush } from "../../shared/mod.ts";

/** What the tracker says becomes of an offer at a peer. */
export type Answered = Extract<TrackerPush, { verb: "ANSWERED" }>;

/** A peer that was told of an offer, and what has become of it there. */
export interface Entry {
  readonly peer: string;
  readonly name: string;
  readonly address: string;
  /** Where it serves files; 0 if nowhere, or the tracker does not say. */
  readonly port: number;
  readonly answer: Answered["answer"];
  /** Verified bytes that it has. */
  readonly verified: number;
}

/** What an answer is: one that is worth keeping, only progress, or nothing new. */
export type News = "answer" | "progress" | "none";

/** Who was told of an offer, in the order in which they were, and what each has answered. */
export class Roll {
  readonly #entries = new Map<string, Entry>();

  /**
   * Takes what the tracker said; it may say the same again after a connection was lost.
   *
   * @returns what it is, beside what is known
   */
  take({ peer, name, address, port = 0, answer, verified }: Answered): News {
    const before = this.#entries.get(peer);
    // Whoever has the file has it, and whoever answered was told.
    if (before?.answer === "done" || (before !== undefined && answer === "offered")) return "none";
    const isSame = before?.answer === answer;
    const known = isSame ? before.verified : 0;
    const entry = { peer, name, address, port, answer, verified: Math.max(known, verified ?? 0) };
    this.#entries.set(peer, entry);
    // Of whom progress is the first that is heard, the answer came to an earlier run of ours.
    const isUnderWay = answer === "accepted" && entry.verified > 0 &&
      (before === undefined || before.answer === "offered");
    if (!isSame && !isUnderWay) return "answer";
    return entry.verified > known ? "progress" : "none";
  }

  /** Every peer that was told. */
  get entries(): Entry[] {
    return [...this.#entries.values()];
  }

  /** How many peers have that answer. */
  count(answer: Entry["answer"]): number {
    return this.#entries.values().reduce((sum, one) => sum + (one.answer === answer ? 1 : 0), 0);
  }
}
