import { boolean, integer, optional, text } from "../fields.ts";
import { limits } from "../limits.ts";
import { sharePath } from "../share_path.ts";
import { errorBody } from "./error_message.ts";
import { type MessageOf, messageTable } from "./table.ts";
import { bytes, hexId, label, nonce, opaque, sessionLimits, time } from "./values.ts";

/** 65,536 bits are 10,924 characters of base64. */
const bitmap = text(4 * Math.ceil(limits.pieces / 8 / 3));

/** What one peer may ask another; after HELLO and HI either side may. */
export const peerRequests = messageTable({
  HELLO: {
    version: integer(1),
    name: optional(label),
    ticket: optional(opaque),
    token: optional(opaque),
  },
  PROVE: { certificate: text(16 * 1024), signature: opaque },
  /** `brief` asks only for `have`: `count` is 0 then, and no hashes follow. */
  PIECES: { id: hexId, size: bytes, brief: optional(boolean) },
  DOWNLOAD: { id: hexId, size: bytes, offset: bytes, length: bytes },
  UPLOAD: {
    path: sharePath,
    size: bytes,
    id: hexId,
    modified: optional(time),
    executable: optional(boolean),
    /** Whether another name will do if this one is taken. */
    rename: optional(boolean),
  },
  /** A receiver's complaint: the content it names came with wrong bytes. Not answered. */
  ERROR: { ...errorBody, id: optional(hexId), size: optional(bytes) },
  BYE: {},
});
export type PeerRequest = MessageOf<typeof peerRequests>;

/** What a peer answers. HASHES and FILE are followed by raw bytes. */
export const peerReplies = messageTable({
  HI: {
    version: integer(1),
    name: optional(label),
    nonce: optional(nonce),
    limits: optional(sessionLimits),
  },
  OK: { accepted: optional(boolean) },
  HASHES: { count: integer(0, limits.pieces), have: optional(bitmap) },
  FILE: { offset: bytes, length: integer(0, limits.unitBytes) },
  STORED: { path: sharePath },
  ERROR: errorBody,
});
export type PeerReply = MessageOf<typeof peerReplies>;
