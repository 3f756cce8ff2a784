import type { Finder } from "../finder.ts";
import type { Standing, TrackerMetrics } from "../metrics/mod.ts";

/** A session as an operator can name it. */
export interface OnlineSession {
  /** The peer's id: 64 hex digits. */
  peer: string;
  name: string;
  address: string;
}

/** How much is going on. */
export interface Counts {
  /** Sessions that are greeted now. */
  sessions: number;
  /** Those of them that share, and so may search. */
  members: number;
  /** Files that can be found. */
  files: number;
}

/** What the operator's requests need of a running tracker. */
export interface ControlTarget {
  /** Where plain connections are accepted; nothing if they are not. */
  readonly port: number | undefined;
  /** Where encrypted connections are accepted; nothing if they are not. */
  readonly tlsPort: number | undefined;
  /** What has happened since the start. */
  readonly metrics: TrackerMetrics;
  /** What is here, as it is seen from this machine. */
  readonly finder: Pick<Finder, "search" | "peers">;
  counts(): Counts;
  /** How everything stands at this moment. */
  standing(): Standing;
  /**
   * Has the index answer something.
   *
   * @throws {LanyardError} `closed` if the tracker is ending; what the index throws if it has failed.
   */
  check(): Promise<void>;
  /** Every session that is greeted now. */
  online(): OnlineSession[];
  /**
   * Ends all sessions of a peer, takes out their files, also those that wait for its return, and
   * tells everybody else to end theirs with it.
   */
  expel(peer: string): void;
}
