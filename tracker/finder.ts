import {
  type FoundFile,
  limits,
  type Source,
  type TrackerReply,
  type TrackerRequest,
} from "../shared/mod.ts";
import { Cursors } from "./index/cursor.ts";
import { cutPage } from "./index/cut_page.ts";
import type { Audience, Holder, Holding, IndexedFile, Page, PageRequest } from "./index/mod.ts";
import { fitPage, mapPage } from "./page.ts";
import type { Registry } from "./registry.ts";
import { asOnlinePeer, asSource, type Ends, onePerPeer } from "./roster.ts";
import type { Stranger } from "./stranger.ts";

type Request<V extends TrackerRequest["verb"]> = Extract<TrackerRequest, { verb: V }>;
type Reply<V extends TrackerReply["verb"]> = Extract<TrackerReply, { verb: V }>;

type Strangers = ReadonlyMap<Holder, Stranger>;

/** What is here, as it is seen from one place. Every answer fits a line. */
export class Finder {
  readonly #registry: Registry;
  readonly #ends: Ends;

  /** @param ends where it is asked from: what cannot be reached from there is not found */
  constructor(registry: Registry, ends: Ends) {
    this.#registry = registry;
    this.#ends = ends;
  }

  /** Files and folders by their names. @throws {LanyardError} `bad-cursor`, `too-many`. */
  async search(
    request: Request<"SEARCH">,
    filesOnly = false,
  ): Promise<Reply<"FOUND" | "NOT FOUND">> {
    const { verb: _verb, limit: _limit, cursor: _cursor, peer, ...rest } = request;
    const kinds = filesOnly ? { filesOnly } : {};
    const query = { ...rest, ...kinds, ...this.#audience, ...await this.#heldBy(peer) };
    return await this.#found(await this.#registry.index.search(query, pageRequest(request)));
  }

  /** All files, or those of a peer or a folder. @throws {LanyardError} `bad-cursor`. */
  async list(request: Request<"LIST">): Promise<Reply<"FOUND" | "NOT FOUND">> {
    const { peer, under } = request;
    const below = under === undefined ? {} : { under };
    const query = { ...this.#audience, ...await this.#heldBy(peer), ...below };
    return await this.#found(await this.#registry.index.list(query, pageRequest(request)));
  }

  /** Who has some content. @throws {LanyardError} `bad-cursor`. */
  async sources(request: Request<"SOURCES">): Promise<Reply<"SOURCES">> {
    const page = await this.#registry.index.sources(
      { id: request.id, size: request.size, ...this.#audience },
      pageRequest(request),
    );
    const strangers = await this.#registry.strangers(
      page.entries.map(({ value }) => value.holder),
    );
    const { values, more } = fitPage(mapPage(page, (holding) => this.#source(holding, strangers)));
    const sources = values.filter((source) => source !== undefined);
    return { verb: "SOURCES", sources, ...(more === undefined ? {} : { more }) };
  }

  /** Who is here. @throws {LanyardError} `bad-cursor`. */
  async peers(request: Request<"PEERS">): Promise<Reply<"PEERS">> {
    const { roster, index, run } = this.#registry;
    const { inbox = false } = request;
    const ours = inbox ? roster.inboxes() : roster.peers();
    const others = (await this.#registry.others()).filter((one) =>
      inbox ? one.inbox : one.accepted
    );
    const listed = others.length === 0 ? ours : onePerPeer([...ours, ...others], () => true);
    const visible = listed.filter(({ ends }) => this.#ends.encrypted || !ends.encrypted);
    const found = visible.map((one) => ({ key: [one.holder], at: one }));
    const page = cutPage(
      found,
      pageRequest(request),
      new Cursors(run, inbox ? "inboxes" : "peers"),
      1,
      (one) => asOnlinePeer(one, this.#ends, "files" in one ? one : index.totals(one.holder)),
    );
    const { values, more } = fitPage(page);
    return { verb: "PEERS", peers: values, ...(more === undefined ? {} : { more }) };
  }

  async #found(page: Page<IndexedFile>): Promise<Reply<"FOUND" | "NOT FOUND">> {
    const strangers = await this.#registry.strangers(
      page.entries.flatMap(({ value }) => value.holders.slice(0, limits.foundSources)),
    );
    const { values: files, more } = fitPage(
      mapPage(page, (file) => this.#foundFile(file, strangers)),
    );
    if (files.length === 0) return { verb: "NOT FOUND" };
    return {
      verb: "FOUND",
      files,
      ...(more === undefined ? {} : { more }),
      ...(page.total === undefined ? {} : { total: page.total }),
    };
  }

  #foundFile({ holders, ...file }: IndexedFile, strangers: Strangers): FoundFile {
    const sources = holders.slice(0, limits.foundSources)
      .map((holder) => this.#source({ holder, partial: false }, strangers))
      .filter((source) => source !== undefined);
    return { ...file, peers: holders.length, sources };
  }

  /** Without encryption nobody can be reached who has it, so nobody is told of them. */
  get #audience(): Audience {
    return this.#ends.encrypted ? {} : { plainOnly: true };
  }

  async #heldBy(peer: string | undefined): Promise<{ holders?: number[] }> {
    if (peer === undefined) return {};
    const sessions = [
      ...this.#registry.roster.sessionsOf(peer),
      ...await this.#registry.others(peer),
    ];
    return { holders: sessions.map(({ holder }) => holder) };
  }

  #source({ holder, partial }: Holding, strangers: Strangers): Source | undefined {
    const member = this.#registry.roster.get(holder) ?? strangers.get(holder);
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
