import type {
  FoundTracker,
  SearchOptions,
  SearchResult,
  TrackerNotice,
} from "../net/discovery/mod.ts";
import { defaultPorts, LanyardError, printable } from "../shared/mod.ts";
import type { KnownTrackers } from "./known_trackers.ts";
import { chooseTracker } from "./tracker_choice.ts";
import { wrongKey } from "./tracker_client/door.ts";

/** Milliseconds in which a tracker of a given name answers; it may be the name of a machine. */
const patienceForName = 1500;

/** Interfaces that are named where nobody answered: machines with containers have many. */
const mostNamed = 4;

/** What finding a tracker depends on. */
export interface FinderOptions {
  /** The keys that count for trackers; missing without encryption, where no key does. */
  known: KnownTrackers | undefined;
  /** Ids that the user trusts from now on. */
  trusted: readonly string[];
  search(options: SearchOptions): Promise<SearchResult>;
  /** Has the user choose. @throws {LanyardError} `ambiguous` where nobody can be asked. */
  choose(trackers: readonly FoundTracker[]): Promise<FoundTracker>;
}

/** Looks for the tracker that is meant, on the network. */
export class TrackerFinder {
  readonly #options: FinderOptions;

  constructor(options: FinderOptions) {
    this.#options = options;
  }

  /**
   * Finds the only tracker, or the only known one, or that of a name, or has the user choose.
   *
   * @param thorough waits for everybody to answer, also when the one that is meant has done so
   * @throws {LanyardError} `unreachable`, `wrong-key` or `ambiguous`.
   */
  async find(name?: string, thorough = false): Promise<FoundTracker> {
    const { known, trusted, search, choose } = this.#options;
    const ids = await known?.found() ?? new Map<string, readonly string[]>();
    const isKnown = (one: TrackerNotice): boolean =>
      trusted.includes(one.id) || ids.get(one.name)?.includes(one.id) === true;
    // The only one there is to know, or the one that was asked for: nothing else would matter.
    const isSure = !thorough && (name !== undefined || trusted.length > 0 || ids.size === 1);
    const { found, searched } = await search({
      prefers: (one) => isKnown(one) || (one.name === name && !ids.has(one.name)),
      enough: (all) =>
        isSure && this.#usable(all).some((one) => isKnown(one) && one.name === (name ?? one.name)),
      ...(name === undefined ? {} : { patience: patienceForName }),
    });
    const usable = this.#usable(found);
    const choice = chooseTracker(usable, {
      name,
      known: ids,
      trusted: known === undefined ? [] : trusted,
    });
    switch (choice.outcome) {
      case "one":
        return choice.tracker;
      case "several":
        return await choose(choice.trackers);
      case "other-key": {
        const called = printable(choice.tracker.name);
        const which = `The tracker called "${called}" is not the one that was there before`;
        throw await wrongKey(which, choice.expected, choice.tracker.id);
      }
      case "none":
        throw new LanyardError("unreachable", this.#noneText(found, searched, name));
    }
  }

  /** Those that can be joined in our way. */
  #usable(found: readonly FoundTracker[]): FoundTracker[] {
    const port = this.#options.known === undefined ? "port" : "tlsPort";
    return found.flatMap((one) => {
      const places = one.places.filter((place) => place[port] !== undefined);
      return places.length === 0 ? [] : [{ ...one, places }];
    });
  }

  #noneText(
    found: readonly FoundTracker[],
    searched: readonly string[],
    name: string | undefined,
  ): string {
    const other = found.find((one) => name === undefined || one.name === name);
    if (other !== undefined) {
      const [takes, way] = this.#options.known === undefined
        ? ["encrypted", "leave out --plain"]
        : ["plain", "use --plain if nobody minds who listens"];
      return `The tracker called "${
        printable(other.name)
      }" takes ${takes} connections only; ${way}`;
    }
    const others = searched.length > mostNamed ? [`${searched.length - mostNamed} more`] : [];
    const where = searched.length === 0
      ? "this machine is on no network"
      : `nobody answered on ${[...searched.slice(0, mostNamed), ...others].join(", ")}`;
    if (name !== undefined) return `No tracker called "${printable(name)}" was found: ${where}`;
    return `No tracker was found: none runs on this machine, and ${where}.\n` +
      "Start one here with: tracker (or share with --host-tracker). If there is one, name its " +
      "machine: --tracker HOST.\n" +
      "Is it on this network, and does its firewall let in UDP ports " +
      `${defaultPorts.discovery} and 5353? Some wireless networks keep their machines apart`;
  }
}
