import {
  type FoundFile,
  limits,
  type Source,
  type TrackerReply,
  type TrackerRequest,
} from "../shared/mod.ts";
import { Cursors } from "./index/cursor.ts";
import { cutPage } from "./index/cut_page.ts";
import type { Audience, Holding, IndexedFile, Page, PageRequest } from "./index/mod.ts";
import { fitPage, mapPage } from "./page.ts";
import type { Registry } from "./registry.ts";
import { asOnlinePeer, asSource, type Ends } from "./roster.ts";

type Request<V extends TrackerRequest["verb"]> = Extract<TrackerRequest, { verb: V }>;
type Reply<V extends TrackerReply["verb"]> = Extract<TrackerReply, { verb: V }>;

/** What is here, as it is seen from one place. Every answer fits a line. */
export class Finder {
  readonly #registry: Registry;
  readonly #ends: Ends;

  /** @param ends where it is asked from: what cannot be reached from there is not found */
  constructor(registry: Registry, ends: Ends) {
    this.#registry = registry;
    this.#ends = ends;
  }

  /** Files by their names. @throws {LanyardError} `bad-cursor`, `too-many`. */
  async search(request: Request<"SEARCH">): Promise<Reply<"FOUND" | "NOT FOUND">> {
    const { verb: _verb, limit: _limit, cursor: _cursor, peer, ...rest } = request;
    const query = { ...rest, ...this.#audience, ...this.#heldBy(peer) };
    return this.#found(await this.#registry.index.search(query, pageRequest(request)));
  }

  /** All files, or those of a peer or a folder. @throws {LanyardError} `bad-cursor`. */
  async list(request: Request<"LIST">): Promise<Reply<"FOUND" | "NOT FOUND">> {
    const { peer, under } = request;
    const below = under === undefined ? {} : { under };
    const query = { ...this.#audience, ...this.#heldBy(peer), ...below };
    return this.#found(await this.#registry.index.list(query, pageRequest(request)));
  }

  /** Who has some content. @throws {LanyardError} `bad-cursor`. */
  async sources(request: Request<"SOURCES">): Promise<Reply<"SOURCES">> {
    const page = await this.#registry.index.sources(
      { id: request.id, size: request.size, ...this.#audience },
      pageRequest(request),
    );
    const { values, more } = fitPage(mapPage(page, (holding) => this.#source(holding)));
    const sources = values.filter((source) => source !== undefined);
    return { verb: "SOURCES", sources, ...(more === undefined ? {} : { more }) };
  }

  /** Who is here. @throws {LanyardError} `bad-cursor`. */
  peers(request: Request<"PEERS">): Reply<"PEERS"> {
    const { roster, index, run } = this.#registry;
    const { inbox = false } = request;
    const listed = inbox ? roster.inboxes() : roster.peers();
    const visible = listed.filter(({ ends }) => this.#ends.encrypted || !ends.encrypted);
    const found = visible.map((member) => ({ key: [member.holder], at: member }));
    const page = cutPage(
      found,
      pageRequest(request),
      new Cursors(run, inbox ? "inboxes" : "peers"),
      1,
      (member) => asOnlinePeer(member, this.#ends, index.totals(member.holder)),
    );
    const { values, more } = fitPage(page);
    return { verb: "PEERS", peers: values, ...(more === undefined ? {} : { more }) };
  }

  #found(page: Page<IndexedFile>): Reply<"FOUND" | "NOT FOUND"> {
    const { values: files, more } = fitPage(mapPage(page, (file) => this.#foundFile(file)));
    if (files.length === 0) return { verb: "NOT FOUND" };
    return {
      verb: "FOUND",
      files,
      ...(more === undefined ? {} : { more }),
      ...(page.total === undefined ? {} : { total: page.total }),
    };
  }

  #foundFile({ holders, ...file }: IndexedFile): FoundFile {
    const sources = holders.slice(0, limits.foundSources)
      .map((holder) => this.#source({ holder, partial: false }))
      .filter((source) => source !== undefined);
    return { ...file, peers: holders.length, sources };
  }

  /** Without encryption nobody can be reached who has it, so nobody is told of them. */
  get #audience(): Audience {
    return this.#ends.encrypted ? {} : { plainOnly: true };
  }

  #heldBy(peer: string | undefined): { holders?: number[] } {
    if (peer === undefined) return {};
    return { holders: this.#registry.roster.sessionsOf(peer).map(({ holder }) => holder) };
  }

  #source({ holder, partial }: Holding): Source | undefined {
    const member = this.#registry.roster.get(holder);
    if (member === undefined) return undefined;
    return { ...asSource(member, this.#ends), ...(partial ? { partial } : {}) };
  }
}

function pageRequest({ cursor, limit }: { cursor?: string; limit?: number }): PageRequest {
  return {
    limit: Math.min(limit ?? limits.pageEntries, limits.pageEntries),
    ...(cursor === undefined ? {} : { cursor }),
  };
}
