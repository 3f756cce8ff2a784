/** Content in memory to serve, that writes down what happens to it. */
import { type ContentId, hashPieces, idFromPieces, LanyardError } from "../../shared/mod.ts";
import type { Content, Shelf } from "../upload/content.ts";

/** One piece of content under a name. */
export class MemoryContent implements Content {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly id: ContentId;
  isCurrent = true;
  /** What the next read fails with. */
  failure: LanyardError | undefined;
  /** A bitmap of what it has; missing if that is everything. */
  have?: () => Uint8Array;
  readonly #events: string[];

  constructor(path: string, bytes: Uint8Array, events: string[]) {
    this.path = path;
    this.bytes = bytes;
    this.id = idFromPieces(hashPieces(bytes), bytes.length);
    this.#events = events;
  }

  get size(): number {
    return this.bytes.length;
  }

  hashes(): Uint8Array {
    if (this.failure !== undefined) throw this.failure;
    return hashPieces(this.bytes);
  }

  read(offset: number, into: Uint8Array): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    into.set(this.bytes.subarray(offset, offset + into.length));
    return Promise.resolve();
  }

  distrust(): void {
    this.#events.push(`distrust ${this.path}`);
  }

  close(): void {
    this.#events.push(`close ${this.path}`);
  }
}

/** A shelf of some contents. */
export class MemoryShelf implements Shelf {
  /** What was opened, closed and doubted, in order. */
  readonly events: string[] = [];
  readonly contents: MemoryContent[] = [];

  /** Puts content on the shelf. */
  add(path: string, bytes: Uint8Array): MemoryContent {
    const content = new MemoryContent(path, bytes, this.events);
    this.contents.push(content);
    return content;
  }

  open(id: ContentId, size: number): Content | undefined {
    return this.#opened(this.contents.find((one) => one.id === id && one.size === size));
  }

  openByName(name: string, size: number): Content | undefined {
    return this.#opened(this.contents.find((one) => one.path === name && one.size === size));
  }

  #opened(content: MemoryContent | undefined): Content | undefined {
    if (content !== undefined) this.events.push(`open ${content.path}`);
    return content;
  }
}
