import { basename, dirname, SEPARATOR } from "@std/path";
import { reasonOf } from "../../shared/mod.ts";
import { leftOutByName } from "./left_out.ts";
import type { Library } from "./library.ts";
import { Pulse } from "./pulse.ts";
import type { Root } from "./roots.ts";

/** Milliseconds after an event before its folder is looked at: events come in bursts. */
const pause = 200;
/** Milliseconds between full looks while events arrive: they are hints and can be lost. */
const fullScanEvery = 10 * 60 * 1000;
/** Milliseconds between full looks where a folder cannot be watched. */
const fullScanUnwatched = 60 * 1000;

/** Milliseconds between looks at whether events come, and of each root as it was. */
const looksEvery = 2000;

/** A root as it was when it was last looked at. */
interface Watched {
  watcher: Deno.FsWatcher | undefined;
  /** Tells the folder from another one that takes its place; nothing while there is none. */
  identity: string | undefined;
}

/** Follows changes on disk: events say where to look, and a full look now and then finds the rest. */
export class Watcher {
  /** Resolves when changes from then on are noticed. */
  readonly watching: Promise<void>;
  readonly #library: Library;
  readonly #watched = new Map<Root, Watched>();
  readonly #dirty = new Map<Root, Set<string>>();
  readonly #onProblem: (message: string) => void;
  /** Missing if there are no events. */
  #pulse: Pulse | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fullScan: ReturnType<typeof setInterval> | undefined;
  #next: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /**
   * @param pulse path of a file of ours that shows whether events come
   * @param onProblem told in a sentence when events cannot be had.
   */
  constructor(library: Library, pulse: string, onProblem: (message: string) => void) {
    this.#library = library;
    this.#onProblem = onProblem;
    this.#scanEvery(fullScanEvery);
    try {
      this.#pulse = new Pulse(pulse);
    } catch (error) {
      this.#lost(error);
    }
    this.watching = this.#start();
  }

  /** Ends it. Whoever closes a watcher while events hang waits as well, so that is found out first. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#next);
    clearInterval(this.#fullScan);
    if (await this.#pulse?.beats() !== true) return;
    for (const { watcher } of this.#watched.values()) watcher?.close();
    this.#pulse?.close();
  }

  async #start(): Promise<void> {
    for (const root of this.#library.roots) await this.#watch(root);
    this.#lookLater();
  }

  #lookLater(): void {
    if (this.#closed) return;
    this.#next = setTimeout(() => {
      void this.#look().then(() => this.#lookLater());
    }, looksEvery);
  }

  async #look(): Promise<void> {
    await this.#hasEvents();
    await this.#checkRoots();
  }

  /** Whether events come; if they have stopped coming, what they would have told is looked for. */
  async #hasEvents(): Promise<boolean> {
    const pulse = this.#pulse;
    if (pulse === undefined) return false;
    const beats = await pulse.beats();
    if (beats || this.#closed) return beats && !this.#closed;
    this.#pulse = undefined;
    this.#lost("a pipe in a shared folder has stopped all events; remove it and share again");
    void this.#library.scanAll();
    return false;
  }

  /** Events tell nothing of a root that is moved, unmounted or made anew: it is watched anew. */
  async #checkRoots(): Promise<void> {
    for (const [root, { watcher, identity }] of this.#watched) {
      if (identityOf(watchedFolder(root)) === identity) continue;
      if (await this.#hasEvents()) watcher?.close();
      await this.#watch(root);
      this.#mark(root, root.label);
    }
  }

  async #watch(root: Root): Promise<void> {
    const folder = watchedFolder(root);
    const watched: Watched = { watcher: undefined, identity: identityOf(folder) };
    this.#watched.set(root, watched);
    if (watched.identity === undefined) return; // It is watched when it is there again.
    if (!await this.#hasEvents()) return;
    try {
      watched.watcher = Deno.watchFs(folder, { recursive: root.isFolder });
      void this.#follow(root, watched.watcher);
    } catch (error) {
      this.#lost(error);
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

  #scanEvery(ms: number): void {
    clearInterval(this.#fullScan);
    this.#fullScan = setInterval(() => void this.#library.scanAll(), ms);
  }

  #lost(error: unknown): void {
    this.#scanEvery(fullScanUnwatched);
    this.#onProblem(
      `Changes are noticed every minute only, because watching failed: ${reasonOf(error)}`,
    );
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
