import { type ContentId, pieceLength, type Source } from "../../shared/mod.ts";
import type { HashCache } from "../sharing/hash_cache.ts";
import { Pacer } from "../pacer.ts";
import { Buffers } from "./buffers.ts";
import type { Resharing } from "./reshare.ts";
import type { SourceLink } from "./source_link.ts";
import type { Sources } from "./sources.ts";
import { Writer } from "./writer.ts";

/** Bytes of pieces in flight between the network and the disk, over all downloads of a process. */
const inFlightBytes = 16 * 1024 * 1024;

/** What a user chooses for all downloads of a process. */
export interface EngineOptions {
  /** Offers what comes to others. */
  reshare?: Resharing;
  /** Bytes a second for all downloads together; as fast as it goes if missing. */
  limitDown?: number | undefined;
}

/** What all downloads of a process have in common: sources, buffers and the writer. */
export class Engine {
  readonly writer = new Writer();
  /** Offers what comes to others, if that is wished. */
  readonly reshare: Resharing | undefined;
  /** The rate of all downloads together, if it is limited. */
  readonly pacer: Pacer | undefined;
  readonly #sources: Sources;
  readonly #cache: HashCache;
  readonly #buffers = new Map<number, Buffers>();

  constructor(sources: Sources, cache: HashCache, options: EngineOptions = {}) {
    this.#sources = sources;
    this.#cache = cache;
    this.reshare = options.reshare;
    if (options.limitDown !== undefined) this.pacer = new Pacer(options.limitDown);
  }

  /** A number in [0, 1). */
  random(): number {
    return Math.random();
  }

  /** The connection to a source, as in `Sources`. */
  async link(source: Source): Promise<SourceLink> {
    return await this.#sources.link(source);
  }

  /** Those of the sources that may be used. */
  others(sources: readonly Source[]): Source[] {
    return this.#sources.usable(sources);
  }

  /** The sources of some content that are known now. */
  async sources(id: ContentId, size: number): Promise<Source[]> {
    return await this.#sources.find(id, size);
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
    await this.#sources.close();
    await this.writer.close();
  }
}
