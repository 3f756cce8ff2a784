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

/** Follows changes on disk: events say where to look, and a full look now and then finds the rest. */
export class Watcher {
  readonly #library: Library;
  readonly #watchers: Deno.FsWatcher[] = [];
  readonly #dirty = new Map<Root, Set<string>>();
  readonly #onProblem: (message: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fullScan: ReturnType<typeof setInterval>;

  /** @param onProblem told in a sentence when events cannot be had. */
  constructor(library: Library, onProblem: (message: string) => void) {
    this.#library = library;
    this.#onProblem = onProblem;
    const watched = library.roots.map((root) => this.#watch(root));
    const every = watched.every((ok) => ok) ? fullScanEvery : fullScanUnwatched;
    this.#fullScan = setInterval(() => void library.scanAll(), every);
  }

  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#fullScan);
    for (const watcher of this.#watchers) watcher.close();
  }

  #watch(root: Root): boolean {
    try {
      // A file is watched through its folder: programs that save often replace the file itself.
      const watcher = root.isFolder
        ? Deno.watchFs(root.real)
        : Deno.watchFs(dirname(root.real), { recursive: false });
      this.#watchers.push(watcher);
      void this.#follow(root, watcher);
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
