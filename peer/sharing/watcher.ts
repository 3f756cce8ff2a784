import { basename, dirname, SEPARATOR } from "@std/path";
import { leftOutByName } from "./left_out.ts";
import type { Library } from "./library.ts";
import type { Root } from "./roots.ts";

/** Milliseconds after an event before its folder is looked at: events come in bursts. */
const pause = 200;
/** Milliseconds between full looks while events arrive: they are hints and can be lost. */
const fullScanEvery = 10 * 60 * 1000;
/** Milliseconds between full looks where a folder cannot be watched. */
const fullScanUnwatched = 60 * 1000;

/** Milliseconds between looks at whether each root is still the folder that is watched. */
const rootsEvery = 2000;

/** A root as it was when it was last looked at. */
interface Watched {
  watcher: Deno.FsWatcher | undefined;
  /** Tells the folder from another one that takes its place; nothing while there is none. */
  identity: string | undefined;
}

/** Follows changes on disk: events say where to look, and a full look now and then finds the rest. */
export class Watcher {
  readonly #library: Library;
  readonly #watched = new Map<Root, Watched>();
  readonly #dirty = new Map<Root, Set<string>>();
  readonly #onProblem: (message: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fullScan: ReturnType<typeof setInterval>;
  readonly #rootsCheck: ReturnType<typeof setInterval>;

  /** @param onProblem told in a sentence when events cannot be had. */
  constructor(library: Library, onProblem: (message: string) => void) {
    this.#library = library;
    this.#onProblem = onProblem;
    const watched = library.roots.map((root) => this.#watch(root));
    const every = watched.every((ok) => ok) ? fullScanEvery : fullScanUnwatched;
    this.#fullScan = setInterval(() => void library.scanAll(), every);
    this.#rootsCheck = setInterval(() => this.#checkRoots(), rootsEvery);
  }

  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#fullScan);
    clearInterval(this.#rootsCheck);
    for (const { watcher } of this.#watched.values()) watcher?.close();
  }

  /** Events tell nothing of a root that is moved, unmounted or made anew: it is watched anew. */
  #checkRoots(): void {
    for (const [root, { watcher, identity }] of this.#watched) {
      if (identityOf(watchedFolder(root)) === identity) continue;
      watcher?.close();
      this.#watch(root);
      this.#mark(root, root.label);
    }
  }

  #watch(root: Root): boolean {
    const folder = watchedFolder(root);
    const watched: Watched = { watcher: undefined, identity: identityOf(folder) };
    this.#watched.set(root, watched);
    if (watched.identity === undefined) return true; // It is watched when it is there again.
    try {
      watched.watcher = Deno.watchFs(folder, { recursive: root.isFolder });
      void this.#follow(root, watched.watcher);
      return true;
    } catch (error) {
      this.#lost(error);
      return false;
    }
  }

  async #follow(root: Root, watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const event of watcher) {
        if (event.kind === "access") continue;
        if (event.flag === "rescan") this.#mark(root, root.label);
        const paths = event.paths.filter((path) => leftOutByName(basename(path)) === undefined);
        for (const path of paths) this.#mark(root, sharePathAround(root, path));
      }
    } catch (error) {
      this.#lost(error);
      clearInterval(this.#fullScan);
      this.#fullScan = setInterval(() => void this.#library.scanAll(), fullScanUnwatched);
    }
  }

  #mark(root: Root, under: string | undefined): void {
    if (under === undefined) return;
    const marked = this.#dirty.get(root) ?? new Set();
    this.#dirty.set(root, marked.add(under));
    this.#timer ??= setTimeout(() => this.#lookAround(), pause);
  }

  #lookAround(): void {
    this.#timer = undefined;
    for (const [root, marked] of this.#dirty) {
      for (const under of topmost(marked)) void this.#library.scan(root, under);
    }
    this.#dirty.clear();
  }

  #lost(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#onProblem(`Changes are noticed every minute only, because watching failed: ${reason}`);
  }
}

/** The share path of the folder around something on disk, or nothing if it is not in the root. */
function sharePathAround(root: Root, disk: string): string | undefined {
  if (!root.isFolder) return disk === root.real ? root.label : undefined;
  const folder = dirname(disk);
  if (disk === root.real || folder === root.real) return root.label;
  if (!folder.startsWith(root.real + SEPARATOR)) return undefined;
  const inner = folder.slice(root.real.length + 1).replaceAll(SEPARATOR, "/").normalize("NFC");
  return `${root.label}/${inner}`;
}

/** The paths that are not below another one: looking there sees the others too. */
function topmost(paths: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (const path of [...paths].sort((a, b) => a.length - b.length)) {
    if (!kept.some((one) => path === one || path.startsWith(`${one}/`))) kept.push(path);
  }
  return kept;
}

/** A file is watched through its folder: programs that save often replace the file itself. */
function watchedFolder({ isFolder, real }: Root): string {
  return isFolder ? real : dirname(real);
}

/** What a folder is told by; nothing if there is none, or only a link to one. */
function identityOf(folder: string): string | undefined {
  try {
    const { isDirectory, dev, ino } = Deno.lstatSync(folder);
    return isDirectory ? `${dev} ${ino}` : undefined;
  } catch {
    return undefined;
  }
}
