import {
  type ErrorCode,
  exitCodes,
  type TrackerRequest,
  trackerRequests,
} from "../../shared/mod.ts";
import { type LeaveReason, leaveReasons, type TrackerEvent } from "../events.ts";
import { Histogram } from "./histogram.ts";
import { LastMinute } from "./last_minute.ts";
import { Tally } from "./tally.ts";

type Verb = TrackerRequest["verb"];

/** What the index is asked to do, and takes its time for. */
export const indexOperations = [
  ...["put", "remove", "drop"] as const,
  ...["holds", "search", "list", "sources"] as const,
];
export type IndexOperation = typeof indexOperations[number];

/** Seconds up to which searches are counted together: from a name to a text that is everywhere. */
const searchBounds = [
  ...[0.0005, 0.001, 0.0025, 0.005],
  ...[0.01, 0.025, 0.05],
  ...[0.1, 0.25, 0.5],
  ...[1, 2.5, 5],
];

/**
 * What has happened at a tracker since its start, as numbers: no names, no texts, no addresses.
 * Nothing that remotes say becomes a label, so it never grows.
 */
export class TrackerMetrics {
  readonly #now: () => number;
  /** Seconds from a request to its answer. */
  readonly searches = new Histogram(searchBounds);
  readonly recentSearches: LastMinute;
  readonly requests = new Tally<Verb>(Object.keys(trackerRequests) as Verb[]);
  /** Requests that were answered ERROR, and connections that ended with one. */
  readonly errors = new Tally<ErrorCode>(Object.keys(exitCodes) as ErrorCode[]);
  readonly ended = new Tally<LeaveReason>(leaveReasons);
  readonly indexOperations = new Tally<IndexOperation>(indexOperations);
  /** Seconds. */
  readonly indexTime = new Tally<IndexOperation>(indexOperations);
  announced = 0;
  withdrawn = 0;

  /** @param now milliseconds of a clock that only goes forward, with fractions */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.recentSearches = new LastMinute(now);
  }

  /** Has a request served. It counts whether it is answered or refused. */
  async serve<T>(verb: Verb, work: () => Promise<T>): Promise<T> {
    const start = this.#now();
    try {
      return await work();
    } finally {
      this.requests.add(verb);
      if (verb === "SEARCH") {
        this.searches.observe((this.#now() - start) / 1000);
        this.recentSearches.add();
      }
    }
  }

  /** Has something done by the index. */
  async index<T>(operation: IndexOperation, work: () => Promise<T>): Promise<T> {
    const start = this.#now();
    try {
      return await work();
    } finally {
      this.indexOperations.add(operation);
      this.indexTime.add(operation, (this.#now() - start) / 1000);
    }
  }

  /** Hears of what happens anyway. */
  hear(event: TrackerEvent): void {
    if (event.event === "left") this.ended.add(event.reason);
  }
}
