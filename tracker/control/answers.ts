import {
  boolean,
  type Field,
  field,
  object,
  type ObjectOf,
  optional,
  text,
} from "../../shared/fields.ts";
import type { FoundFile, OnlinePeer } from "../../shared/mod.ts";
import { address, count, hexId, label, port, time } from "../../shared/messages/values.ts";

/** What stands for a part that is turned off. */
function orNull<T>(inner: Field<T>): Field<T | null> {
  return field((value, at) => value === null ? null : inner.parse(value, at));
}

const status = {
  id: hexId,
  version: text(64),
  /** Seconds since the start. */
  uptime: count,
  inviteOnly: boolean,
  port: orNull(port),
  tlsPort: orNull(port),
  httpPort: port,
  sessions: count,
  members: count,
  files: count,
  /** Missing if an older tracker runs; so is the next one. */
  searchesPerMinute: optional(count),
  /** Bytes of memory. */
  memory: optional(count),
};
/** How the tracker is. */
export const statusAnswer = object(status);
export type Status = ObjectOf<typeof status>;

const invitation = {
  id: hexId,
  tlsPort: port,
  /** Base64url; missing where everybody may join. */
  key: optional(text(64)),
};
/** What a join link is made of, but for the tracker's address. */
export const invitationAnswer = object(invitation);
export type Invitation = ObjectOf<typeof invitation>;

const decision = {
  peer: hexId,
  name: label,
  /** From where nobody may join, and until when. */
  address: optional(address),
  until: optional(time),
  /** Whether only members, and who shows the invite key, may join. */
  inviteOnly: boolean,
};
/** Whom a decision was about. */
export const decisionAnswer = object(decision);
export type Decision = ObjectOf<typeof decision>;

/** What `GET /api/files` answers. */
export interface FoundFiles {
  files: FoundFile[];
  /** Where the list goes on. */
  more?: string;
  /** Files of the whole list, counted up to 1,000. */
  total?: number;
}

/** What `GET /api/peers` answers. */
export interface FoundPeers {
  peers: OnlinePeer[];
  more?: string;
}
