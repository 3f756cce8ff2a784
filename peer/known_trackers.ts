import { join } from "@std/path";
import { certificateId, LanyardError, reasonOf } from "../shared/mod.ts";
import type { TrackerKey } from "./membership.ts";

const fileName = "trackers.json";

type Keys = Map<string, TrackerKey[]>;

/** Before the name of a tracker that was found: no address has a space in it. */
const foundPrefix = "found ";

/** What keys are remembered for where a tracker was found by its name: it may move. */
export function foundAs(name: string): string {
  return `${foundPrefix}${name}`;
}

/**
 * The trackers this peer has met: by the address as it was typed, or the name by which they were
 * found, the keys that count there. Several programs may use one state folder, so the file is read
 * again each time it matters.
 */
export class KnownTrackers {
  readonly #file: string | undefined;
  readonly #inMemory: Keys = new Map();

  private constructor(file: string | undefined) {
    this.#file = file;
  }

  /**
   * What is remembered in a state folder.
   *
   * @throws {LanyardError} `io` if the file cannot be read or is damaged; so do all others.
   */
  static async open(folder: string): Promise<KnownTrackers> {
    const known = new KnownTrackers(join(folder, fileName));
    await known.#read();
    return known;
  }

  /** Trackers that are remembered as long as this process. */
  static inMemory(): KnownTrackers {
    return new KnownTrackers(undefined);
  }

  /** The ids that count anywhere. */
  async ids(): Promise<Set<string>> {
    return new Set([...(await this.#read()).values()].flat().map(({ id }) => id));
  }

  /** The ids that count for trackers that were found, by name. */
  async found(): Promise<Map<string, readonly string[]>> {
    const keys = await this.#read();
    return new Map(
      [...keys].filter(([at]) => at.startsWith(foundPrefix))
        .map(([at, known]) => [at.slice(foundPrefix.length), known.map(({ id }) => id)]),
    );
  }

  /** The keys that count at an address, such as `10.0.0.7:2223`, or for a name that was found. */
  async at(address: string): Promise<readonly TrackerKey[]> {
    return (await this.#read()).get(address) ?? [];
  }

  /** Remembers another key for an address. */
  async add(address: string, key: TrackerKey): Promise<void> {
    const keys = await this.#read();
    const known = keys.get(address) ?? [];
    if (known.some(({ id }) => id === key.id)) return;
    await this.#write(keys.set(address, [...known, key]));
  }

  /** Remembers a key for an address, and that no other one counts there any more. */
  async replace(address: string, key: TrackerKey): Promise<void> {
    const keys = await this.#read();
    const known = keys.get(address) ?? [];
    if (known.length === 1 && known[0]?.id === key.id) return;
    await this.#write(keys.set(address, [key]));
  }

  async #read(): Promise<Keys> {
    const file = this.#file;
    if (file === undefined) return this.#inMemory;
    let text: string;
    try {
      text = await Deno.readTextFile(file);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return new Map();
      throw cannotUse(file, error);
    }
    try {
      return parse(JSON.parse(text));
    } catch (cause) {
      throw new LanyardError(
        "io",
        `${file} is damaged; remove it to meet all trackers for the first time again`,
        { cause },
      );
    }
  }

  /** Replaces the file: written beside and moved, so that a crash leaves the old or the new. */
  async #write(keys: Keys): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    const kept = Object.fromEntries(
      [...keys].map(([at, known]) => [at, known.map(({ certificate }) => certificate)]),
    );
    try {
      const beside = `${file}.${crypto.randomUUID()}`;
      const text = `${JSON.stringify(kept, null, 2)}\n`;
      await Deno.writeTextFile(beside, text, { createNew: true, mode: 0o600 });
      await Deno.rename(beside, file);
    } catch (error) {
      throw cannotUse(file, error);
    }
  }
}

/** Ids are never read, always computed: a file that was tampered with cannot tell them wrong. */
function parse(kept: unknown): Keys {
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) throw new SyntaxError();
  return new Map(
    Object.entries(kept).map(([address, certificates]) => {
      if (!Array.isArray(certificates)) throw new SyntaxError();
      return [address, certificates.map(toKey)];
    }),
  );
}

function toKey(certificate: unknown): TrackerKey {
  if (typeof certificate !== "string") throw new SyntaxError();
  return { id: certificateId(certificate), certificate };
}

function cannotUse(file: string, error: unknown): LanyardError {
  return new LanyardError("io", `Cannot use ${file}: ${reasonOf(error)}`, { cause: error });
}
