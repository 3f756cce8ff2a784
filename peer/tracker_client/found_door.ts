import type { FoundTracker, Place } from "../../net/discovery/mod.ts";
import { LanyardError, printable } from "../../shared/mod.ts";
import type { KnownTrackers } from "../known_trackers.ts";
import type { Endpoint } from "../net.ts";
import type { TrackerFinder } from "../tracker_finder.ts";
import { type Door, type Opened, PlainDoor, SecureDoor } from "./door.ts";

/** How a tracker is found, and joined. */
export interface FoundDoorOptions {
  finder: TrackerFinder;
  /** The keys of trackers; missing without encryption. */
  known: KnownTrackers | undefined;
  /** Ids that the user trusts from now on. */
  trusted: readonly string[];
  /** The name of the tracker, if the user gave one. */
  name?: string;
  /**
   * The way that needs no search: to the tracker of this machine, or, with a name, to the machine
   * of that name, if it can be one.
   */
  direct?: Door | undefined;
  /** A tracker was met for the first time: how it can be told from another one. */
  met(words: string, name: string): void;
}

/** The way that led to a tracker. */
interface Way {
  door: Door;
  /** The name of the tracker, if it was found. */
  name?: string;
}

/**
 * The way to a tracker whose address nobody has said: it is looked for on the network, and again
 * when it is no longer where it was.
 */
export class FoundDoor implements Door {
  readonly #options: FoundDoorOptions;
  #last: Way | undefined;

  constructor(options: FoundDoorOptions) {
    this.#options = options;
  }

  get endpoint(): Endpoint {
    const door = this.#last?.door ?? this.#options.direct;
    return door?.endpoint ?? { host: "", port: 0 };
  }

  /** @throws {LanyardError} `unreachable`, `ambiguous` or `wrong-key`. */
  async open(): Promise<Opened> {
    if (this.#last !== undefined) return await this.#reopen(this.#last);
    const { name, direct } = this.#options;
    return name === undefined ? await this.#openAny(direct) : await this.#openNamed(name, direct);
  }

  /** The tracker of this machine, or the one that is found. */
  async #openAny(direct: Door | undefined): Promise<Opened> {
    if (direct !== undefined) {
      try {
        return await this.#enter({ door: direct });
      } catch (error) {
        if (!isUnreachable(error)) throw error;
      }
    }
    return await this.#find();
  }

  /** The tracker of that name, or the one on the machine of that name. */
  async #openNamed(name: string, direct: Door | undefined): Promise<Opened> {
    try {
      return await this.#find(name);
    } catch (error) {
      // A known tracker is not looked for by other means: somebody else might be there.
      const isKnown = (await this.#options.known?.found())?.has(name) === true;
      if (!isUnreachable(error) || isKnown || direct === undefined) throw error;
      return await this.#enter({ door: direct }).catch((other) => {
        throw isUnreachable(other) ? neither(error, other) : other;
      });
    }
  }

  /** What was found may have moved since; the machine that was named, or this one, has not. */
  async #reopen({ door, name }: Way): Promise<Opened> {
    if (name === undefined) return await door.open();
    try {
      return await door.open();
    } catch (error) {
      const isElsewhere = isUnreachable(error) || isWrongKey(error);
      if (!isElsewhere) throw error;
      return await this.#find(name);
    }
  }

  /** Somebody may have said to be the tracker before it has answered itself. */
  async #find(name?: string): Promise<Opened> {
    const { finder } = this.#options;
    const tracker = await finder.find(name);
    try {
      return await this.#join(tracker);
    } catch (error) {
      if (!isUnreachable(error) && !isWrongKey(error)) throw error;
      return await this.#join(await finder.find(tracker.name, true));
    }
  }

  /** Tries the places of a tracker: the next one if somebody else, or nobody, is there. */
  async #join({ name, id, places }: FoundTracker): Promise<Opened> {
    const errors: unknown[] = [];
    for (const place of places) {
      try {
        return await this.#enter({ door: this.#doorTo(place, { name, id }), name });
      } catch (error) {
        if (!isUnreachable(error) && !isWrongKey(error)) throw error;
        errors.push(error);
      }
    }
    const [first] = errors;
    const wrong = errors.find(isWrongKey);
    if (wrong !== undefined || !(first instanceof LanyardError)) throw wrong ?? first;
    const message = `The tracker called "${printable(name)}" was found, but: ${first.message}`;
    throw new LanyardError(first.code, message, { cause: first });
  }

  #doorTo({ host, port, tlsPort }: Place, found: { name: string; id: string }): Door {
    const { known, trusted, met } = this.#options;
    if (known === undefined) return new PlainDoor({ host, port: port ?? 0 });
    return new SecureDoor({ host, port: tlsPort ?? 0 }, {
      known,
      trusted,
      found,
      met: (words) => met(words, found.name),
    });
  }

  async #enter(way: Way): Promise<Opened> {
    const opened = await way.door.open();
    this.#last = way;
    return opened;
  }
}

/** Neither a tracker nor a machine of a name could be reached. */
function neither(tracker: LanyardError, machine: LanyardError): LanyardError {
  return new LanyardError("unreachable", `${tracker.message}. ${machine.message}`, {
    cause: machine,
  });
}

function isUnreachable(error: unknown): error is LanyardError {
  return error instanceof LanyardError && error.code === "unreachable";
}

function isWrongKey(error: unknown): boolean {
  return error instanceof LanyardError && error.code === "wrong-key";
}
