import type { Holder } from "./file_index.ts";

/** What a tracker has to say of one of its sessions. */
export interface Described {
  holder: Holder;
  /** The peer whose session it is. */
  peer: string;
  /** Everything else; trackers understand it, an index does not. */
  text: string;
}

/** The same with what the session holds. */
export interface DescribedHolding extends Described {
  files: number;
  bytes: number;
}

/** What trackers whose files are in one index tell each other about their sessions. */
export interface Commons {
  /** Where this tracker and the database are, as the database sees them. */
  readonly addresses: { ours: string; database: string };
  /** A number for a session, which no tracker gives to another one. */
  nextHolder(): Holder;
  /** Says what others are to know of a session of ours; what is said last counts. */
  describe(session: Described): void;
  /** What other trackers say of these sessions, as far as anybody may see them. */
  described(holders: readonly Holder[]): Promise<Described[]>;
  /** What other trackers say of the sessions of a peer; of all their sessions without one. */
  others(peer?: string): Promise<DescribedHolding[]>;
  /**
   * Has somebody told when what our sessions have announced is lost, because this tracker was taken
   * for dead: they have to end, and everything is to be announced again.
   */
  onLost(lost: () => void): void;
}
