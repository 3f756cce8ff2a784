import type { LanyardError } from "../../shared/mod.ts";
import type { Destination } from "../download/destination.ts";
import type { FileModes } from "../download/file_modes.ts";
import type { Outcome } from "../download/transfer.ts";
import type { OfferedPush } from "./describe.ts";
import type { FetchingEvents } from "./fetching.ts";
import type { Intake } from "./intake.ts";

/** What to do with offers. */
export interface ReceiverOptions {
  /** Real path of the folder that files go to. */
  root: string;
  modes: FileModes;
  /** Bytes a second. */
  limitDown?: number | undefined;
  limitUp?: number | undefined;
  /** Whether an offer is decided about only when the one before it is; so it is unless this says no. */
  inTurn?: boolean;
  /**
   * Decides whether a file is taken.
   *
   * @returns nothing if nobody decides: then it is neither taken nor declined.
   * @throws {LanyardError} why it cannot be taken: it is told, and declined.
   */
  decide(offer: OfferedPush, destination: Destination): Promise<boolean | undefined>;
}

/** What becomes of offers; each is about one file. */
export interface ReceiverEvents extends PerIntake<FetchingEvents> {
  offered(intake: Intake): void;
  declined(intake: Intake): void;
  /** A file is in its place. `seconds` from the decision on. */
  done(intake: Intake, outcome: Outcome, seconds: number): void;
  failed(intake: Intake, error: LanyardError): void;
  /** Nothing is being decided about, and nothing is coming. */
  idle(): void;
  /** Something does not work as it should; a sentence for people. */
  trouble(message: string): void;
}

type PerIntake<E> = {
  [K in keyof E]: E[K] extends (...about: infer A) => void ? (intake: Intake, ...about: A) => void
    : never;
};
