import {
  LanyardError,
  limits,
  type SharedFile,
  type SharePath,
  utf8Length,
} from "../../shared/mod.ts";
import type { Greeting, TrackerClient } from "../tracker_client/mod.ts";
import type { ListDigest } from "./list_digest.ts";

/** Requests under way: enough to keep the tracker busy, few enough to be answered soon. */
const pipelined = 8;
/** Bytes of the files in one SHARE, with room for the verb and the brackets. */
const lineBytes = limits.lineBytes - 1024;

/** Tells the tracker what is shared, now and whenever that changes. */
export class Announcer {
  readonly #digest: ListDigest;
  readonly #onRefused: (error: LanyardError) => void;
  readonly #onTold: (client: TrackerClient) => void;
  readonly #files = new Map<SharePath, SharedFile>();
  readonly #dirty = new Set<SharePath>();
  /** Files beyond what the tracker takes of one peer: announced when others make room. */
  #waiting = new Set<SharePath>();
  #most = Infinity;
  #saidWaiting = false;
  #client: TrackerClient | undefined;
  #flushing = false;
  /** The digest the tracker was told, while it still describes the list it has. */
  #told: string | undefined;
  #settled = Promise.withResolvers<void>();

  /**
   * @param onRefused told when the tracker does not take some of the files
   * @param onTold told whenever a tracker has been told everything, maybe again and again
   */
  constructor(
    digest: ListDigest,
    onRefused: (error: LanyardError) => void,
    onTold: (client: TrackerClient) => void = () => {},
  ) {
    this.#digest = digest;
    this.#onRefused = onRefused;
    this.#onTold = onTold;
  }

  /** The digest under which the tracker may still have our whole list. */
  get digest(): string | undefined {
    return this.#told;
  }

  /** Files that are announced, or about to be. */
  get size(): number {
    return this.#files.size - this.#waiting.size;
  }

  /** Adds a file to the list, or replaces it. */
  add(file: SharedFile): void {
    const before = this.#files.get(file.path);
    if (before !== undefined) this.#digest.toggle(before);
    this.#digest.toggle(file);
    if (before === undefined && this.size >= this.#most) this.#waiting.add(file.path);
    this.#files.set(file.path, file);
    if (!this.#waiting.has(file.path)) this.#mark(file.path);
    else this.#sayWaiting();
  }

  /** Takes a file out of the list. */
  remove(path: SharePath): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    this.#digest.toggle(file);
    this.#files.delete(path);
    if (this.#waiting.delete(path)) return;
    this.#mark(path);
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.#mark(next);
  }

  /** Goes on with a tracker that has just greeted us. */
  connect(client: TrackerClient, greeting: Greeting): void {
    this.#client = client;
    if (!greeting.known) { // Otherwise it still has the list we told.
      this.#told = undefined;
      this.#most = greeting.limits.files ?? Infinity;
      this.#waiting = new Set([...this.#files.keys()].slice(this.#most));
      this.#saidWaiting = false;
      this.#dirty.clear(); // What it does not know of need not be taken back.
      for (const path of this.#files.keys()) {
        if (!this.#waiting.has(path)) this.#dirty.add(path);
      }
    }
    void this.#flush();
  }

  /** The connection is gone: changes wait for the next one. */
  disconnect(): void {
    this.#client = undefined;
  }

  /** Resolves when the tracker has been told everything. */
  async settled(): Promise<void> {
    while (this.#dirty.size > 0 || this.#flushing || this.#client === undefined) {
      await this.#settled.promise;
    }
  }

  #mark(path: SharePath): void {
    this.#dirty.add(path);
    this.#told = undefined;
    // What happens in one turn, such as a whole scan batch, is told together.
    queueMicrotask(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    if (this.#flushing || this.#client === undefined) return;
    const client = this.#client;
    this.#flushing = true;
    try {
      while (this.#dirty.size > 0) await this.#tell(client, this.#takeDirty());
      this.#sayWaiting();
      if (this.#told === undefined) {
        const digest = this.#digest.value();
        await client.request({ verb: "SHARED", digest });
        if (this.#dirty.size === 0 && this.#client === client) this.#told = digest;
      }
      if (this.#told !== undefined && this.#client === client) this.#onTold(client);
    } catch (error) {
      if (!(error instanceof LanyardError)) throw error;
      const connected = error.code !== "closed" && error.code !== "timeout" && !error.fatal;
      if (connected) this.#onRefused(error);
      else if (this.#client === client) this.#client = undefined; // Told again when we are back.
    } finally {
      this.#flushing = false;
      this.#settled.resolve();
      this.#settled = Promise.withResolvers();
    }
    if (this.#dirty.size > 0) void this.#flush();
  }

  #sayWaiting(): void {
    if (this.#waiting.size === 0 || this.#saidWaiting) return;
    this.#saidWaiting = true;
    this.#onRefused(new LanyardError("too-many", `it takes ${this.#most} files of one peer`));
  }

  #takeDirty(): SharePath[] {
    const paths = [...this.#dirty];
    this.#dirty.clear();
    return paths;
  }

  async #tell(client: TrackerClient, paths: readonly SharePath[]): Promise<void> {
    const announced = (path: SharePath): SharedFile | undefined =>
      this.#waiting.has(path) ? undefined : this.#files.get(path);
    const files = paths.map(announced).filter((file) => file !== undefined);
    const gone = paths.filter((path) => announced(path) === undefined);
    const lines = [
      ...inLines(gone).map((some) => ({ verb: "UNSHARE", paths: some }) as const),
      ...inLines(files).map((some) => ({ verb: "SHARE", files: some }) as const),
    ];
    const pending = new Set<Promise<unknown>>();
    for (const line of lines) {
      const answer = client.request(line).finally(() => pending.delete(answer));
      pending.add(answer);
      if (pending.size >= pipelined) await Promise.race(pending);
    }
    await Promise.all(pending);
  }
}

/** Cuts a list so that each part, written as JSON, fits one line. */
function inLines<T>(entries: readonly T[]): T[][] {
  const lines: T[][] = [];
  let bytes = Infinity;
  for (const entry of entries) {
    const length = utf8Length(JSON.stringify(entry)) + 1;
    if (bytes + length > lineBytes) {
      lines.push([]);
      bytes = 0;
    }
    lines.at(-1)?.push(entry);
    bytes += length;
  }
  return lines;
}
