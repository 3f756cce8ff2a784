import { isLoopback } from "../../shared/mod.ts";
import type { TrackerNotice } from "./tracker_notice.ts";

/** Where a tracker was seen: the sender of what was heard, never what it says of itself. */
export interface Place {
  /** An address; a link-local one has its zone. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly tlsPort?: number | undefined;
}

/** A tracker that answered, and the places that it answered from, the best one first. */
export interface FoundTracker {
  readonly name: string;
  readonly id: string;
  readonly places: readonly Place[];
}

/** Trackers that are kept at most: nobody looks through more. */
export const mostTrackers = 64;
/** Trackers that one machine may be: several can run on it, hundreds are made up. */
const mostOfOneHost = 8;
/** Places of one tracker: its network cards, over both kinds of IP. */
const mostPlaces = 8;
/** Of these, those of one host: a tracker that has just changed its ports, and not one that is in
 * the way of the real one. */
const mostPlacesOfOneHost = 2;

/**
 * Collects the trackers that answer, each once however often it is heard, and no more than are of
 * use however many somebody makes up. What is looked for displaces what is not.
 */
export class TrackerList {
  readonly #prefers: (notice: TrackerNotice) => boolean;
  readonly #found = new Map<string, { notice: TrackerNotice; places: Place[] }>();
  readonly #hosts = new Map<string, number>();

  /** @param prefers which trackers are looked for */
  constructor(prefers: (notice: TrackerNotice) => boolean = () => false) {
    this.#prefers = prefers;
  }

  /**
   * Takes what a tracker said.
   *
   * @param host where it was heard from
   * @returns whether that was anything new
   */
  add(notice: TrackerNotice, host: string): boolean {
    const key = `${notice.id} ${notice.name}`;
    const known = this.#found.get(key);
    if (known === undefined && !this.#makeRoom(notice, host)) return false;
    const places: Place[] = known?.places ?? [];
    const { port, tlsPort } = notice;
    const isKnown = places.some((one) =>
      one.host === host && one.port === port && one.tlsPort === tlsPort
    );
    const ofHost = places.filter((one) => one.host === host).length;
    if (isKnown || ofHost >= mostPlacesOfOneHost || places.length >= mostPlaces) return false;
    places.push({ host, port, tlsPort });
    if (known === undefined) {
      this.#found.set(key, { notice, places });
      this.#hosts.set(host, (this.#hosts.get(host) ?? 0) + 1);
    }
    return true;
  }

  /** Those that were found, in the order in which they were. */
  get all(): FoundTracker[] {
    return [...this.#found.values()].map(({ notice: { name, id }, places }) => {
      return { name, id, places: places.toSorted((a, b) => distance(a) - distance(b)) };
    });
  }

  /** Whether there is a place for another tracker, or one can be made. */
  #makeRoom(notice: TrackerNotice, host: string): boolean {
    const isPreferred = this.#prefers(notice);
    if (!isPreferred && (this.#hosts.get(host) ?? 0) >= mostOfOneHost) return false;
    if (this.#found.size < mostTrackers) return true;
    if (!isPreferred) return false;
    const last = [...this.#found].findLast(([, { notice }]) => !this.#prefers(notice));
    if (last === undefined) return false;
    this.#found.delete(last[0]);
    return true;
  }
}

/** This machine comes first, then IPv4, which more networks carry well and people can read. */
function distance({ host }: Place): number {
  if (isLoopback(host)) return 0;
  return host.includes(":") ? 2 : 1;
}
