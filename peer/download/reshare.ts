import {
  type ContentId,
  LanyardError,
  parseSharePath,
  pieceLength,
  pieceSpan,
} from "../../shared/mod.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import type { Content, Shelf } from "../upload/mod.ts";
import type { PieceSet } from "./piece_set.ts";
import type { Wanted } from "./wanted.ts";
import type { PartHandle } from "./writer.ts";

/** A download whose verified pieces can be given to others. */
export interface Arriving {
  wanted: Wanted;
  /** The verified piece list. */
  hashes: Uint8Array;
  /** The pieces that are here; grows. */
  verified: PieceSet;
  part: PartHandle;
}

/** Who gives to others what comes. */
export interface Resharing {
  /** A download has begun: its verified pieces can be given away. */
  offer(arriving: Arriving): Promise<void>;
  /** It is over, complete or not. */
  withdraw(arriving: Arriving): Promise<void>;
}

/**
 * Offers what has come of running downloads, so that receivers of one file help each other and its
 * source has to send it hardly more than once.
 */
export class Reshare implements Shelf, Resharing {
  readonly #tracker: TrackerClient;
  readonly #arriving = new Map<string, Arriving>();

  constructor(tracker: TrackerClient) {
    this.#tracker = tracker;
  }

  /** Starts to offer a download. Whether the tracker takes the announcement changes nothing for it. */
  async offer(arriving: Arriving): Promise<void> {
    const { id, size, modified } = arriving.wanted;
    this.#arriving.set(keyOf(id, size), arriving);
    const file = { path: announcedPath(id), size, modified, id, partial: true };
    await this.#tracker.request({ verb: "SHARE", files: [file] }).catch(ignoreRefusal);
  }

  /** Ends an offer: the download is over. */
  async withdraw({ wanted: { id, size } }: Arriving): Promise<void> {
    if (!this.#arriving.delete(keyOf(id, size))) return;
    const paths = [announcedPath(id)];
    await this.#tracker.request({ verb: "UNSHARE", paths }).catch(ignoreRefusal);
  }

  open(id: ContentId, size: number): Content | undefined {
    const arriving = this.#arriving.get(keyOf(id, size));
    if (arriving === undefined) return undefined;
    return new ArrivingContent(arriving, () => this.#arriving.get(keyOf(id, size)) === arriving);
  }

  /** The classic dialect knows whole files only. */
  openByName(): undefined {}
}

/** What has come of a file, as content to send. */
export class ArrivingContent implements Content {
  readonly #arriving: Arriving;
  readonly #isOffered: () => boolean;

  constructor(arriving: Arriving, isOffered: () => boolean) {
    this.#arriving = arriving;
    this.#isOffered = isOffered;
  }

  get path(): string {
    return announcedPath(this.id);
  }

  get id(): string {
    return this.#arriving.wanted.id;
  }

  get size(): number {
    return this.#arriving.wanted.size;
  }

  get isCurrent(): boolean {
    return this.#isOffered();
  }

  hashes(): Uint8Array {
    return this.#arriving.hashes;
  }

  have(): Uint8Array {
    return this.#arriving.verified.toBytes();
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    const { verified, part } = this.#arriving;
    for (let filled = 0; filled < into.length;) {
      const at = offset + filled;
      const piece = Math.floor(at / pieceLength(this.size));
      if (!this.isCurrent || !verified.has(piece)) {
        throw new LanyardError("not-found", "This part of the file has not come yet");
      }
      const bytes = await part.read(piece).catch((cause) => {
        // Where the part is on this disk is nobody's business, and the system's errors tell.
        throw new LanyardError("io", "What has come of the file cannot be read", { cause });
      });
      const from = at - pieceSpan(this.size, piece).offset;
      const some = bytes.subarray(from, from + into.length - filled);
      into.set(some, filled);
      filled += some.length;
    }
  }

  /** Each piece was verified when it came; what a receiver got wrong went wrong on the way. */
  distrust(): void {}

  close(): void {}
}

/** Partial sources are never listed by name, so theirs only has to be unlike all others. */
function announcedPath(id: ContentId): ReturnType<typeof parseSharePath> {
  return parseSharePath(`.arriving/${id}`);
}

function keyOf(id: ContentId, size: number): string {
  return `${id}:${size}`;
}

/** Helping others must not keep us from our own download. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof LanyardError)) throw error;
}
