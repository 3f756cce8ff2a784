import { Turns } from "../../net/mod.ts";
import { Pacer } from "../pacer.ts";
import type { Inbox } from "./inbox.ts";
import type { Guard, Switchboard } from "./reception.ts";
import { Slots } from "./slots.ts";

/** What the sessions of a peer share among each other. */
export interface UploadLimits {
  /** Peers that are sent something at the same time. */
  slots: Slots;
  /** Files that are read at the same time, because a disk that has to seek reads slowly. */
  reads: Slots;
  /** Those of everybody who is served in this thread. */
  turns: Turns;
  /** The rate of all sessions together, if it is limited. */
  pacer?: Pacer;
  /** Who is served; missing without encryption, when there is no telling. */
  guard?: Guard;
  /** Who waits for peers that were called; nobody if missing. */
  switchboard?: Switchboard;
  /** Where files that others send go; they are refused if missing. */
  inbox?: Inbox;
}

/** Files read at the same time: one is sent while another one is read, and disks seek little. */
const readsAtOnce = 4;

/**
 * The limits of sessions that begin now.
 *
 * @param limitUp bytes a second for all of them together; as fast as it goes if undefined
 * @param slots peers that are sent something at the same time
 */
export function uploadLimits(limitUp: number | undefined, slots = Infinity): UploadLimits {
  return {
    slots: new Slots(slots),
    reads: new Slots(readsAtOnce),
    turns: new Turns(),
    ...(limitUp === undefined ? {} : { pacer: new Pacer(limitUp) }),
  };
}
