/** Arbitrary messages, for property tests: every verb of every table, by its type. */
import fc from "fast-check";
import { type ErrorCode, exitCodes } from "../errors.ts";
import { limits } from "../limits.ts";
import type { PeerReply, PeerRequest } from "../messages/peer_messages.ts";
import type { TrackerReply, TrackerRequest } from "../messages/tracker_messages.ts";
import type { FoundFile, OnlinePeer, SharedFile, Source } from "../messages/values.ts";
import { typeOf } from "../share_path.ts";
import {
  address,
  anyText,
  bytes,
  hexId,
  label,
  name,
  nonce,
  opaque,
  path,
  port,
  time,
} from "./values.ts";

/** What each message of a union holds beside its verb. A verb without one does not compile. */
type Bodies<M extends { verb: string }> = {
  [V in M["verb"]]: fc.Arbitrary<Omit<Extract<M, { verb: V }>, "verb">>;
};

const bool = fc.boolean();
const version = fc.integer({ min: 1 });
const cursor = anyText;
const code = fc.constantFrom(...Object.keys(exitCodes) as ErrorCode[]);
const answer = fc.constantFrom("accepted", "declined", "done", "failed");
const standing = fc.constantFrom("offered", "accepted", "declined", "done", "failed");
const type = name.map(typeOf);
const few = { maxLength: 3 };

const sharedFile: fc.Arbitrary<SharedFile> = fc.record(
  { path, size: bytes, modified: time, id: hexId, type, executable: bool, partial: bool },
  { requiredKeys: ["path", "size", "modified"] },
);

const source: fc.Arbitrary<Source> = fc.record(
  { peer: hexId, name: label, address, port, reachable: bool, encrypted: bool, partial: bool },
  { requiredKeys: ["peer", "name", "address", "port", "reachable", "encrypted"] },
);

/** A file as a search finds it. */
export const foundFile: fc.Arbitrary<FoundFile> = fc.record(
  {
    name,
    path,
    size: bytes,
    modified: time,
    id: hexId,
    type,
    executable: bool,
    files: fc.nat(),
    peers: fc.nat(),
    sources: fc.array(source, { maxLength: limits.foundSources }),
  },
  { requiredKeys: ["name", "path", "size", "modified", "type", "peers", "sources"] },
);

const onlinePeer: fc.Arbitrary<OnlinePeer> = fc.record(
  {
    peer: hexId,
    name: label,
    address,
    port,
    reachable: bool,
    encrypted: bool,
    files: fc.nat(),
    bytes,
    inbox: bool,
  },
  {
    requiredKeys: [
      "peer",
      "name",
      "address",
      "port",
      "reachable",
      "encrypted",
      "files",
      "bytes",
    ],
  },
);

const offeredFile = fc.record({ path, size: bytes, modified: time, id: hexId });

const sessionLimits = fc.record(
  { line: bytes, page: bytes, files: bytes, outstanding: bytes, idle: bytes },
  { requiredKeys: [] },
);

const errorFields = { code, message: anyText, fatal: bool, supported: fc.array(version, few) };
const error = fc.record(errorFields, { requiredKeys: ["code", "message"] });

export const trackerRequestBodies: Bodies<TrackerRequest> = {
  HELLO: fc.record({ version, name: label, port, digest: opaque, offers: bool, inbox: bool }, {
    requiredKeys: ["version", "name", "port"],
  }),
  PROVE: fc.record({ certificate: anyText, signature: opaque, invite: opaque }, {
    requiredKeys: ["certificate", "signature"],
  }),
  SHARE: fc.record({ files: fc.array(sharedFile, few), port }, { requiredKeys: ["files"] }),
  UNSHARE: fc.record({ paths: fc.array(path, few) }),
  SHARED: fc.record({ digest: opaque }),
  SEARCH: fc.record({
    text: anyText,
    limit: fc.integer({ min: 1 }),
    cursor,
    type,
    minSize: bytes,
    maxSize: bytes,
    peer: hexId,
    id: hexId,
    exact: bool,
  }, { requiredKeys: ["text"] }),
  LIST: fc.record({ peer: hexId, under: path, cursor }, { requiredKeys: [] }),
  SOURCES: fc.record({ id: hexId, size: bytes, cursor }, { requiredKeys: ["id", "size"] }),
  PEERS: fc.record({ inbox: bool, cursor }, { requiredKeys: [] }),
  OFFER: fc.record({ file: offeredFile, message: anyText }, { requiredKeys: ["file"] }),
  ANSWER: fc.record({ offer: opaque, answer, verified: bytes }, {
    requiredKeys: ["offer", "answer"],
  }),
  CALL: fc.record({ peer: hexId, port: fc.integer({ min: 1024, max: 65_535 }) }),
  PING: fc.record({}),
  BYE: fc.record({}),
};

export const trackerReplyBodies: Bodies<TrackerReply> = {
  HI: fc.record({
    version,
    tracker: label,
    id: hexId,
    peer: hexId,
    nonce,
    accepted: bool,
    known: bool,
    limits: sessionLimits,
  }, { requiredKeys: ["version", "tracker", "id", "peer", "accepted", "known", "limits"] }),
  OK: fc.record(
    { accepted: bool, known: bool, now: time, ticket: opaque, offer: opaque, token: opaque },
    { requiredKeys: [] },
  ),
  ACCEPTED: fc.record({ files: bytes, ticket: opaque }, { requiredKeys: ["files"] }),
  FOUND: fc.record({ files: fc.array(foundFile, few), more: cursor, total: bytes }, {
    requiredKeys: ["files"],
  }),
  "NOT FOUND": fc.record({}),
  SOURCES: fc.record({ sources: fc.array(source, few), more: cursor }, {
    requiredKeys: ["sources"],
  }),
  PEERS: fc.record({ peers: fc.array(onlinePeer, few), more: cursor }, {
    requiredKeys: ["peers"],
  }),
  PONG: fc.record({ now: time, ticket: opaque }, { requiredKeys: ["now"] }),
  ERROR: error,
  OFFERED: fc.record(
    { offer: opaque, from: hexId, name: label, file: offeredFile, message: anyText },
    { requiredKeys: ["offer", "from", "file", "message"] },
  ),
  ANSWERED: fc.record(
    { offer: opaque, peer: hexId, name: label, address, port, answer: standing, verified: bytes },
    { requiredKeys: ["offer", "peer", "name", "address", "answer"] },
  ),
  CALLED: fc.record({ from: hexId, address, port, token: opaque }),
  REACHABLE: fc.record({ ok: bool }),
  REVOKED: fc.record({ peer: hexId, at: time }),
};

export const peerRequestBodies: Bodies<PeerRequest> = {
  HELLO: fc.record({ version, name: label, ticket: opaque, token: opaque }, {
    requiredKeys: ["version"],
  }),
  PROVE: fc.record({ certificate: anyText, signature: opaque }),
  PIECES: fc.record({ id: hexId, size: bytes }),
  DOWNLOAD: fc.record({ id: hexId, size: bytes, offset: bytes, length: bytes }),
  UPLOAD: fc.record({
    path,
    size: bytes,
    id: hexId,
    modified: time,
    executable: bool,
    rename: bool,
  }, {
    requiredKeys: ["path", "size", "id"],
  }),
  ERROR: fc.record({ ...errorFields, id: hexId, size: bytes }, {
    requiredKeys: ["code", "message"],
  }),
  BYE: fc.record({}),
};

export const peerReplyBodies: Bodies<PeerReply> = {
  HI: fc.record({ version, name: label, nonce, limits: sessionLimits }, {
    requiredKeys: ["version"],
  }),
  OK: fc.record({ accepted: bool }, { requiredKeys: [] }),
  HASHES: fc.record({ count: fc.nat({ max: limits.pieces }), have: opaque }, {
    requiredKeys: ["count"],
  }),
  FILE: fc.record({ offset: bytes, length: fc.nat({ max: limits.unitBytes }) }),
  STORED: fc.record({ path }),
  ERROR: error,
};

/** Any message of those bodies. */
export function anyMessage<M extends { verb: string }>(bodies: Bodies<M>): fc.Arbitrary<M> {
  return fc.oneof(...messagesByVerb(bodies).map(({ message }) => message));
}

/** The arbitrary messages of those bodies, verb by verb. */
export function messagesByVerb<M extends { verb: string }>(
  bodies: Bodies<M>,
): { verb: string; message: fc.Arbitrary<M> }[] {
  return Object.entries<fc.Arbitrary<object>>(bodies).map(([verb, body]) => ({
    verb,
    message: body.map((fields) => ({ verb, ...fields }) as M),
  }));
}
