import { printable } from "../../shared/mod.ts";
import { describeDone } from "../download/outcome_text.ts";
import type { Peer } from "../peer.ts";
import { ReadyOutput } from "../ready_output.ts";
import type { Arrivals } from "./arrivals.ts";
import { makerOf, offerEvent, offerSummary } from "./describe.ts";
import type { Ending } from "./ending.ts";
import type { ReceiverEvents } from "./receiver.ts";

/** What telling of received files needs. */
export interface ReceiveEventsOptions {
  arrivals: Arrivals;
  /** Resolves when programs were told `ready`. */
  ready: Promise<void>;
  ending: Ending;
  /** Whether people are asked, and so read of an offer in the question. */
  asks: boolean;
  idle(): void;
}

/** Tells people and programs what becomes of the files that are offered. */
export function receiveEvents(
  { output, notifier }: Pick<Peer, "output" | "notifier">,
  { arrivals, ready, ending, asks, idle }: ReceiveEventsOptions,
): ReceiverEvents {
  const telling = new ReadyOutput(output, ready);
  return {
    offered: ({ offer }) => {
      notifier.notify(offerSummary(offer));
      telling.event(offerEvent(offer), asks ? undefined : () => offerSummary(offer));
    },
    declined: ({ offer, name, wanted: { id, size } }) => {
      telling.event({ event: "declined", offer: offer.offer, file: name, id, size });
      ending.settle();
    },
    progress: (intake, verified, received) => arrivals.update(intake, verified, received),
    done: (intake, outcome, seconds) => {
      arrivals.settle(intake);
      const { id, size } = intake.wanted;
      notifier.notify(`${intake.name} has come`);
      telling.result(
        { event: "done", ...outcome, size, id, seconds },
        () => describeDone(outcome, size, seconds),
      );
      ending.settle();
    },
    failed: (intake, error) => {
      arrivals.settle(intake);
      const { code, message } = error;
      // What ends the program is said at its end.
      if (!ending.isNext) {
        telling.event(
          { event: "error", code, message, path: intake.name },
          () => `${printable(intake.name)}: ${printable(message)}`,
        );
      }
      ending.settle(error);
    },
    waiting: ({ name }) =>
      telling.event(
        { event: "waiting", path: name },
        () => `${printable(name)} is being downloaded here already; waiting for that to end`,
      ),
    sourceLost: ({ name: path }, { peer, name, address, port }, { code, message }) =>
      telling.event({ event: "source-lost", path, peer, name, address, port, code, message }),
    retrying: ({ name, offer }, { code, message }, seconds) =>
      telling.event(
        { event: "retrying", path: name, code, message, seconds },
        () =>
          `${printable(name)} from ${makerOf(offer)}: ${printable(message)}; ` +
          `trying again in ${seconds} s`,
      ),
    idle,
    trouble: (message) => telling.trouble(message),
  };
}
