import {
  type FoundFile,
  LanyardError,
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
import { asOnlinePeer, asSource, type Member } from "./roster.ts";

type Request<V extends TrackerRequest["verb"]> = Extract<TrackerRequest, { verb: V }>;

/** What a greeted session may ask for, beside keeping and ending itself. */
export type ServiceRequest = Exclude<
  TrackerRequest,
  { verb: "HELLO" | "PROVE" | "PING" | "BYE" }
>;

/** What the tracker does for one greeted session. */
export class Services {
  readonly #registry: Registry;
  readonly #member: Member;

  constructor(registry: Registry, member: Member) {
    this.#registry = registry;
    this.#member = member;
  }

  /**
   * Answers a request, which is legal in the session's phase.
   *
   * @throws {LanyardError} what is to be sent as `ERROR` in the answer's place.
   */
  async serve(request: ServiceRequest): Promise<TrackerReply> {
    const { index, calls, offers } = this.#registry;
    const member = this.#member;
    switch (request.verb) {
      case "SHARE":
        return await this.#share(request);
      case "UNSHARE":
        await this.#registry.withdraw(member, request.paths);
        return this.#accepted();
      case "SHARED":
        member.digest = request.digest;
        return this.#accepted();
      case "SEARCH":
        return await this.#search(request);
      case "LIST": {
        const { peer, under } = request;
        const query = {
          ...this.#audience,
          ...(peer === undefined ? {} : { holders: this.#holdersOf(peer) }),
          ...(under === undefined ? {} : { under }),
        };
        return this.#found(await index.list(query, pageRequest(request)));
      }
      case "SOURCES": {
        const page = await index.sources(
          { id: request.id, size: request.size, ...this.#audience },
          pageRequest(request),
        );
        const { values, more } = fitPage(mapPage(page, (holding) => this.#source(holding)));
        const sources = values.filter((source) => source !== undefined);
        return { verb: "SOURCES", sources, ...(more === undefined ? {} : { more }) };
      }
      case "PEERS":
        return this.#peers(request);
      case "CALL":
        return { verb: "OK", token: calls.call(member, request.peer, request.port) };
      case "OFFER":
        return await this.#offer(request);
      case "ANSWER":
        offers.answer(member, request);
        return { verb: "OK" };
    }
  }

  async #share(request: Request<"SHARE">): Promise<TrackerReply> {
    const classic = this.#member.dialect === "classic";
    if (!classic && request.files.some(({ id }) => id === undefined)) {
      throw new LanyardError("syntax", '"id" is missing in "files"', { fatal: true });
    }
    try {
      await this.#registry.announce(this.#member, request.files, request.port);
    } catch (error) {
      // Of a classic peer the first files count; the others are passed over in silence.
      if (!classic || !(error instanceof LanyardError) || error.code !== "too-many") throw error;
    }
    return this.#accepted();
  }

  #accepted(): TrackerReply {
    const { files } = this.#registry.index.totals(this.#member.holder);
    return { verb: "ACCEPTED", files, ...this.#registry.ticketDue(this.#member) };
  }

  async #search(request: Request<"SEARCH">): Promise<TrackerReply> {
    const { verb: _verb, limit: _limit, cursor: _cursor, peer, ...rest } = request;
    const { clock, onEvent } = this.#registry.options;
    const start = clock.now();
    const query = {
      ...rest,
      ...this.#audience,
      ...(peer === undefined ? {} : { holders: this.#holdersOf(peer) }),
    };
    const page = await this.#registry.index.search(query, pageRequest(request));
    onEvent({
      event: "search",
      peer: this.#member.peer,
      found: page.total ?? page.entries.length,
      ms: clock.now() - start,
    });
    return this.#found(page);
  }

  #found(page: Page<IndexedFile>): TrackerReply {
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
    return this.#member.ends.encrypted ? {} : { plainOnly: true };
  }

  #holdersOf(peer: string): number[] {
    return this.#registry.roster.sessionsOf(peer).map(({ holder }) => holder);
  }

  #source({ holder, partial }: Holding): Source | undefined {
    const member = this.#registry.roster.get(holder);
    if (member === undefined) return undefined;
    return { ...asSource(member, this.#member.ends), ...(partial ? { partial } : {}) };
  }

  async #offer({ file, message = "" }: Request<"OFFER">): Promise<TrackerReply> {
    const { index, offers } = this.#registry;
    if (!await index.holds(this.#member.holder, file)) {
      throw new LanyardError("not-found", "Share this file before you offer it");
    }
    return { verb: "OK", offer: offers.offer(this.#member, file, message) };
  }

  #peers(request: Request<"PEERS">): TrackerReply {
    const { roster, index, run } = this.#registry;
    const { inbox = false } = request;
    const listed = inbox ? roster.inboxes() : roster.peers();
    const visible = listed.filter(({ ends }) => this.#member.ends.encrypted || !ends.encrypted);
    const found = visible.map((member) => ({ key: [member.holder], at: member }));
    const page = cutPage(
      found,
      pageRequest(request),
      new Cursors(run, inbox ? "inboxes" : "peers"),
      1,
      (member) => asOnlinePeer(member, this.#member.ends, index.totals(member.holder)),
    );
    const { values, more } = fitPage(page);
    return { verb: "PEERS", peers: values, ...(more === undefined ? {} : { more }) };
  }
}

function pageRequest({ cursor, limit }: { cursor?: string; limit?: number }): PageRequest {
  return {
    limit: Math.min(limit ?? limits.pageEntries, limits.pageEntries),
    ...(cursor === undefined ? {} : { cursor }),
  };
}
