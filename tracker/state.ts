import { join } from "@std/path";
import { type Identity, openIdentity } from "../net/mod.ts";
import { GuestList } from "./guest_list.ts";

/** What a tracker remembers from one run to the next. */
export interface TrackerState {
  /** 64 hex digits by which its peers know it again: the identity's id. */
  readonly id: string;
  readonly identity: Identity;
  readonly guests: GuestList;
}

/**
 * Reads the state in `folder`, making both at the first start. Two trackers that start at once
 * agree, and one that dies while starting leaves nothing half-made. What it gave needs no
 * permission to read or write any more.
 *
 * @throws {LanyardError} `io` if the folder cannot be used, or what is in it is damaged.
 */
export async function openState(folder: string): Promise<TrackerState> {
  const identity = await openIdentity(folder);
  return { id: identity.id, identity, guests: GuestList.open(join(folder, "tracker.sqlite")) };
}
