import { array, boolean, integer, oneOf, optional, text } from "../fields.ts";
import { limits } from "../limits.ts";
import { sharePath } from "../share_path.ts";
import { errorBody } from "./error_message.ts";
import { type MessageOf, messageTable } from "./table.ts";
import {
  address,
  bytes,
  count,
  cursor,
  fileType,
  foundFile,
  hexId,
  label,
  nonce,
  offeredFile,
  onlinePeer,
  opaque,
  port,
  sessionLimits,
  sharedFile,
  source,
  time,
} from "./values.ts";

const answer = oneOf("accepted", "declined", "done", "failed");
/** What becomes of an offer at one peer: that it was told of it, and then what it answers. */
const standing = oneOf("offered", "accepted", "declined", "done", "failed");

/** What a peer asks a tracker. */
export const trackerRequests = messageTable({
  HELLO: {
    version: integer(1),
    name: label,
    port,
    digest: optional(opaque),
    /** Whether this session wants to be told of offers; it does unless it says no. */
    offers: optional(boolean),
    /** Whether others may send files to this session. */
    inbox: optional(boolean),
  },
  PROVE: { certificate: text(16 * 1024), signature: opaque, invite: optional(opaque) },
  SHARE: { files: array(sharedFile), port: optional(port) },
  UNSHARE: { paths: array(sharePath) },
  SHARED: { digest: opaque },
  SEARCH: {
    text: text(limits.searchBytes),
    limit: optional(integer(1)),
    cursor: optional(cursor),
    type: optional(fileType),
    minSize: optional(bytes),
    maxSize: optional(bytes),
    peer: optional(hexId),
    id: optional(hexId),
    exact: optional(boolean),
  },
  LIST: { peer: optional(hexId), under: optional(sharePath), cursor: optional(cursor) },
  SOURCES: { id: hexId, size: bytes, cursor: optional(cursor) },
  /** `inbox` asks for those only whom files can be sent to, accepted or not. */
  PEERS: { inbox: optional(boolean), cursor: optional(cursor) },
  OFFER: { file: offeredFile, message: optional(text(1024)) },
  /** `verified` says how much has come so far, after `accepted`. */
  ANSWER: { offer: opaque, answer, verified: optional(bytes) },
  CALL: { peer: hexId, port: integer(1024, 65_535) },
  PING: {},
  BYE: {},
});
export type TrackerRequest = MessageOf<typeof trackerRequests>;

/** What a tracker answers, and what it pushes unasked (verbs that are never answers). */
export const trackerReplies = messageTable({
  HI: {
    version: integer(1),
    tracker: label,
    id: hexId,
    /** Missing over TLS, where it is the hash of the peer's certificate. */
    peer: optional(hexId),
    nonce: optional(nonce),
    accepted: boolean,
    known: boolean,
    limits: sessionLimits,
  },
  OK: {
    accepted: optional(boolean),
    known: optional(boolean),
    now: optional(time),
    ticket: optional(opaque),
    /** Answers OFFER: what its answers are about. */
    offer: optional(opaque),
    /** Answers CALL: what the peer that was called will say in its HELLO. */
    token: optional(opaque),
  },
  ACCEPTED: { files: count, ticket: optional(opaque) },
  FOUND: {
    files: array(foundFile, limits.pageEntries),
    more: optional(cursor),
    total: optional(count),
  },
  "NOT FOUND": {},
  SOURCES: { sources: array(source, limits.pageEntries), more: optional(cursor) },
  PEERS: { peers: array(onlinePeer, limits.pageEntries), more: optional(cursor) },
  PONG: { now: time, ticket: optional(opaque) },
  ERROR: errorBody,
  OFFERED: {
    offer: opaque,
    from: hexId,
    name: optional(label),
    file: offeredFile,
    message: text(1024),
  },
  ANSWERED: {
    offer: opaque,
    peer: hexId,
    name: label,
    address,
    /** Where the peer serves files. */
    port: optional(port),
    answer: standing,
    verified: optional(bytes),
  },
  CALLED: { from: hexId, address, port, token: opaque },
  REACHABLE: { ok: boolean },
  REVOKED: { peer: hexId, at: time },
});
export type TrackerReply = MessageOf<typeof trackerReplies>;

/** A reply that is never the answer to a request. */
export type TrackerPush = Extract<
  TrackerReply,
  { verb: "OFFERED" | "ANSWERED" | "CALLED" | "REACHABLE" | "REVOKED" }
>;

const pushVerbs: ReadonlySet<string> = new Set<TrackerPush["verb"]>([
  "OFFERED",
  "ANSWERED",
  "CALLED",
  "REACHABLE",
  "REVOKED",
]);

/** Tells a push from an answer. */
export function isPush(reply: TrackerReply): reply is TrackerPush {
  return pushVerbs.has(reply.verb);
}
