import { LanyardError, nameOf } from "../../shared/mod.ts";
import type { Wanted } from "../download/wanted.ts";
import type { Asked } from "../tracker_client/mod.ts";
import type { OfferedPush } from "./describe.ts";

/** What we do about a file that is offered. */
export type Decision = "open" | "declined" | "taking" | "done" | "failed";

/** What the tracker is told for each decision, in this order, so that each can follow the other. */
const answersFor = {
  open: [],
  declined: ["declined"],
  taking: ["accepted"],
  done: ["accepted", "done"],
  failed: ["failed"],
} as const;

/** Milliseconds between two reports of progress: nobody looks more often. */
const progressEvery = 1000;

/**
 * One file that is offered to us, maybe by several peers or again after a connection was lost, and
 * what we do about it: each offer of it is answered alike.
 */
export class Intake {
  /** The offer that it began with. */
  readonly offer: OfferedPush;
  readonly wanted: Wanted;
  readonly #tracker: Pick<Asked, "request">;
  /** Offers of it that the tracker knows. */
  readonly #offers = new Set<string>();
  /** Peers that offer it. */
  readonly #makers = new Set<string>();
  #decision: Decision = "open";
  #verified = 0;
  #toldAt = -Infinity;

  constructor(offer: OfferedPush, tracker: Pick<Asked, "request">) {
    const { file: { id, size, modified } } = offer;
    this.offer = offer;
    this.wanted = { id, size, modified, executable: false };
    this.#tracker = tracker;
    this.#offers.add(offer.offer);
    this.#makers.add(offer.from);
  }

  /** The name of the file. */
  get name(): string {
    return nameOf(this.offer.file.path);
  }

  get decision(): Decision {
    return this.#decision;
  }

  /** Whether anybody offers it still, as far as we were told. */
  get isOffered(): boolean {
    return this.#offers.size > 0;
  }

  /** The file is offered again; returns whether that is by somebody new. */
  async add({ offer, from }: OfferedPush): Promise<boolean> {
    const isNew = !this.#makers.has(from);
    this.#offers.add(offer);
    this.#makers.add(from);
    await this.#tell(offer);
    return isNew;
  }

  /** Decides, and tells those who offer the file. */
  async decide(decision: Decision): Promise<void> {
    this.#decision = decision;
    await this.#tellAll();
  }

  /**
   * So much has come.
   *
   * @param now milliseconds of a clock that does not go back
   */
  progress(verified: number, now: number): void {
    this.#verified = verified;
    if (this.#decision !== "taking" || now - this.#toldAt < progressEvery) return;
    this.#toldAt = now;
    void this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    await Promise.all([...this.#offers].map((offer) => this.#tell(offer)));
  }

  async #tell(offer: string): Promise<void> {
    for (const answer of answersFor[this.#decision]) {
      const verified = answer === "accepted" && this.#verified > 0
        ? { verified: this.#verified }
        : {};
      try {
        await this.#tracker.request({ verb: "ANSWER", offer, answer, ...verified });
      } catch (error) {
        if (!(error instanceof LanyardError)) throw error;
        // Without a connection nothing can be said; when it is back, the offer comes again. What the
        // tracker does not want to hear changes nothing for the file.
        if (error.code === "not-found") this.#offers.delete(offer);
      }
    }
  }
}
