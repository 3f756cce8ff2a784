/** A tracker client that answers from lists, page by page, and writes down what it was asked. */
import {
  type FoundFile,
  type OnlinePeer,
  parseSharePath,
  type Source,
  type TrackerRequest,
  typeOf,
} from "../../shared/mod.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";

/** What the tracker knows. */
export interface Known {
  files?: FoundFile[];
  peers?: OnlinePeer[];
}

/** Entries of one page. */
const perPage = 2;

/** A tracker that knows some files and peers. */
export class FakeTrackerClient {
  readonly requests: TrackerRequest[] = [];
  readonly #files: readonly FoundFile[];
  readonly #peers: readonly OnlinePeer[];

  constructor({ files = [], peers = [] }: Known) {
    this.#files = files;
    this.#peers = peers;
  }

  /** As which it is used. */
  get client(): TrackerClient {
    return this as unknown as TrackerClient;
  }

  request(request: TrackerRequest): Promise<unknown> {
    this.requests.push(request);
    switch (request.verb) {
      case "SEARCH":
      case "LIST":
        return Promise.resolve(found(page(this.#files.filter(fits(request)), request.cursor)));
      case "PEERS": {
        const { items, more } = page(this.#peers, request.cursor);
        return Promise.resolve({ verb: "PEERS", peers: items, ...more });
      }
      default:
        return Promise.reject(new Error(`The test expects no ${request.verb}`));
    }
  }
}

type Question = Extract<TrackerRequest, { verb: "SEARCH" | "LIST" }>;

function fits(request: Question): (file: FoundFile) => boolean {
  return ({ name, path, size, id, sources, files }) => {
    if (request.peer !== undefined && sources[0]?.peer !== request.peer) return false;
    if (request.verb === "LIST") {
      const { under } = request;
      if (files !== undefined) return false;
      return under === undefined || path === under || path.startsWith(`${under}/`);
    }
    const folded = name.toLowerCase();
    const text = request.text.toLowerCase();
    return (request.exact === true ? folded === text : folded.includes(text)) &&
      (request.id === undefined || request.id === id) && size >= (request.minSize ?? 0);
  };
}

function found({ items, more }: Page<FoundFile>): unknown {
  return items.length === 0 ? { verb: "NOT FOUND" } : { verb: "FOUND", files: items, ...more };
}

interface Page<T> {
  items: T[];
  more: { more?: string };
}

function page<T>(all: readonly T[], cursor: string | undefined): Page<T> {
  const start = Number(cursor ?? 0);
  const end = start + perPage;
  return { items: all.slice(start, end), more: end < all.length ? { more: String(end) } : {} };
}

/** A peer as a source; its id is the digit 64 times. */
export function sourceOf(name: string, digit: string): Source {
  const address = `10.0.0.${parseInt(digit, 16)}`;
  const peer = digit.repeat(64);
  return { peer, name, address, port: 2224, reachable: true, encrypted: false };
}

/** A found file of a source; the content's id is the digit 64 times. */
export function foundFile(
  path: string,
  digit: string,
  source: Source,
  size = 10,
): FoundFile & { id: string } {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return {
    name,
    path: parseSharePath(path),
    size,
    modified: 1000,
    id: digit.repeat(64),
    type: typeOf(name),
    peers: 1,
    sources: [source],
  };
}

/** A found folder of a source, with one file in it. */
export function foundFolder(path: string, source: Source): FoundFile {
  const { id: _, ...found } = foundFile(path, "0", source);
  return { ...found, type: "folder", files: 1 };
}
