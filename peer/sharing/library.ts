import {
  type ContentId,
  idFromPieces,
  LanyardError,
  pieceCount,
  reasonOf,
  type SharedFile,
  type SharePath,
} from "../../shared/mod.ts";
import type { Content, Shelf } from "../upload/content.ts";
import type { HashCache } from "./hash_cache.ts";
import { HashPool } from "./hash_pool.ts";
import type { Exclusion, LeftOutReason } from "./left_out.ts";
import type { Root } from "./roots.ts";
import type { FoundOnDisk } from "./scan.ts";
import { Scanner } from "./scanner.ts";
import { type Keeper, SharedContent } from "./shared_content.ts";
import { sameStamp } from "./stamp.ts";

/** A file that is shared: where it is, how it looked, and what it holds. */
export interface LibraryFile extends FoundOnDisk {
  id: ContentId;
}

/** What the library tells. */
export interface LibraryEvents {
  /** A file may be announced. */
  added(file: LibraryFile): void;
  /** A file must not be announced any longer. */
  removed(file: LibraryFile): void;
  /** Something kept the library from looking; a sentence for people. */
  problem(message: string): void;
}

/** Milliseconds a file that keeps changing must be quiet before it is hashed again. */
const quiet = 2000;
/** Milliseconds between two hashings of one file because of complaints. */
const doubtAgainAfter = 60_000;
/** Files hashed at the same time: enough to keep every worker busy with small ones. */
const hashedAtOnce = 64;

/** The files of some roots, kept in step with the disk. */
export class Library implements Shelf, Keeper {
  readonly roots: readonly Root[];
  /** What was left out of the last full scan of each root. */
  readonly #leftOut = new Map<Root, LeftOutReason[]>();
  /** Files seen on disk that could not be read. */
  readonly #unreadable = new Set<SharePath>();
  readonly #cache: HashCache;
  readonly #events: LibraryEvents;
  readonly #scanner: Scanner;
  readonly #hashers = new HashPool();
  readonly #files = new Map<SharePath, LibraryFile>();
  readonly #byContent = new Map<string, Map<SharePath, LibraryFile>>();
  /** Files seen on disk whose id is not known yet. */
  readonly #unhashed = new Map<SharePath, FoundOnDisk>();
  readonly #hashing = new Set<SharePath>();
  /** When each file was last hashed because of a complaint. */
  readonly #doubted = new Map<SharePath, number>();
  readonly #resting = new Map<SharePath, ReturnType<typeof setTimeout>>();
  #idle = Promise.withResolvers<void>();
  #scans: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    roots: readonly Root[],
    exclusions: readonly Exclusion[],
    cache: HashCache,
    events: LibraryEvents,
  ) {
    this.roots = roots;
    this.#cache = cache;
    this.#events = events;
    this.#scanner = new Scanner(exclusions);
  }

  /** Files that are shared now. */
  get size(): number {
    return this.#files.size;
  }

  /** How many entries were left out of the last full scan, by reason. */
  get leftOut(): Map<LeftOutReason, number> {
    const counts = new Map<LeftOutReason, number>();
    const count = (reason: LeftOutReason): void => {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    };
    for (const reasons of this.#leftOut.values()) reasons.forEach(count);
    this.#unreadable.forEach(() => count("unreadable"));
    return counts;
  }

  /** All files that are shared now. */
  files(): Iterable<LibraryFile> {
    return this.#files.values();
  }

  /** Opens a file with this content, if one is shared. */
  open(id: ContentId, size: number): Content | undefined {
    const file = this.#byContent.get(contentKey(id, size))?.values().next().value;
    return file === undefined ? undefined : new SharedContent(file, this);
  }

  /** Opens a file with this name and size, for the classic dialect. */
  openByName(name: string, size: number): Content | undefined {
    const file = this.#files.values().find(({ path, stamp }) =>
      stamp.size === size && (path === name || path.endsWith(`/${name}`))
    );
    return file === undefined ? undefined : new SharedContent(file, this);
  }

  /** Whether a file is still shared as it was. */
  isShared(file: LibraryFile): boolean {
    return this.#files.get(file.path) === file;
  }

  /** The piece list of a shared file. */
  pieces({ id, stamp: { size } }: LibraryFile): Uint8Array | undefined {
    return this.#cache.pieces(id, size);
  }

  /** Looks at everything on disk. Resolves when all that was seen is hashed. */
  async scanAll(): Promise<void> {
    this.#unreadable.clear();
    await Promise.all(this.roots.map((root) => this.scan(root, root.label)));
    await this.#hashed();
  }

  /** Looks at a part of a root: what changed there is taken out, hashed and added again. */
  scan(root: Root, under: string): Promise<void> {
    this.#scans = this.#scans.then(() => this.#scan(root, under));
    return this.#scans;
  }

  /** Looks at one file again, because sending it showed that it is not what it was. */
  recheck({ path }: LibraryFile): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    this.#remove(path);
    this.#scanAround(file);
  }

  /** Hashes one file again in the background, because somebody says to have got wrong bytes. */
  distrust(file: LibraryFile): void {
    const { path } = file;
    // Anybody can say so: an answer is good for a while, and the file stays shared meanwhile.
    if (performance.now() - (this.#doubted.get(path) ?? -Infinity) < doubtAgainAfter) return;
    this.#doubted.set(path, performance.now());
    void this.#hashAgain(file);
  }

  async #hashAgain(file: LibraryFile): Promise<void> {
    const { id, stamp } = file;
    const isRight = await this.#hashers.hash(file)
      .then((hashes) => idFromPieces(hashes, stamp.size) === id, () => false);
    if (isRight || this.#closed) return;
    this.#cache.forget(file.disk);
    this.recheck(file);
  }

  /** Ends the workers. Nothing is reported any more. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#resting.values()) clearTimeout(timer);
    this.#scanner.close();
    this.#hashers.close();
  }

  async #scan(root: Root, under: string): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#look(root, under);
    } catch (error) {
      this.#events.problem(`Cannot look through ${root.real}: ${reasonOf(error)}`);
    }
  }

  async #look(root: Root, under: string): Promise<void> {
    const seen = new Set<SharePath>();
    const left: LeftOutReason[] = [];
    await this.#scanner.scan(root, under, ({ found, leftOut }) => {
      for (const file of found) {
        seen.add(file.path);
        this.#see(file);
      }
      for (const reason of leftOut) left.push(reason);
    });
    if (under === root.label) this.#leftOut.set(root, left);
    for (const path of [...this.#files.keys(), ...this.#unhashed.keys()]) {
      if ((path === under || path.startsWith(`${under}/`)) && !seen.has(path)) this.#remove(path);
    }
    this.#hashNext();
  }

  #see(found: FoundOnDisk): void {
    const known = this.#files.get(found.path) ?? this.#unhashed.get(found.path);
    if (known !== undefined && sameStamp(known.stamp, found.stamp)) return;
    this.#remove(found.path);
    const id = this.#cache.find(found.disk, found.stamp);
    const complete = id !== undefined &&
      (pieceCount(found.stamp.size) <= 1 || this.#cache.pieces(id, found.stamp.size) !== undefined);
    if (complete) return this.#add({ ...found, id });
    this.#unhashed.set(found.path, found);
    // A file that changes while we know it is being written: it is left alone until it rests.
    if (known !== undefined) this.#rest(found.path, () => this.#hashNext());
  }

  /** Resolves when nothing is left to hash. */
  async #hashed(): Promise<void> {
    while (this.#unhashed.size > 0 && !this.#closed) await this.#idle.promise;
  }

  #hashNext(): void {
    if (this.#unhashed.size === 0) {
      this.#idle.resolve();
      this.#idle = Promise.withResolvers();
    }
    for (const [path, file] of this.#unhashed) {
      if (this.#hashing.size >= hashedAtOnce) return;
      if (this.#hashing.has(path) || this.#resting.has(path)) continue;
      this.#hashing.add(path);
      void this.#hash(file).finally(() => {
        this.#hashing.delete(path);
        this.#hashNext();
      });
    }
  }

  async #hash(file: FoundOnDisk): Promise<void> {
    const { path, stamp } = file;
    try {
      const hashes = await this.#hashers.hash(file);
      if (this.#closed || this.#unhashed.get(path) !== file) return;
      const id = idFromPieces(hashes, stamp.size);
      if (pieceCount(stamp.size) > 1) this.#cache.savePieces(id, stamp.size, hashes);
      this.#cache.save(file.disk, stamp, id, Date.now());
      this.#unhashed.delete(path);
      this.#add({ ...file, id });
    } catch (error) {
      if (this.#closed || this.#unhashed.get(path) !== file) return;
      this.#unhashed.delete(path);
      const changed = error instanceof LanyardError && error.code === "changed";
      if (changed) this.#lookAgain(file);
      else this.#unreadable.add(path);
    }
  }

  /** A file changed while it was hashed: it is looked at again when it had time to rest. */
  #lookAgain(file: FoundOnDisk): void {
    this.#rest(file.path, () => this.#scanAround(file));
  }

  #scanAround({ path, root: real }: FoundOnDisk): void {
    const root = this.roots.find((one) => one.real === real);
    if (root === undefined) return;
    void this.scan(root, root.isFolder ? path.slice(0, path.lastIndexOf("/")) : root.label);
  }

  #rest(path: SharePath, then: () => void): void {
    clearTimeout(this.#resting.get(path));
    const timer = setTimeout(() => {
      this.#resting.delete(path);
      then();
    }, quiet);
    this.#resting.set(path, timer);
  }

  #add(file: LibraryFile): void {
    this.#files.set(file.path, file);
    const key = contentKey(file.id, file.stamp.size);
    const same = this.#byContent.get(key) ?? new Map<SharePath, LibraryFile>();
    this.#byContent.set(key, same.set(file.path, file));
    this.#events.added(file);
  }

  #remove(path: SharePath): void {
    this.#unhashed.delete(path);
    clearTimeout(this.#resting.get(path));
    this.#resting.delete(path);
    const file = this.#files.get(path);
    if (file === undefined) return;
    this.#files.delete(path);
    const key = contentKey(file.id, file.stamp.size);
    const same = this.#byContent.get(key);
    same?.delete(path);
    if (same?.size === 0) this.#byContent.delete(key);
    this.#events.removed(file);
  }
}

/** A library file as it is announced. */
export function announcement({ path, stamp, id, executable }: LibraryFile): SharedFile {
  const { size, modified } = stamp;
  return { path, size, modified, id, ...(executable ? { executable } : {}) };
}

function contentKey(id: ContentId, size: number): string {
  return `${id}:${size}`;
}
