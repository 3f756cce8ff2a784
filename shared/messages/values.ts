import {
  array,
  boolean,
  field,
  integer,
  matching,
  object,
  type ObjectOf,
  optional,
  text,
} from "../fields.ts";
import { syntaxError } from "../errors.ts";
import { limits } from "../limits.ts";
import { hasControlCharacter, sharePath, sharePathFault } from "../share_path.ts";

/** Bytes: whole, from 0, below 2^53. */
export const bytes = integer(0);
/** Unix time in milliseconds, up to the last one that a `Date` can hold. */
export const time = integer(0, 8_640_000_000_000_000);
/** 64 lower-case hex digits: a content id or a peer id. */
export const hexId = matching(/^[0-9a-f]{64}$/, "64 lower-case hex digits");
/** A TCP port; 0 means that nobody listens. */
export const port = integer(0, 65_535);
/** How many of something. */
export const count = integer(0);
/** Where a list goes on: opaque to whoever gives it back. */
export const cursor = text(limits.cursorBytes);
/** A token that only its maker reads: a digest, a nonce, a ticket, a signature. */
export const opaque = text(4096);
/** What a server makes up for one connection: 32 random bytes in base64url. */
export const nonce = matching(/^[\w-]{43}$/, "32 bytes in base64url");
/** An IP address as text: an IPv6 one in the longest form has 45 characters. */
export const address = matching(/^[0-9A-Fa-f:.]{2,45}$/, "an IP address");
/** A file's extension: part of one path component. */
export const fileType = field((value, at) => {
  const type = text(limits.nameBytes).parse(value, at);
  if (hasControlCharacter(type)) throw syntaxError(`"${at}" has a control character`);
  return type;
});
/** The last component of a share path. */
export const fileName = field((value, at) => {
  const name = text(limits.nameBytes).parse(value, at);
  // Judged behind a folder: there, unlike at the start of a path, `C:` is no drive.
  const fault = name.includes("/") ? 'it has a "/"' : sharePathFault(`folder/${name}`);
  if (fault !== undefined) throw syntaxError(`"${at}" is not a file name: ${fault}`);
  return name;
});
/** A person's or machine's label: shown, never compared. */
export const label = field((value, at) => {
  const name = text(limits.labelBytes).parse(value, at);
  if (name.trim() === "" || hasControlCharacter(name)) {
    throw syntaxError(`"${at}" is not printable`);
  }
  return name;
});

/** One file as its sharer announces it. */
export const sharedFile = object({
  path: sharePath,
  size: bytes,
  modified: time,
  /** Missing only for files of classic peers, which have no way to say it. */
  id: optional(hexId),
  /** Said only where it is not the extension of the name (classic records). */
  type: optional(fileType),
  executable: optional(boolean),
  partial: optional(boolean),
});
export type SharedFile = ParsedField<typeof sharedFile>;

/** A peer that has some content. */
export const source = object({
  peer: hexId,
  name: label,
  address,
  port,
  reachable: boolean,
  encrypted: boolean,
  partial: optional(boolean),
});
export type Source = ParsedField<typeof source>;

/** One file as a search finds it: content under a name, with the peers that have it. */
export const foundFile = object({
  name: fileName,
  path: sharePath,
  size: bytes,
  modified: time,
  /** Missing for files that only classic peers have: their content cannot be verified. */
  id: optional(hexId),
  type: fileType,
  executable: optional(boolean),
  /**
   * Only of folders, which have no id: the whole files in it, at every depth. The size is that of
   * all of them, and `modified` is of the latest.
   */
  files: optional(count),
  peers: count,
  sources: array(source, limits.foundSources),
});
export type FoundFile = ParsedField<typeof foundFile>;

/** One peer that is online. */
export const onlinePeer = object({
  peer: hexId,
  name: label,
  address,
  port,
  reachable: boolean,
  encrypted: boolean,
  files: count,
  bytes,
  /** Whether files can be sent to it. */
  inbox: optional(boolean),
});
export type OnlinePeer = ParsedField<typeof onlinePeer>;

/** The file an offer is about. */
export const offeredFile = object({ path: sharePath, size: bytes, modified: time, id: hexId });

/** What a server lets a client do; a client that is told nothing assumes the protocol's limits. */
export const sessionLimits = object({
  line: optional(count),
  page: optional(count),
  files: optional(count),
  outstanding: optional(count),
  idle: optional(count),
});

type ParsedField<F> = F extends { parse(value: unknown, at: string): infer T } ? T : never;
export type { ObjectOf };
