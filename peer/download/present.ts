import { join } from "@std/path";
import { idFromPieces, LanyardError } from "../../shared/mod.ts";
import type { HashCache } from "../sharing/hash_cache.ts";
import { HashPool } from "../sharing/hash_pool.ts";
import { stampOf } from "../sharing/stamp.ts";
import { type Destination, numberedName } from "./destination.ts";
import type { Wanted } from "./wanted.ts";

/** Finds out whether a file is there already. */
export class Present {
  readonly #cache: HashCache;
  readonly #folders = new Map<string, ReadonlySet<string>>();
  #hashers: HashPool | undefined;

  constructor(cache: HashCache) {
    this.#cache = cache;
  }

  /**
   * The path of the wanted content, if an earlier download gave it its name or a numbered one.
   * Whatever else has the name is left alone.
   */
  async find(destination: Destination, wanted: Wanted): Promise<string | undefined> {
    const { folder, name } = destination;
    return this.#names(folder).has(name) ? await this.findAgain(destination, wanted) : undefined;
  }

  /** The same, when it may have come since this run first looked. */
  async findAgain({ folder, name }: Destination, wanted: Wanted): Promise<string | undefined> {
    for (let number = 1;; number++) {
      const path = join(folder, numberedName(name, number));
      const info = await Deno.lstat(path).catch(() => undefined);
      if (info === undefined) return undefined;
      if (info.isFile && info.size === wanted.size && await this.#idOf(path, info) === wanted.id) {
        return path;
      }
    }
  }

  /**
   * The names that were in a folder when this run first looked: most downloads go where nothing
   * is yet, and asking for each of ten thousand names that are not there takes seconds.
   */
  #names(folder: string): ReadonlySet<string> {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const names = new Set(Array.from(Deno.readDirSync(folder), ({ name }) => name));
    this.#folders.set(folder, names);
    return names;
  }

  /** Ends the workers. */
  close(): void {
    this.#hashers?.close();
  }

  async #idOf(path: string, info: Deno.FileInfo): Promise<string | undefined> {
    const stamp = stampOf(info);
    const known = this.#cache.find(path, stamp);
    if (known !== undefined) return known;
    this.#hashers ??= new HashPool();
    try {
      const hashes = await this.#hashers.hash({ root: path, disk: path, stamp });
      const id = idFromPieces(hashes, stamp.size);
      this.#cache.save(path, stamp, id, Date.now());
      return id;
    } catch (error) {
      if (error instanceof LanyardError) return undefined; // Changing or unreadable: not it.
      throw error;
    }
  }
}
