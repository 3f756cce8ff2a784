import type { Door, Opened } from "../tracker_client/mod.ts";

/** A door that is opened by one at a time: whoever meets a tracker first remembers it for all. */
export class TurnDoor implements Door {
  #door: Door;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(door: Door) {
    this.#door = door;
  }

  /** Leads somewhere else from now on. */
  lead(door: Door): void {
    this.#door = door;
  }

  get endpoint(): Door["endpoint"] {
    return this.#door.endpoint;
  }

  open(): Promise<Opened> {
    const opened = this.#turn.then(() => this.#door.open());
    this.#turn = opened.catch(() => {}); // Whoever wanted it is told.
    return opened;
  }
}
