import type { Content } from "../upload/mod.ts";

/** Content of which is told how much was read. */
export class WatchedContent implements Content {
  readonly #content: Content;
  readonly #onRead: (bytes: number) => void;

  constructor(content: Content, onRead: (bytes: number) => void) {
    this.#content = content;
    this.#onRead = onRead;
  }

  get path(): string {
    return this.#content.path;
  }

  get id(): string {
    return this.#content.id;
  }

  get size(): number {
    return this.#content.size;
  }

  get isCurrent(): boolean {
    return this.#content.isCurrent;
  }

  hashes(): Uint8Array {
    return this.#content.hashes();
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    await this.#content.read(offset, into);
    this.#onRead(into.length);
  }

  distrust(): void {
    this.#content.distrust();
  }

  close(): void {
    this.#content.close();
  }
}
