import {
  type ContentId,
  formatEndpoint,
  LanyardError,
  pieceLength,
  type Source,
} from "../../shared/mod.ts";
import { Certificates } from "../../net/mod.ts";
import type { Membership } from "../membership.ts";
import { connectTo, connectToPeer, type Endpoint, endpointOf } from "../net.ts";
import type { HashCache } from "../sharing/hash_cache.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import { Pacer } from "../pacer.ts";
import { Buffers } from "./buffers.ts";
import type { Reshare } from "./reshare.ts";
import { SourceLink } from "./source_link.ts";
import { Writer } from "./writer.ts";

/** Bytes of pieces in flight between the network and the disk, over all downloads of a process. */
const inFlightBytes = 16 * 1024 * 1024;

/** What a user chooses for all downloads of a process. */
export interface EngineOptions {
  /** The id the tracker knows us by, so that we do not download from ourselves. */
  self: string;
  /** Offers what comes to others. */
  reshare: Reshare | undefined;
  /** Who we are to encrypted sources; missing where the tracker was joined without encryption. */
  membership?: Membership;
  /** The id of the only peer to download from. */
  only?: string;
  /** Bytes a second for all downloads together; as fast as it goes if missing. */
  limitDown?: number;
}

/** What all downloads of a process have in common: connections, buffers and the writer. */
export class Engine {
  readonly writer = new Writer();
  /** Offers what comes to others, if that is wished. */
  readonly reshare: Reshare | undefined;
  /** The rate of all downloads together, if it is limited. */
  readonly pacer: Pacer | undefined;
  readonly #self: string;
  readonly #only: string | undefined;
  readonly #membership: Membership | undefined;
  readonly #certificates = new Certificates();
  readonly #tracker: TrackerClient;
  readonly #cache: HashCache;
  readonly #links = new Map<string, Promise<SourceLink>>();
  readonly #buffers = new Map<number, Buffers>();
  readonly #closing = new AbortController();

  constructor(tracker: TrackerClient, cache: HashCache, options: EngineOptions) {
    this.#tracker = tracker;
    this.#cache = cache;
    this.#self = options.self;
    this.#only = options.only;
    this.#membership = options.membership;
    this.reshare = options.reshare;
    options.membership?.onRevoked((peer) => void this.#drop(peer));
    if (options.limitDown !== undefined) this.pacer = new Pacer(options.limitDown);
  }

  /** A number in [0, 1). */
  random(): number {
    return Math.random();
  }

  /**
   * The connection to a source; all downloads from it share one.
   *
   * @throws {LanyardError} `unreachable`, `wrong-key`, `version`, or what the source answers.
   */
  async link(source: Source): Promise<SourceLink> {
    const endpoint = endpointOf(source, this.#tracker.endpoint);
    // Who is there is part of it: a peer may come back where another one was.
    const key = `${source.peer} ${formatEndpoint(endpoint.host, endpoint.port)}`;
    const known = await this.#links.get(key)?.catch(() => undefined);
    if (known?.isOpen) return known;
    const fresh = this.#connect(source, endpoint);
    fresh.catch(() => {}); // Whoever asked for it is told.
    this.#links.set(key, fresh);
    return await fresh;
  }

  /** Closes the connections to a peer that the tracker no longer accepts. */
  async #drop(peer: string): Promise<void> {
    for (const [key, opening] of this.#links) {
      if (!key.startsWith(`${peer} `)) continue;
      const link = await opening.catch(() => undefined); // It never came about.
      link?.close(new LanyardError("refused", "The tracker no longer accepts it"));
    }
  }

  async #connect({ peer, encrypted }: Source, endpoint: Endpoint): Promise<SourceLink> {
    const { signal } = this.#closing;
    if (!encrypted) {
      return await SourceLink.greet(await connectTo(endpoint, signal), undefined, signal);
    }
    const membership = this.#membership;
    if (membership === undefined) {
      throw new LanyardError(
        "unreachable",
        "It is reached only with encryption: leave out --plain",
      );
    }
    const connection = await connectToPeer(endpoint, peer, this.#certificates, signal);
    return await SourceLink.greet(connection, { membership, peer }, signal);
  }

  /** Those of the sources that may be used: not ourselves, and only those the user wants. */
  others(sources: readonly Source[]): Source[] {
    return sources.filter(({ peer }) =>
      peer !== this.#self && (this.#only === undefined || peer === this.#only)
    );
  }

  /** The sources of some content, as the tracker knows them now. */
  async sources(id: ContentId, size: number): Promise<Source[]> {
    const sources: Source[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#tracker.request({
        verb: "SOURCES",
        id,
        size,
        ...(cursor === undefined ? {} : { cursor }),
      });
      sources.push(...this.others(page.sources));
      cursor = page.more;
    } while (cursor !== undefined);
    return sources;
  }

  /** The buffers for pieces of a file of that size. */
  buffersFor(size: number): Buffers {
    const length = pieceLength(size);
    const buffers = this.#buffers.get(length) ?? new Buffers(length, inFlightBytes);
    this.#buffers.set(length, buffers);
    return buffers;
  }

  /** Paths of files on this machine that had this content when they were hashed. */
  copies(id: ContentId, size: number): string[] {
    return this.#cache.copies(id, size);
  }

  /** A piece list that was kept from an earlier run; not verified. */
  keptPieces(id: ContentId, size: number): Uint8Array | undefined {
    return this.#cache.pieces(id, size);
  }

  /** Keeps a verified piece list for another run. */
  keepPieces(id: ContentId, size: number, hashes: Uint8Array): void {
    this.#cache.savePieces(id, size, hashes);
  }

  /** Closes all connections and ends the writer. Downloads that are not over fail. */
  async close(): Promise<void> {
    this.#closing.abort(); // A source that is silent must not keep us.
    for (const link of this.#links.values()) {
      await link.then((open) => open.finish(), (_: LanyardError) => {}); // It never came about.
    }
    await this.writer.close();
  }
}
