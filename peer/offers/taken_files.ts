import { dirname } from "@std/path";
import {
  type ContentId,
  nameOf,
  parseSharePath,
  type SharedFile,
  type SharePath,
} from "../../shared/mod.ts";
import { numberedName } from "../download/destination.ts";
import type { Arriving, Resharing } from "../download/reshare.ts";
import type { Wanted } from "../download/wanted.ts";
import { type Keeper, SharedContent } from "../sharing/shared_content.ts";
import { type Stamp, stampOf } from "../sharing/stamp.ts";
import type { Content, Shelf } from "../upload/mod.ts";
import { TakenContent, TakenFile } from "./taken_file.ts";

/** Where is told what there is to be had of us. */
export interface Announcing {
  add(file: SharedFile): void;
  remove(path: SharePath): void;
}

/**
 * The files that are taken of offers, given on to others from the first piece on: the more take a
 * file, the more have it to give. It stays so without a gap when the last piece has come.
 */
export class TakenFiles implements Shelf, Resharing {
  readonly #announcing: Announcing;
  readonly #pieces: (id: ContentId, size: number) => Uint8Array | undefined;
  readonly #files = new Map<string, TakenFile>();

  /** @param pieces the piece list of a file that has come */
  constructor(
    announcing: Announcing,
    pieces: (id: ContentId, size: number) => Uint8Array | undefined,
  ) {
    this.#announcing = announcing;
    this.#pieces = pieces;
  }

  /** Says that a file is being taken: that makes us one who may ask where it is. */
  expect(wanted: Wanted, name: string): void {
    const key = keyOf(wanted);
    if (this.#files.has(key)) return;
    const file = new TakenFile(wanted, this.#freePath(name));
    this.#files.set(key, file);
    this.#announce(file, true);
  }

  // deno-lint-ignore require-await -- to others, saying so takes time
  async offer(arriving: Arriving): Promise<void> {
    this.#files.get(keyOf(arriving.wanted))?.become({ is: "arriving", arriving });
  }

  // deno-lint-ignore require-await
  async withdraw(arriving: Arriving): Promise<void> {
    this.#files.get(keyOf(arriving.wanted))?.settle(arriving);
  }

  /** A file is in its place. Whoever took it may have moved it already; then it is not given on. */
  async complete(wanted: Wanted, path: string): Promise<void> {
    const file = this.#files.get(keyOf(wanted));
    if (file === undefined) return;
    const { id, size } = wanted;
    const found = await findOnDisk(path);
    if (found?.stamp.size !== size) return this.forget(wanted);
    const { disk, stamp } = found;
    const gone = (): void => this.forget(wanted);
    const keeper: Keeper = {
      isShared: () => file.state.is === "here",
      pieces: () => this.#pieces(id, size),
      recheck: gone, // Whoever took it may do with it what they want.
      distrust: gone,
    };
    const { announced, wanted: { executable } } = file;
    const onDisk = { root: dirname(disk), disk, path: announced, stamp, id, executable };
    file.become({ is: "here", open: () => new SharedContent(onDisk, keeper) });
    this.#announce(file, false);
  }

  /** A file is not taken any more, or is not what it was. */
  forget(wanted: Wanted): void {
    const key = keyOf(wanted);
    const file = this.#files.get(key);
    if (file === undefined) return;
    this.#files.delete(key);
    file.become({ is: "gone" });
    this.#announcing.remove(file.announced);
  }

  open(id: ContentId, size: number): Content | undefined {
    const file = this.#files.get(keyOf({ id, size }));
    return file === undefined ? undefined : new TakenContent(file);
  }

  /** The classic dialect knows whole files only, and knows them by name. */
  openByName(name: string, size: number): Content | undefined {
    const file = this.#files.values().find((one) =>
      one.announced === name && one.wanted.size === size && one.state.is === "here"
    );
    return file === undefined ? undefined : new TakenContent(file);
  }

  #announce({ announced: path, wanted }: TakenFile, partial: boolean): void {
    const { id, size, modified, executable } = wanted;
    const file: SharedFile = { path, id, size, modified };
    if (executable) file.executable = true;
    if (partial) file.partial = true;
    this.#announcing.add(file);
  }

  /** Two files of one name cannot be announced under it. */
  #freePath(name: string): SharePath {
    const taken = new Set(this.#files.values().map(({ announced }) => announced));
    for (let number = 1;; number++) {
      const path = parseSharePath(numberedName(nameOf(parseSharePath(name)), number));
      if (!taken.has(path)) return path;
    }
  }
}

/** A file as it is now; nothing if it cannot be found, whatever the reason. */
async function findOnDisk(path: string): Promise<{ disk: string; stamp: Stamp } | undefined> {
  try {
    const disk = await Deno.realPath(path);
    return { disk, stamp: stampOf(await Deno.lstat(disk)) };
  } catch {
    return undefined;
  }
}

function keyOf({ id, size }: Pick<Wanted, "id" | "size">): string {
  return `${id}:${size}`;
}
