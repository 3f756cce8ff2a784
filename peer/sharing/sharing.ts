import { join } from "@std/path";
import { LanyardError, type SharedFile, type TrackerPush } from "../../shared/mod.ts";
import { Answering } from "../calls/mod.ts";
import { writeMemory } from "../memory.ts";
import type { Peer } from "../peer.ts";
import { servingOptions } from "../serving.ts";
import { type Door, type TrackerClient, TrackerLink } from "../tracker_client/mod.ts";
import { type Content, type Inbox, type ServerOptions, UploadServer } from "../upload/mod.ts";
import { Announcer } from "./announcer.ts";
import type { Exclusion, LeftOutReason } from "./left_out.ts";
import { announcement, Library, type LibraryFile } from "./library.ts";
import { ListDigest } from "./list_digest.ts";
import { resolveRoots, type Root } from "./roots.ts";
import { Watcher } from "./watcher.ts";

/** What to share, and who is told of it. */
export interface SharingOptions {
  paths: readonly string[];
  exclusions: readonly Exclusion[];
  /** How much to give to others. */
  serving: Pick<ServerOptions, "slots" | "limitUp">;
  /** Where files that others send go; if there is an inbox, nothing need be shared. */
  inbox?: Inbox;
  /** Somebody at `address` has got so many bytes of a file. */
  uploaded(address: string, content: Content, bytes: number): void;
  /** A file was added or removed after everything was announced once. */
  changed(change: "added" | "removed", file: LibraryFile): void;
  /** Whether what is shared is remembered for the next time; it is unless this says no. */
  remembers?: boolean;
  /** Whether we want to be told of offers; we do unless this says no. */
  offers?: boolean;
  /** A tracker has been told everything, which is this; it may be the same again. */
  announced?(client: TrackerClient, files: SharedFile[]): void;
  /** The tracker said something unasked. */
  pushed(push: TrackerPush): void;
  /** Something does not work as it should; a sentence for people. */
  trouble(message: string): void;
}

/** Shared folders: followed on disk, announced at the tracker, served to whoever asks. */
export class Sharing {
  readonly #library: Library;
  readonly #announcer: Announcer;
  readonly #server: UploadServer;
  readonly #answering: Answering;
  readonly #watcher: Watcher;
  readonly #link: TrackerLink;
  readonly #ready: Promise<void>;
  readonly #refused = Promise.withResolvers<never>();
  #peerId = "";
  #isReady = false;

  private constructor(
    peer: Peer,
    door: Door,
    roots: readonly Root[],
    options: SharingOptions,
  ) {
    const { memory, stateFolder, membership } = peer;
    this.#library = new Library(roots, options.exclusions, peer.cache, {
      added: (file) => {
        this.#announcer.add(announcement(file));
        if (this.#isReady) options.changed("added", file);
      },
      removed: (file) => {
        this.#announcer.remove(file.path);
        if (this.#isReady) options.changed("removed", file);
      },
      problem: (message) => options.trouble(message),
    });
    this.#announcer = new Announcer(
      new ListDigest(memory.secret),
      (error) => options.trouble(`The tracker did not take all files: ${error.message}`),
      (client) => options.announced?.(client, [...this.#library.files()].map(announcement)),
    );
    this.#server = new UploadServer(
      {
        ...servingOptions(peer),
        ...options.serving,
        ...(options.inbox === undefined ? {} : { inbox: options.inbox }),
      },
      this.#library,
      { uploaded: (address, content, bytes) => options.uploaded(address, content, bytes) },
    );
    this.#answering = new Answering(this.#server, membership);
    this.#watcher = new Watcher(
      this.#library,
      join(stateFolder, "pulse"),
      (message) => options.trouble(message),
    );
    this.#link = this.#connect(peer, door, options);
    this.#refused.promise.catch(() => {}); // Whoever waits for it is told.
    this.#ready = this.#start(options.inbox !== undefined);
    this.#ready.catch(() => {}); // Whoever waits for it is told.
  }

  /**
   * Starts to share.
   *
   * @throws {LanyardError} if something named cannot be shared, or no port can be had.
   */
  static async start(peer: Peer, door: Door, options: SharingOptions): Promise<Sharing> {
    const { memory, stateFolder } = peer;
    const { remembers = true } = options;
    const labels = remembers ? memory.labels : { ...memory.labels };
    const roots = await resolveRoots(options.paths, labels);
    const sharing = new Sharing(peer, door, roots, options);
    if (!remembers) return sharing;
    memory.shares = roots.map(({ real }) => real);
    if (peer.options.port === undefined) memory.port = sharing.port;
    await writeMemory(stateFolder, memory);
    return sharing;
  }

  /** The port that files are served on. */
  get port(): number {
    return this.#server.port;
  }

  /** The id that the tracker knows us by; empty before it has greeted us. */
  get peer(): string {
    return this.#peerId;
  }

  /** Files that are shared now, as far as the tracker takes them. */
  get files(): number {
    return this.#announcer.size;
  }

  /** Bytes of all of them. */
  get bytes(): number {
    let bytes = 0;
    for (const { stamp } of this.#library.files()) bytes += stamp.size;
    return bytes;
  }

  /** What was left out of the last full scan, and how often. */
  get leftOut(): ReadonlyMap<LeftOutReason, number> {
    return this.#library.leftOut;
  }

  /** Resolves once every file is hashed and announced. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Never resolves; rejects when the tracker refuses us for good. */
  get refused(): Promise<never> {
    return this.#refused.promise;
  }

  /** Says BYE and stops serving. */
  async close(): Promise<void> {
    this.#library.close();
    await this.#link.close();
    this.#answering.close();
    await this.#server.close();
    await this.#watcher.close();
  }

  #connect(
    { membership, options: { name } }: Peer,
    door: Door,
    options: SharingOptions,
  ): TrackerLink {
    return new TrackerLink(door, membership, {
      introduce: () => {
        const { digest } = this.#announcer;
        const introduction = {
          name,
          port: this.#server.port,
          ...(options.inbox === undefined ? {} : { inbox: true }),
          ...(options.offers === false ? { offers: false } : {}),
        };
        return digest === undefined ? introduction : { ...introduction, digest };
      },
      joined: (client, greeting) => {
        this.#peerId = greeting.peer;
        this.#announcer.connect(client, greeting);
      },
      pushed: (push) => {
        this.#answering.heed(push, door.endpoint);
        options.pushed(push);
      },
      lost: () => this.#announcer.disconnect(),
      trouble: (message) => options.trouble(message),
      refused: (reason) => this.#refused.reject(reason),
    });
  }

  async #start(mayBeEmpty: boolean): Promise<void> {
    await this.#watcher.watching;
    await this.#library.scanAll();
    if (this.#library.size === 0 && !mayBeEmpty) {
      throw new LanyardError("nothing-shared", "There is no file to share in what you named");
    }
    await Promise.race([this.#announcer.settled(), this.refused]);
    this.#isReady = true;
  }
}
