import {
  defaultPorts,
  formatEndpoint,
  LanyardError,
  limits,
  looksLikeJoinLink,
  parseEndpoint,
  parseJoinLink,
  utf8Length,
} from "../shared/mod.ts";
import { askForTracker } from "./ask_tracker.ts";
import { KnownTrackers } from "./known_trackers.ts";
import type { Memory } from "./memory.ts";
import type { Endpoint } from "./net.ts";
import type { CommonOptions } from "./options.ts";
import type { Output } from "./output.ts";
import { type Door, FoundDoor, PlainDoor, SecureDoor } from "./tracker_client/mod.ts";
import { TrackerFinder } from "./tracker_finder.ts";

/** What the way to the tracker depends on. */
export interface DoorSurroundings {
  options: Pick<CommonOptions, "tracker" | "plain" | "trust" | "discovery">;
  memory: Memory;
  stateFolder: string;
  output: Output;
}

/**
 * The way to the tracker that is meant: the one that was named, by a link, an address or its name;
 * or else the one joined last; or else that of this machine, or the one found on the network.
 *
 * @throws {LanyardError} `usage`, or `io` if what is remembered of trackers cannot be read.
 */
export async function openDoor(surroundings: DoorSurroundings): Promise<Door> {
  const { options: { tracker, plain }, memory, stateFolder, output } = surroundings;
  const link = tracker && looksLikeJoinLink(tracker) ? readLink(tracker, plain, output) : undefined;
  const known = plain ? undefined : await KnownTrackers.open(stateFolder);
  const ways = new Ways(surroundings, known);
  if (link !== undefined) return ways.to(link, link.id);
  if (tracker) return await ways.named(tracker);
  // The one joined last is an encrypted one.
  const joined = memory.tracker === undefined || plain ? undefined : ways.parse(memory.tracker);
  return joined === undefined ? ways.any() : ways.to(joined);
}

/** Makes ways to trackers. */
class Ways {
  readonly #surroundings: DoorSurroundings;
  readonly #known: KnownTrackers | undefined;

  constructor(surroundings: DoorSurroundings, known: KnownTrackers | undefined) {
    this.#surroundings = surroundings;
    this.#known = known;
  }

  /** An address as it is typed; its port is the usual one if none is given. */
  parse(text: string): Endpoint | undefined {
    return parseEndpoint(text, this.#port);
  }

  /** The way to an address. @param id the only one that counts there, if that is known */
  to(endpoint: Endpoint, id?: string): Door {
    if (this.#known === undefined) return new PlainDoor(endpoint);
    return new SecureDoor(endpoint, {
      known: this.#known,
      trusted: this.#surroundings.options.trust,
      ...(id === undefined ? {} : { linked: id }),
      met: (words) => this.#tellMet("This tracker", words),
    });
  }

  /** The way to the tracker of this machine, or to one that is found. */
  any(): Door {
    const here = this.to({ host: "127.0.0.1", port: this.#port });
    return this.#surroundings.options.discovery ? this.#found(here) : here;
  }

  /**
   * The way to an address, or to the tracker of a name. What can be both is an address if it was
   * one before, and otherwise a name if there is a tracker of that name.
   *
   * @throws {LanyardError} `usage` if it can be neither.
   */
  async named(text: string): Promise<Door> {
    const endpoint = this.parse(text);
    const isName = this.#surroundings.options.discovery && !isAddress(text) &&
      utf8Length(text) <= limits.labelBytes;
    if (!isName) {
      if (endpoint !== undefined) return this.to(endpoint);
      throw new LanyardError("usage", `"${text}" is not HOST, HOST:PORT or [IPv6]:PORT`);
    }
    if (endpoint === undefined) return this.#found(undefined, text);
    const keys = await this.#known?.at(formatEndpoint(endpoint.host, endpoint.port)) ?? [];
    return keys.length > 0 ? this.to(endpoint) : this.#found(this.to(endpoint), text);
  }

  get #port(): number {
    return this.#known === undefined ? defaultPorts.tracker : defaultPorts.trackerTls;
  }

  #found(direct: Door | undefined, name?: string): Door {
    const { output, options: { trust: trusted, plain } } = this.#surroundings;
    const known = this.#known;
    const finder = new TrackerFinder({
      known,
      trusted,
      // Most commands need no search, and should not wait for what it takes.
      search: async (options) => (await import("../net/discovery/mod.ts")).searchTrackers(options),
      choose: (trackers) => askForTracker(trackers, plain, output),
    });
    return new FoundDoor({
      finder,
      known,
      trusted,
      direct,
      ...(name === undefined ? {} : { name }),
      met: (words, called) => this.#tellMet(`The tracker "${called}"`, words),
    });
  }

  #tellMet(which: string, words: string): void {
    this.#surroundings.output.note(
      `${which} is met for the first time. Its words are: ${words}\n` +
        "It shows them when it starts; if they differ, somebody is between you.",
    );
  }
}

/** What cannot be the name of a tracker: it has a port, or is an IP address. */
function isAddress(text: string): boolean {
  return /[:[\]/]/.test(text) || /^\d+(?:\.\d+){3}$/.test(text) || text === "localhost";
}

function readLink(text: string, plain: boolean, output: Output): Endpoint & { id: string } {
  const link = parseJoinLink(text);
  // The link may hold a key, so it is not repeated.
  if (link === undefined) throw new LanyardError("usage", "This is not a whole join link");
  if (plain) {
    throw new LanyardError(
      "usage",
      "A join link says whose key to expect, which takes encryption; leave out --plain",
    );
  }
  if (link.key !== undefined) {
    output.warn(
      "The key in the link can be seen by other users of this machine; give links to: peer join",
    );
  }
  return { host: link.host, port: link.port, id: link.id };
}
