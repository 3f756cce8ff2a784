import { idFromPieces, pieceCount } from "../../shared/mod.ts";
import type { Content, Shelf } from "../upload/mod.ts";
import type { HashCache } from "./hash_cache.ts";
import type { HashPool } from "./hash_pool.ts";
import type { LibraryFile } from "./library.ts";
import type { FoundOnDisk } from "./scan.ts";
import { type Keeper, SharedContent } from "./shared_content.ts";

/**
 * A file with its id, which is known from an earlier run, or made now and remembered.
 *
 * @throws {LanyardError} `changed` if the file is not what the scan saw, `io` if it cannot be read.
 */
export async function identify(
  cache: HashCache,
  hashers: HashPool,
  file: FoundOnDisk,
): Promise<LibraryFile> {
  const { disk, stamp } = file;
  const known = cache.find(disk, stamp);
  if (known !== undefined) return { ...file, id: known };
  const hashes = await hashers.hash(file);
  const id = idFromPieces(hashes, stamp.size);
  if (pieceCount(stamp.size) > 1) cache.savePieces(id, stamp.size, hashes);
  cache.save(disk, stamp, id, Date.now());
  return { ...file, id };
}

/** One file, served as long as a command runs. */
export class SingleFile implements Shelf {
  readonly #file: LibraryFile;
  readonly #keeper: Keeper;

  constructor(cache: HashCache, file: LibraryFile) {
    const { id, stamp: { size } } = file;
    this.#file = file;
    this.#keeper = {
      isShared: () => true,
      pieces: () => cache.pieces(id, size),
      recheck: () => {}, // What is said of the file ends with the command.
      distrust: () => {},
    };
  }

  open(id: string, size: number): Content | undefined {
    const { id: own, stamp } = this.#file;
    return id === own && size === stamp.size ? this.#content() : undefined;
  }

  openByName(name: string, size: number): Content | undefined {
    const { path, stamp } = this.#file;
    return name === path && size === stamp.size ? this.#content() : undefined;
  }

  #content(): Content {
    return new SharedContent(this.#file, this.#keeper);
  }
}
