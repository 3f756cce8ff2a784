import { encrypt, fetchCertificate, idWords } from "../../net/mod.ts";
import { certificateId, formatEndpoint, LanyardError } from "../../shared/mod.ts";
import { foundAs, type KnownTrackers } from "../known_trackers.ts";
import type { TrackerKey } from "../membership.ts";
import { connectTo, type Endpoint } from "../net.ts";

/** A connection to a tracker, before anything was said. */
export interface Opened {
  connection: Deno.Conn;
  /** Who is at the other end; nobody knows without encryption. */
  tracker?: TrackerKey;
}

/** The way to a tracker. */
export interface Door {
  readonly endpoint: Endpoint;
  /** @throws {LanyardError} `unreachable`, or `wrong-key` if another tracker is there. */
  open(): Promise<Opened>;
}

/** The way to a tracker without encryption. */
export class PlainDoor implements Door {
  readonly endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  async open(): Promise<Opened> {
    return { connection: await connectTo(this.endpoint) };
  }
}

/** What an encrypted way to a tracker depends on. */
export interface SecureDoorOptions {
  known: KnownTrackers;
  /** Ids that the user trusts at this address, beside those that are remembered. */
  trusted: readonly string[];
  /** The id in the join link that leads there: from then on no other key counts at this address. */
  linked?: string;
  /** How it was found, if it was: keys are remembered for its name, not for where it is today. */
  found?: {
    name: string;
    /** The id that it has according to its announcement. */
    id: string;
  };
  /** A tracker was met for the first time: how it can be told from another one. */
  met(words: string, key: TrackerKey): void;
}

/**
 * The encrypted way to a tracker: only to one whose key is known for this address. The first time
 * any key counts, unless the user said which one, and is remembered.
 */
export class SecureDoor implements Door {
  readonly endpoint: Endpoint;
  readonly #options: SecureDoorOptions;

  constructor(endpoint: Endpoint, options: SecureDoorOptions) {
    this.endpoint = endpoint;
    this.#options = options;
  }

  async open(): Promise<Opened> {
    const known = await this.#options.known.at(this.#place);
    for (const key of this.#sort(known)) {
      const connection = await this.#connect(key);
      if (connection !== undefined) return await this.#remember(connection, key);
    }
    const certificate = await fetchCertificate(this.endpoint);
    const key = { id: certificateId(certificate), certificate };
    const expected = [...this.#named, ...known.map(({ id }) => id)];
    if (expected.length > 0 && !this.#named.includes(key.id)) {
      throw await this.#refuse(expected, key);
    }
    const { found } = this.#options;
    if (found !== undefined && found.id !== key.id) throw await this.#refuse([found.id], key);
    const connection = await this.#connect(key);
    if (connection === undefined) throw await this.#refuse(expected, key);
    if (expected.length === 0) this.#options.met(await idWords(key.id), key);
    return await this.#remember(connection, key);
  }

  get #address(): string {
    return formatEndpoint(this.endpoint.host, this.endpoint.port);
  }

  /** What keys are remembered for. */
  get #place(): string {
    const { found } = this.#options;
    return found === undefined ? this.#address : foundAs(found.name);
  }

  /** The ids that the user named. */
  get #named(): readonly string[] {
    const { trusted, linked } = this.#options;
    return linked === undefined ? trusted : [linked, ...trusted];
  }

  /** What the user named counts alone where it was named, and newer keys before older ones. */
  #sort(keys: readonly TrackerKey[]): TrackerKey[] {
    const named = keys.filter(({ id }) => this.#named.includes(id));
    return (this.#named.length > 0 ? named : [...keys]).toReversed();
  }

  /** An older key may be that of an impostor who was met first: whoever has a link knows better. */
  async #remember(connection: Deno.TlsConn, key: TrackerKey): Promise<Opened> {
    const { known, linked } = this.#options;
    try {
      if (key.id === linked) await known.replace(this.#place, key);
      else await known.add(this.#place, key);
    } catch (error) {
      connection.close();
      throw error;
    }
    return { connection, tracker: key };
  }

  async #connect({ certificate }: TrackerKey): Promise<Deno.TlsConn | undefined> {
    return await encrypt(await connectTo(this.endpoint), this.endpoint, certificate);
  }

  #refuse([expected = ""]: readonly string[], { id }: TrackerKey): Promise<LanyardError> {
    const { found } = this.#options;
    const which = found === undefined
      ? `The tracker at ${this.#address} is not the one that was there before`
      : `The tracker at ${this.#address} is not the one called "${found.name}"`;
    return wrongKey(which, expected, id);
  }
}

/**
 * Another key was found than was expected: says both, and what to do.
 *
 * @param which the first sentence, without its period
 */
export async function wrongKey(
  which: string,
  expected: string,
  found: string,
): Promise<LanyardError> {
  return new LanyardError(
    "wrong-key",
    `${which}.\n` +
      `  expected: ${expected} (${await idWords(expected)})\n` +
      `  found:    ${found} (${await idWords(found)})\n` +
      "Somebody may be pretending to be it. If its key was changed on purpose, " +
      `run this again with --trust ${found}`,
  );
}
