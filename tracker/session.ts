import { encodeBase64Url } from "@std/encoding";
import {
  type FoundFile,
  LanyardError,
  limits,
  nonceBytes,
  protocolVersion,
  proven,
  refusal,
  type Source,
  type TrackerPhase,
  type TrackerReply,
  type TrackerRequest,
} from "../shared/mod.ts";
import type { LeaveReason } from "./events.ts";
import { Cursors } from "./index/cursor.ts";
import { cutPage } from "./index/cut_page.ts";
import type { Audience, Holding, IndexedFile, Page, PageRequest } from "./index/mod.ts";
import { fitPage, mapPage } from "./page.ts";
import { asOnlinePeer, asSource, type Ends, type Member } from "./roster.ts";
import type { Registry } from "./registry.ts";

type Request<V extends TrackerRequest["verb"]> = Extract<TrackerRequest, { verb: V }>;
type Hi = Extract<TrackerReply, { verb: "HI" }>;

/** Where a session stands: the one value that its connection's life is made of. */
type State =
  | { phase: "greeting" }
  | { phase: "unproven"; hello: Request<"HELLO">; nonce: string }
  | { phase: "greeted"; member: Member }
  | { phase: "ended" };

/** What a session needs of its connection. */
export interface SessionPeer {
  dialect: Member["dialect"];
  ends: Ends;
  push: Member["push"];
  /** Ends the connection without a word. */
  disconnect(): void;
}

/**
 * One connection to the tracker, as a machine: a request in, its answer out. It knows the registry
 * and nothing of sockets, lines or dialects.
 */
export class Session {
  readonly #registry: Registry;
  readonly #peer: SessionPeer;
  #state: State = { phase: "greeting" };

  constructor(registry: Registry, peer: SessionPeer) {
    this.#registry = registry;
    this.#peer = peer;
  }

  /** Whether the connection is to be closed once everything is sent. */
  get ended(): boolean {
    return this.#state.phase === "ended";
  }

  /** The greeted member, if the session has come that far and not ended. */
  get member(): Member | undefined {
    return this.#state.phase === "greeted" ? this.#state.member : undefined;
  }

  /**
   * Answers one request.
   *
   * @returns the answer, or nothing after BYE.
   * @throws {LanyardError} what is to be sent as `ERROR` in the answer's place; `closed` if there
   * is nobody left to send it to.
   */
  async handle(request: TrackerRequest): Promise<TrackerReply | undefined> {
    if (this.ended) throw new LanyardError("closed", "The session has ended", { fatal: true });
    const refused = refusal(this.#phase(), request.verb);
    if (refused === "nothing-shared") {
      throw new LanyardError(refused, "Share a file first: only peers that share may use this");
    }
    if (refused !== undefined) {
      throw new LanyardError(refused, `${request.verb} is not possible here`, {
        fatal: this.#state.phase === "greeting",
      });
    }
    if (request.verb === "HELLO") return this.#greet(request);
    if (request.verb === "BYE") return await this.end("bye");
    if (request.verb === "PING") return this.#pong();
    if (request.verb === "PROVE") return this.#prove(request);
    return await this.#serve(request, this.#member());
  }

  /** Ends the session: after BYE its files are gone, otherwise they wait for its return. */
  async end(reason: LeaveReason): Promise<undefined> {
    const member = this.member;
    this.#state = { phase: "ended" };
    if (member !== undefined) await this.#registry.leave(member, reason);
  }

  #phase(): TrackerPhase {
    const state = this.#state;
    if (state.phase === "unproven") return "unproven";
    if (state.phase !== "greeted") return "greeting";
    return state.member.accepted ? "member" : "receiver";
  }

  #member(): Member {
    if (this.#state.phase !== "greeted") throw new RangeError("The session is not greeted");
    return this.#state.member;
  }

  #greet(hello: Request<"HELLO">): TrackerReply {
    const { dialect, ends } = this.#peer;
    if (dialect === "version-2" && hello.version < protocolVersion) {
      throw new LanyardError("version", `This tracker speaks version ${protocolVersion}`, {
        fatal: true,
      });
    }
    this.#registry.options.admission.admitAddress(ends.remote);
    if (ends.encrypted) {
      const nonce = encodeBase64Url(crypto.getRandomValues(new Uint8Array(nonceBytes)));
      this.#state = { phase: "unproven", hello, nonce };
      return this.#hi({ nonce, accepted: false, known: false });
    }
    const { member, known } = this.#join(hello);
    return this.#hi({ peer: member.peer, accepted: member.accepted, known });
  }

  /** Whoever has proven a key is the peer of that key, and joins if it may. */
  #prove({ certificate, signature, invite }: Request<"PROVE">): TrackerReply {
    if (this.#state.phase !== "unproven") throw new RangeError("There is nothing to prove");
    const { hello, nonce } = this.#state;
    const { id: server, admission, clock } = this.#registry.options;
    const peer = proven({ purpose: "tracker", nonce, server }, { certificate, signature });
    const { remote: address } = this.#peer.ends;
    admission.admit({
      peer,
      name: hello.name,
      address,
      ...(invite === undefined ? {} : { invite }),
    });
    const { member, known } = this.#join(hello, peer);
    return { verb: "OK", accepted: member.accepted, known, now: clock.now(), ...this.#ticket() };
  }

  #join(hello: Request<"HELLO">, key?: string): { member: Member; known: boolean } {
    const { dialect, ends, push } = this.#peer;
    const replace = (): void => {
      this.#state = { phase: "ended" };
      this.#peer.disconnect();
    };
    const joined = this.#registry.join(hello, { dialect, ends, push, replace }, key);
    this.#state = { phase: "greeted", member: joined.member };
    return joined;
  }

  #hi(said: Omit<Hi, "verb" | "version" | "tracker" | "id" | "limits">): Hi {
    const { name, id, maxFiles, idleSeconds } = this.#registry.options;
    return {
      verb: "HI",
      version: protocolVersion,
      tracker: name,
      id,
      ...said,
      limits: {
        line: limits.lineBytes,
        page: limits.pageEntries,
        files: maxFiles,
        idle: idleSeconds,
      },
    };
  }

  #pong(): TrackerReply {
    return { verb: "PONG", now: this.#registry.options.clock.now(), ...this.#ticket() };
  }

  /** A ticket to put into an answer, if one is due. */
  #ticket(): { ticket?: string } {
    const { member } = this;
    const ticket = member === undefined ? undefined : this.#registry.renewTicket(member);
    return ticket === undefined ? {} : { ticket };
  }

  async #serve(
    request: Exclude<TrackerRequest, { verb: "HELLO" | "PROVE" | "PING" | "BYE" }>,
    member: Member,
  ): Promise<TrackerReply> {
    const { index } = this.#registry;
    switch (request.verb) {
      case "SHARE":
        return await this.#share(request, member);
      case "UNSHARE":
        await this.#registry.withdraw(member, request.paths);
        return this.#accepted(member);
      case "SHARED":
        member.digest = request.digest;
        return this.#accepted(member);
      case "SEARCH":
        return await this.#search(request, member);
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
      case "OFFER":
      case "ANSWER":
      case "CALL":
        throw new LanyardError("unsupported", `This tracker does not serve ${request.verb}`);
    }
  }

  async #share(request: Request<"SHARE">, member: Member): Promise<TrackerReply> {
    const classic = this.#peer.dialect === "classic";
    if (!classic && request.files.some(({ id }) => id === undefined)) {
      throw new LanyardError("syntax", '"id" is missing in "files"', { fatal: true });
    }
    try {
      await this.#registry.announce(member, request.files, request.port);
    } catch (error) {
      // Of a classic peer the first files count; the others are passed over in silence.
      if (!classic || !(error instanceof LanyardError) || error.code !== "too-many") throw error;
    }
    return this.#accepted(member);
  }

  #accepted(member: Member): TrackerReply {
    const { files } = this.#registry.index.totals(member.holder);
    return { verb: "ACCEPTED", files, ...this.#ticket() };
  }

  async #search(request: Request<"SEARCH">, member: Member): Promise<TrackerReply> {
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
      peer: member.peer,
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
    return this.#peer.ends.encrypted ? {} : { plainOnly: true };
  }

  #holdersOf(peer: string): number[] {
    return this.#registry.roster.sessionsOf(peer).map(({ holder }) => holder);
  }

  #source({ holder, partial }: Holding): Source | undefined {
    const member = this.#registry.roster.get(holder);
    if (member === undefined) return undefined;
    return { ...asSource(member, this.#peer.ends), ...(partial ? { partial } : {}) };
  }

  #peers(request: Request<"PEERS">): TrackerReply {
    const { roster, index, run } = this.#registry;
    const visible = roster.peers().filter(({ ends }) =>
      this.#peer.ends.encrypted || !ends.encrypted
    );
    const found = visible.map((member) => ({ key: [member.holder], at: member }));
    const page = cutPage(
      found,
      pageRequest(request),
      new Cursors(run, "peers"),
      1,
      (member) => asOnlinePeer(member, this.#peer.ends, index.totals(member.holder)),
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
