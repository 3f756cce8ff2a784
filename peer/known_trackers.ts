import { join } from "@std/path";
import { certificateId, LanyardError } from "../shared/mod.ts";
import type { TrackerKey } from "./membership.ts";

const fileName = "trackers.json";

/** The trackers this peer has met: by the address as it was typed, the keys that count there. */
export class KnownTrackers {
  readonly #file: string | undefined;
  readonly #keys: Map<string, TrackerKey[]>;

  private constructor(file: string | undefined, keys: Map<string, TrackerKey[]>) {
    this.#file = file;
    this.#keys = keys;
  }

  /**
   * Reads what is remembered in a state folder.
   *
   * @throws {LanyardError} `io` if the file cannot be read or is damaged.
   */
  static async open(folder: string): Promise<KnownTrackers> {
    const file = join(folder, fileName);
    let text: string;
    try {
      text = await Deno.readTextFile(file);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return new KnownTrackers(file, new Map());
      throw cannotUse(file, error);
    }
    try {
      return new KnownTrackers(file, parse(JSON.parse(text)));
    } catch (cause) {
      throw new LanyardError(
        "io",
        `${file} is damaged; remove it to meet all trackers for the first time again`,
        { cause },
      );
    }
  }

  /** Trackers that are remembered as long as this process. */
  static inMemory(): KnownTrackers {
    return new KnownTrackers(undefined, new Map());
  }

  /** The keys that count at an address, such as `10.0.0.7:2223`. */
  at(address: string): readonly TrackerKey[] {
    return this.#keys.get(address) ?? [];
  }

  /** Remembers another key for an address. @throws {LanyardError} `io`. */
  async add(address: string, key: TrackerKey): Promise<void> {
    const known = this.at(address);
    if (known.some(({ id }) => id === key.id)) return;
    this.#keys.set(address, [...known, key]);
    if (this.#file === undefined) return;
    const beside = `${this.#file}.${crypto.randomUUID()}`;
    const kept = Object.fromEntries(
      [...this.#keys].map(([at, keys]) => [at, keys.map(({ certificate }) => certificate)]),
    );
    try {
      const text = `${JSON.stringify(kept, null, 2)}\n`;
      await Deno.writeTextFile(beside, text, { createNew: true, mode: 0o600 });
      await Deno.rename(beside, this.#file);
    } catch (error) {
      throw cannotUse(this.#file, error);
    }
  }
}

/** Ids are never read, always computed: a file that was tampered with cannot tell them wrong. */
function parse(kept: unknown): Map<string, TrackerKey[]> {
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
  const reason = error instanceof Error ? error.message : String(error);
  return new LanyardError("io", `Cannot use ${file}: ${reason}`, { cause: error });
}
