import { decodeBase64Url, decodeHex, encodeBase64Url, encodeHex } from "@std/encoding";
import { formatEndpoint, parseEndpoint } from "../addresses.ts";
import { defaultPorts } from "../limits.ts";

/** What a join link says: where a tracker is, how to know it, and the key that lets one in. */
export interface JoinLink {
  host: string;
  port: number;
  /** The tracker's id: 64 hex digits. */
  id: string;
  /** The invite key, 16 bytes; missing where the tracker takes everybody. */
  key?: Uint8Array;
}

const scheme = "lanyard://";
const keyBytes = 16;

/** Writes `lanyard://HOST:PORT#FP.KEY`; both parts behind `#` are base64url without padding. */
export function formatJoinLink({ host, port, id, key }: JoinLink): string {
  const secret = key === undefined ? "" : `.${encodeBase64Url(key)}`;
  return `${scheme}${formatEndpoint(host, port)}#${encodeBase64Url(decodeHex(id))}${secret}`;
}

/** Reads a join link; nothing if the text is none. */
export function parseJoinLink(text: string): JoinLink | undefined {
  const [, place = "", fingerprint = "", secret] =
    /^lanyard:\/\/([^#/?]+)\/?#([\w-]{43})(?:\.([\w-]{22}))?$/.exec(text.trim()) ?? [];
  const endpoint = parseEndpoint(place, defaultPorts.trackerTls);
  const id = decode(fingerprint, 32);
  const key = secret === undefined ? undefined : decode(secret, keyBytes);
  if (endpoint === undefined || id === undefined) return undefined;
  if (secret !== undefined && key === undefined) return undefined;
  return { ...endpoint, id: encodeHex(id), ...(key === undefined ? {} : { key }) };
}

/** Whether a text is meant to be a join link, right or wrong: it may hold a secret. */
export function looksLikeJoinLink(text: string): boolean {
  return text.trim().toLowerCase().startsWith(scheme);
}

/** Exactly one text stands for given bytes: bits beyond the last byte must be 0. */
function decode(text: string, length: number): Uint8Array | undefined {
  const bytes = decodeBase64Url(text);
  return bytes.length === length && encodeBase64Url(bytes) === text ? bytes : undefined;
}
