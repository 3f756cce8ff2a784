/** How a tracker stands at this moment, as numbers. */
export interface Standing {
  /** Sessions that are greeted, by what is spoken there. */
  sessions: { encrypted: number; plain: number; classic: number };
  /** Sessions that were lost, and whose files wait for their return. */
  lost: number;
  /** Sessions that share, and so may search. */
  members: number;
  /** Files that can be found. */
  files: number;
  /** Connections, also of who has said nothing yet. */
  connections: number;
  /** Bytes that wait for remotes to read them. */
  queuedBytes: number;
  /** Connections, since the start, that there was no place for. */
  turnedAway: number;
  /** Connections, since the start, that were closed because they were silent and others came. */
  sentAway: number;
}

/** How the program stands. */
export interface ProgramStanding {
  version: string;
  /** Seconds since the start. */
  uptime: number;
  /** Bytes of memory. */
  memory: number;
}
