import type { ContentId } from "../../shared/mod.ts";
import type { Content, Shelf } from "./content.ts";

/** Several shelves as one: what a peer shares, and what is on its way to it. */
export class Shelves implements Shelf {
  readonly #shelves: Shelf[];

  /** @param shelves the first that has some content serves it. */
  constructor(...shelves: Shelf[]) {
    this.#shelves = shelves;
  }

  /** Adds a shelf behind the others. */
  add(shelf: Shelf): void {
    this.#shelves.push(shelf);
  }

  open(id: ContentId, size: number): Content | undefined {
    return firstOf(this.#shelves, (shelf) => shelf.open(id, size));
  }

  openByName(name: string, size: number): Content | undefined {
    return firstOf(this.#shelves, (shelf) => shelf.openByName(name, size));
  }
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
