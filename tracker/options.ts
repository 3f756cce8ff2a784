import type { Identity } from "../net/mod.ts";
import { limits } from "../shared/mod.ts";
import { admitEverybody, type Admitting } from "./admitting.ts";
import type { TrackerEvent } from "./events.ts";
import type { FileIndex } from "./index/mod.ts";
import { TrackerMetrics } from "./metrics/mod.ts";

/** The tracker's clock and timers, so that tests can move time. */
export interface Clock {
  /** Unix time in ms. */
  now(): number;
  /** Runs `task` every `ms` milliseconds until the returned function is called. */
  every(ms: number, task: () => void): () => void;
}

/** The machine's clock at the start, and from then on one that nobody can set back or forward. */
export const systemClock: Clock = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  every: (ms, task) => {
    const timer = setInterval(task, ms);
    return () => clearInterval(timer);
  },
};

/** What a tracker can be told. */
export interface TrackerOptions {
  /** Address to listen on; `::` is all of IPv6 and IPv4. */
  host: string;
  /** Port for plain connections; 0 takes a free one. There are none if it is `undefined`. */
  port: number | undefined;
  /** Port for encrypted connections, which need an identity; as with `port`. */
  tlsPort: number | undefined;
  /** Port that the operator's requests come in on, if there is one: it is told, not opened. */
  httpPort: number | undefined;
  /** The tracker's label. */
  name: string;
  /** The tracker's id: 64 hex digits. With an identity it is that one's. */
  id: string;
  /** The key that encrypted connections need. */
  identity?: Identity;
  /** Who may join. */
  admission: Admitting;
  /** Whether peers that share nothing are accepted too. */
  open: boolean;
  /** Connections of one address; if missing 64, and any number from this machine itself. */
  maxPerAddress: number | undefined;
  /** Files one version-2 peer may announce. */
  maxFiles: number;
  /** Who shares what; an index in this thread if missing. It ends with the tracker. */
  index?: FileIndex & Partial<AsyncDisposable>;
  /** Files all peers together may announce. */
  maxFilesInTotal: number;
  /** Whether the classic dialect is spoken. */
  classic: boolean;
  /** Seconds without a line after which a version-2 session ends. */
  idleSeconds: number;
  clock: Clock;
  /** Counts what happens. */
  metrics: TrackerMetrics;
  /** Told of everything an operator may want to see. */
  onEvent(event: TrackerEvent): void;
}

/** 64 random hex digits: an id for a peer or tracker that has no key. */
export function randomId(): string {
  return Array.from(
    crypto.getRandomValues(new Uint8Array(32)),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** The options of a tracker that is told nothing. */
export function defaultTrackerOptions(): TrackerOptions {
  return {
    host: "::",
    port: 0,
    tlsPort: undefined,
    httpPort: undefined,
    name: "tracker",
    id: randomId(),
    admission: admitEverybody,
    open: false,
    maxPerAddress: undefined,
    maxFiles: limits.filesPerPeer,
    maxFilesInTotal: limits.filesInTotal,
    classic: true,
    idleSeconds: limits.idleSeconds,
    clock: systemClock,
    metrics: new TrackerMetrics(),
    onEvent: () => {},
  };
}
