import { assert, assertEquals } from "@std/assert";
import {
  type FoundFile,
  limits,
  type Source,
  type TrackerReply,
  type TrackerRequest,
} from "../../shared/mod.ts";
import type { Caller } from "../_fakes.ts";
import { type Audience, type IndexedFile, totalCountedTo } from "../index/mod.ts";
import { modelTier } from "../index/contract/model_index.ts";
import type { ExpectedYard, Tenure } from "./expected_yard.ts";

type Request<V extends TrackerRequest["verb"]> = Omit<
  Extract<TrackerRequest, { verb: V }>,
  "verb" | "cursor"
>;

/** What is asked of, beside its narrowing to one peer. */
export interface Narrowed {
  /** The sessions that the peer in the request has. */
  of?: readonly Tenure[];
}

/** Asks a tracker through one of its sessions, to the last page, and compares what it answers. */
export class YardInspector {
  readonly #yard: ExpectedYard;
  readonly #caller: Caller;
  readonly #audience: Audience;

  /** @param caller a member's end of a session */
  constructor(yard: ExpectedYard, caller: Caller, encrypted: boolean) {
    this.#yard = yard;
    this.#caller = caller;
    this.#audience = encrypted ? {} : { plainOnly: true };
  }

  /** A search finds what it should, and the best first. */
  async search(request: Request<"SEARCH">, { of }: Narrowed = {}): Promise<void> {
    const { peer: _peer, limit: _limit, ...query } = request;
    const holders = of?.map(({ holder }) => holder);
    const expected = this.#yard.index.search({
      ...query,
      ...this.#audience,
      ...(holders === undefined ? {} : { holders }),
    });
    const files = await this.#files({ verb: "SEARCH", ...request }, expected.length);
    this.#compare(files, expected);
    const ranks = files.map(({ name, peers }) =>
      (query.exact ? 0 : modelTier(name, query.text) ?? NaN) * 1e6 - peers
    );
    assertEquals(ranks, ranks.toSorted((a, b) => a - b), "The best do not come first");
  }

  /** Everything is listed. */
  async listAll(): Promise<void> {
    const expected = this.#yard.index.list(this.#audience);
    this.#compare(await this.#files({ verb: "LIST" }, expected.length), expected);
  }

  /** A part is listed, session by session and path by path. */
  async list(request: Request<"LIST">, { of }: Narrowed): Promise<void> {
    const { under } = request;
    const holders = of?.map(({ holder }) => holder);
    const expected = this.#yard.index.list({
      ...this.#audience,
      ...(under === undefined ? {} : { under }),
      ...(holders === undefined ? {} : { holders }),
    }).sort((a, b) => (a.holders[0] ?? 0) - (b.holders[0] ?? 0));
    const files = await this.#files({ verb: "LIST", ...request }, expected.length);
    const told = (file: IndexedFile): unknown => [
      ...this.#about(file),
      file.path,
      file.modified,
      this.#yard.labelOf(file.holders[0] ?? NaN),
    ];
    const found = files.map((file) => [
      ...[file.name, file.size, file.id, file.type, file.peers, file.path, file.modified],
      file.sources[0]?.name,
    ]);
    assertEquals(found, expected.map(told));
  }

  /** All who have some content are named. */
  async sources(request: Request<"SOURCES">): Promise<void> {
    const found = await this.#pages<Source>(
      { verb: "SOURCES", ...request },
      (reply) => reply.verb === "SOURCES" ? reply.sources : [],
    );
    const named = found.map(({ name, partial = false }) => JSON.stringify([name, partial]));
    const expected = this.#yard.sources({ ...request, ...this.#audience });
    assertEquals(named.toSorted(), expected.toSorted());
  }

  /** All members are named. */
  async peers(): Promise<void> {
    const found = await this.#pages(
      { verb: "PEERS" },
      (reply) => reply.verb === "PEERS" ? reply.peers : [],
    );
    assertEquals(
      found.map(({ name, files, bytes }) => [name, files, bytes]),
      this.#yard.members(this.#audience).map(({ label, holder }) => {
        const { files, bytes } = this.#yard.index.totals(holder);
        return [label, files, bytes];
      }),
    );
  }

  /** The same files are found, whatever their order, with as many sources that really have them. */
  #compare(found: readonly FoundFile[], expected: readonly IndexedFile[]): void {
    const keyOf = (file: IndexedFile): string =>
      JSON.stringify([...this.#about(file), ...this.#place(file, this.#holdersOf(file))]);
    const wanted = new Map(expected.map((file) => [keyOf(file), file]));
    const got = new Map(found.map((file) => {
      const about = [file.name, file.size, file.id, file.type, file.peers];
      return [JSON.stringify([...about, ...this.#place(file, file.sources.map(nameOf))]), file];
    }));
    assertEquals([...got.keys()].sort(), [...wanted.keys()].sort());
    for (const [key, { sources, peers }] of got) {
      const file = wanted.get(key);
      const holders = file === undefined ? [] : this.#holdersOf(file);
      const named = new Set(sources.map(nameOf));
      assert(
        named.size === Math.min(peers, limits.foundSources) && named.isSubsetOf(new Set(holders)),
        `${key} is said to be at ${[...named]}, and is at ${holders}`,
      );
    }
  }

  #about({ name, size, id, type, holders }: IndexedFile): unknown[] {
    return [name, size, id, type, holders.length];
  }

  /** What tells a folder from others of that name: several peers may have some that are alike. */
  #place({ files, path }: Pick<FoundFile, "files" | "path">, at: readonly string[]): unknown[] {
    return files === undefined ? [] : [files, path, ...at];
  }

  #holdersOf({ holders }: IndexedFile): string[] {
    return holders.map((holder) => this.#yard.labelOf(holder));
  }

  async #files(
    request: Extract<TrackerRequest, { verb: "SEARCH" | "LIST" }>,
    total: number,
  ): Promise<FoundFile[]> {
    return await this.#pages(request, (reply) => {
      if (reply.verb !== "FOUND") return [];
      assertEquals(reply.total, Math.min(total, totalCountedTo));
      return reply.files;
    });
  }

  /** Follows the cursors to the end of a list. */
  async #pages<T>(
    request: Extract<TrackerRequest, { verb: "SEARCH" | "LIST" | "SOURCES" | "PEERS" }>,
    entries: (reply: TrackerReply) => readonly T[],
  ): Promise<T[]> {
    const all: T[] = [];
    let cursor: string | undefined;
    do {
      const reply = await this.#caller.session.handle({
        ...request,
        ...(cursor === undefined ? {} : { cursor }),
      });
      assert(reply !== undefined);
      all.push(...entries(reply));
      const more = "more" in reply ? reply.more : undefined;
      assert(more === undefined || more !== cursor, "A list does not go on");
      cursor = more;
    } while (cursor !== undefined);
    return all;
  }
}

function nameOf({ name }: { name: string }): string {
  return name;
}
