import { LanyardError, printable } from "../../shared/mod.ts";
import { describeDone } from "../download/outcome_text.ts";
import { makerOf, offerEvent, offerSummary } from "../offers/describe.ts";
import type { Intake } from "../offers/intake.ts";
import type { ReceiverEvents, ReceiverOptions } from "../offers/receiver.ts";
import { unlessInterrupted } from "./finding.ts";
import { isNumber } from "./numbered.ts";
import type { ShellParts } from "./parts.ts";
import type { Transfer } from "./transfers.ts";

/** Takes offers from the tracker until it is closed; a `Receiver`. */
export type OpenReceiver = (
  decide: ReceiverOptions["decide"],
  events: ReceiverEvents,
) => Promise<void>;

/** A file that somebody offers to everybody, and what was decided about it. */
interface Offer {
  intake: Intake;
  state: "open" | "accepted" | "declined" | "done" | "failed";
  answer: PromiseWithResolvers<boolean>;
  transfer?: Transfer;
}

/** What others offer to everybody, numbered in the order in which it came. */
export class Offers {
  readonly #parts: ShellParts;
  readonly #open: OpenReceiver;
  readonly #offers: Offer[] = [];
  #opened: Promise<void> | undefined;
  /** Rejects while the tracker is away. */
  #trouble = Promise.withResolvers<never>();

  /** @param open begins to take offers; called when there is the first one, or somebody looks */
  constructor(parts: ShellParts, open: OpenReceiver) {
    this.#parts = parts;
    this.#open = open;
  }

  /** Somebody has offered something: from now on the tracker is asked for all that there is. */
  heed(): void {
    this.#start().catch((error) => {
      if (!(error instanceof LanyardError)) throw error;
      this.#parts.output.note(error.message);
    });
  }

  /** Shows what is offered, and what was decided about it. */
  async show(): Promise<void> {
    const { console, output } = this.#parts;
    await unlessInterrupted(console, Promise.race([this.#start(), this.#trouble.promise]));
    if (this.#offers.length === 0) output.note("Nobody has offered anything yet.");
    for (const [at, { intake: { offer }, state }] of this.#offers.entries()) {
      output.result(
        { ...offerEvent(offer), number: at + 1, state },
        () => `${String(at + 1).padStart(3)}  ${offerSummary(offer)}  ${state}`,
      );
    }
  }

  /** Decides about an offer by its number, or about the only one that is open. */
  decide(words: readonly string[], isWanted: boolean): void {
    const { output, transfers } = this.#parts;
    const offer = this.#chosen(words[0]);
    const { name, wanted: { size } } = offer.intake;
    offer.state = isWanted ? "accepted" : "declined";
    if (isWanted) {
      offer.transfer = transfers.begin(name, 1, size);
      output.note(`${offer.transfer.number}. Copying ${transfers.what(offer.transfer)}`);
    } else output.note(`${printable(name)} is not taken.`);
    offer.answer.resolve(isWanted);
  }

  /** Begins to take offers; the tracker then tells of those that there are already. */
  #start(): Promise<void> {
    this.#opened ??= this.#open(({ file }) => this.#decision(file), this.#events());
    return this.#opened;
  }

  #chosen(typed: string | undefined): Offer {
    const open = this.#offers.filter(({ state }) => state === "open");
    const [only] = open;
    if (typed === undefined && only !== undefined && open.length === 1) return only;
    const offer = typed !== undefined && isNumber(typed)
      ? this.#offers[Number(typed) - 1]
      : undefined;
    if (offer?.state === "open") return offer;
    throw new LanyardError(
      offer === undefined ? "not-found" : "usage",
      offer === undefined
        ? "There is no offer of that number; to see what there is, type: offers"
        : `That offer is ${offer.state} already; to see what there is, type: offers`,
    );
  }

  /** What is decided about a file: what somebody types, whenever that is. */
  async #decision({ id, size }: { id: string; size: number }): Promise<boolean | undefined> {
    const offer = this.#offers.findLast(({ intake: { wanted } }) =>
      wanted.id === id && wanted.size === size
    );
    return await offer?.answer.promise;
  }

  #events(): ReceiverEvents {
    const { notify, output, transfers } = this.#parts;
    const end = (intake: Intake, state: Offer["state"], reason?: string): Offer | undefined => {
      const offer = this.#offers.findLast((one) => one.intake === intake);
      if (offer === undefined) return undefined;
      offer.state = state;
      if (offer.transfer !== undefined) transfers.end(offer.transfer, reason);
      return offer;
    };
    return {
      offered: (intake) => this.#add(intake),
      declined: () => {},
      progress: (intake, verified) => {
        const transfer = this.#offers.findLast((one) => one.intake === intake)?.transfer;
        if (transfer !== undefined) transfers.progress(transfer, verified);
      },
      done: (intake, outcome, seconds) => {
        const { id, size } = intake.wanted;
        const transfer = end(intake, "done")?.transfer?.number;
        notify(`${intake.name} has come`);
        output.result(
          { event: "done", transfer, ...outcome, size, id, seconds },
          () => describeDone(outcome, size, seconds),
        );
      },
      failed: (intake, { code, message }) => {
        const transfer = end(intake, "failed", message)?.transfer?.number;
        notify(`${intake.name} did not come`);
        output.event(
          { event: "error", transfer, code, message },
          () => `${intake.name} did not come: ${message}`,
        );
      },
      waiting: () => {},
      sourceLost: () => {},
      retrying: ({ name, offer }, { message }, seconds) =>
        output.note(
          `${name} from ${makerOf(offer)}: ${message}; trying again in ${seconds} s`,
        ),
      idle: () => {},
      trouble: (message) => {
        this.#trouble.promise.catch(() => {}); // Whoever looks at the offers now is told.
        this.#trouble.reject(new LanyardError("unreachable", message));
        this.#trouble = Promise.withResolvers();
      },
    };
  }

  #add(intake: Intake): void {
    const { notify, output } = this.#parts;
    const number = this.#offers.push({ intake, state: "open", answer: Promise.withResolvers() });
    notify(offerSummary(intake.offer));
    output.event(
      { ...offerEvent(intake.offer), number },
      () => `${offerSummary(intake.offer)}; to take it, type: accept ${number}`,
    );
  }
}
