import { LanyardError, syntaxError } from "../errors.ts";
import { text as textField } from "../fields.ts";
import { decodeText } from "../messages/codec.ts";
import type { TrackerReply, TrackerRequest } from "../messages/tracker_messages.ts";
import { limits } from "../limits.ts";
import { printable } from "../printable.ts";
import { parseSharePath } from "../share_path.ts";
import {
  fitsClassicRecord,
  formatClassicRecord,
  parseClassicRecords,
  parseNumber,
} from "./record.ts";

/** The label of a classic peer: its dialect has no name for it. */
const classicLabel = "classic";
const searchText = textField(limits.searchBytes);

/**
 * Decodes one line of the classic dialect (seed 003) into the requests that mean the same in
 * version 2. A blank line, which may close a list of records, means nothing more.
 *
 * @param today Unix time in ms, the date of records whose date is unknown.
 * @throws {LanyardError} `syntax` or `unsupported`.
 */
export function decodeClassic(line: Uint8Array, today: number): TrackerRequest[] {
  const text = decodeText(line).trim();
  if (text === "") return [];
  if (text === "HELLO") return [{ verb: "HELLO", version: 1, name: classicLabel, port: 0 }];
  if (text === "BYE") return [{ verb: "BYE" }];
  if (text.startsWith("<")) return decodeRecords(text, today);
  const search = /^SEARCH:(.*)$/s.exec(text)?.[1];
  if (search !== undefined) {
    const name = searchText.parse(search.trim(), "SEARCH");
    return [{ verb: "SEARCH", text: name, exact: true, limit: limits.pageEntries }];
  }
  throw new LanyardError("unsupported", "Expected HELLO, a record, SEARCH: name or BYE");
}

function decodeRecords(text: string, today: number): TrackerRequest[] {
  return parseClassicRecords(text).map(({ name, type, size, modified, port }) => ({
    verb: "SHARE",
    port,
    files: [{ path: parseSharePath(name), type, size, modified: modified ?? today }],
  }));
}

/** Encodes a reply in the classic dialect; `undefined` where that dialect is silent. */
export function encodeClassic(reply: TrackerReply): string | undefined {
  switch (reply.verb) {
    case "HI":
      return "HI\n";
    case "FOUND": {
      const records = reply.files.flatMap((file) =>
        file.sources.filter(() => fitsClassicRecord(file.name)).map(({ address, port }) =>
          formatClassicRecord({ ...file, address, port })
        )
      );
      return records.length === 0 ? "NOT FOUND\n" : `FOUND: ${records.join("|")}\n`;
    }
    case "NOT FOUND":
      return "NOT FOUND\n";
    case "ERROR":
      // Seed 003: "FT should not respond" to a peer that shares nothing.
      return reply.code === "nothing-shared" ? undefined : `ERROR: ${printable(reply.message)}\n`;
    default:
      return undefined;
  }
}

/** What a classic client asks a peer for. */
export interface ClassicDownload {
  name: string;
  type: string;
  /** Bytes. */
  size: number;
}

/** Tells whether a peer's first line is a classic DOWNLOAD. */
export function isClassicDownload(text: string): boolean {
  return text.startsWith("DOWNLOAD:");
}

/**
 * Reads `DOWNLOAD: name, type, size`. The name may have commas, the other two never have.
 *
 * @throws {LanyardError} `syntax`.
 */
export function parseClassicDownload(text: string): ClassicDownload {
  const [, name, type, size] =
    /^DOWNLOAD:(.*),([^,]*),([^,]*)$/s.exec(text)?.map((part) => part.trim()) ?? [];
  if (name === undefined || type === undefined || size === undefined) {
    throw syntaxError("Expected DOWNLOAD: name, type, size");
  }
  return { name, type, size: parseNumber(size, Number.MAX_SAFE_INTEGER, "size") };
}
