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
  counts(): Counts;
  /** Every session that is greeted now. */
  online(): OnlineSession[];
  /**
   * Ends all sessions of a peer, takes out their files, also those that wait for its return, and
   * tells everybody else to end theirs with it.
   */
  expel(peer: string): void;
}
