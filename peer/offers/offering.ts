import { LanyardError, type SharedFile } from "../../shared/mod.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import { type Answered, Roll } from "./roll.ts";

/** A file that is offered. */
export interface Offered {
  path: SharedFile["path"];
  size: number;
  modified: number;
  id: string;
}

/** What an offering tells. */
export interface OfferingEvents {
  /** The tracker tells everybody of the file, the first time or after it had changed. */
  offered(file: Offered, offer: string): void;
  /** A peer was told, or answered, or is further than it was. */
  answered(file: Offered, answered: Answered, news: "answer" | "progress"): void;
  /** The tracker does not take the offer. */
  refused(error: LanyardError): void;
}

/** Answers that may come before the tracker has said how the offer is called. */
const mostEarly = 10_000;

/** One file that is offered to everybody, again whenever the tracker or the file has changed. */
export class Offering {
  readonly #message: string;
  readonly #events: OfferingEvents;
  #file: Offered | undefined;
  #roll = new Roll();
  /** What the tracker calls offers of the file, as it is now. */
  readonly #offers = new Set<string>();
  #early: Answered[] = [];

  /** @param message what is told beside the file */
  constructor(message: string, events: OfferingEvents) {
    this.#message = message;
    this.#events = events;
  }

  /** Who was told of the file as it is now, and what became of it. */
  get roll(): Roll {
    return this.#roll;
  }

  /** The file that is offered, as it is now. */
  get file(): Offered | undefined {
    return this.#file;
  }

  /** The tracker has been told that we share these files; there is one at most. */
  async announced(
    client: Pick<TrackerClient, "request">,
    files: readonly SharedFile[],
  ): Promise<void> {
    const [shared] = files;
    if (shared?.id === undefined) return;
    const { path, size, modified, id } = shared;
    const file = { path, size, modified, id };
    const message = this.#message === "" ? {} : { message: this.#message };
    try {
      const { offer = "" } = await client.request({ verb: "OFFER", file, ...message });
      this.#begin(file, offer);
    } catch (error) {
      if (!(error instanceof LanyardError)) throw error;
      // Whoever is not connected any more, or has changed the file, will announce it again.
      if (!["closed", "timeout", "not-found"].includes(error.code)) this.#events.refused(error);
    }
  }

  /** Takes what the tracker says of an answer. */
  heard(answered: Answered): void {
    if (this.#offers.has(answered.offer)) this.#take(answered);
    else if (this.#early.length < mostEarly) this.#early.push(answered);
  }

  #begin(file: Offered, offer: string): void {
    const isSame = this.#file?.id === file.id && this.#file.size === file.size;
    if (!isSame) {
      this.#roll = new Roll();
      this.#offers.clear();
    }
    this.#file = file;
    this.#offers.add(offer);
    if (!isSame) this.#events.offered(file, offer);
    for (const answered of this.#early.splice(0)) {
      if (answered.offer === offer) this.#take(answered);
    }
  }

  #take(answered: Answered): void {
    const news = this.#roll.take(answered);
    if (news !== "none" && this.#file !== undefined) {
      this.#events.answered(this.#file, answered, news);
    }
  }
}
