import { LanyardError, type TrackerReply, type TrackerRequest } from "../shared/mod.ts";
import { Finder } from "./finder.ts";
import type { Registry } from "./registry.ts";
import type { Member } from "./roster.ts";

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
  readonly #finder: Finder;

  constructor(registry: Registry, member: Member) {
    this.#registry = registry;
    this.#member = member;
    this.#finder = new Finder(registry, member.ends);
  }

  /**
   * Answers a request, which is legal in the session's phase.
   *
   * @throws {LanyardError} what is to be sent as `ERROR` in the answer's place.
   */
  async serve(request: ServiceRequest): Promise<TrackerReply> {
    const { calls, offers } = this.#registry;
    const member = this.#member;
    switch (request.verb) {
      case "SHARE":
        return await this.#share(request);
      case "UNSHARE":
        await this.#registry.withdraw(member, request.paths);
        return this.#accepted();
      case "SHARED":
        await this.#registry.complete(this.#member, request.digest);
        return this.#accepted();
      case "SEARCH":
        return await this.#search(request);
      case "LIST":
        return await this.#finder.list(request);
      case "SOURCES":
        return await this.#finder.sources(request);
      case "PEERS":
        return await this.#finder.peers(request);
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
    const { clock, onEvent } = this.#registry.options;
    const start = clock.now();
    const filesOnly = this.#member.dialect === "classic"; // It has no way to tell a folder.
    const reply = await this.#finder.search(request, filesOnly);
    const found = reply.verb === "FOUND" ? reply.total ?? reply.files.length : 0;
    onEvent({ event: "search", peer: this.#member.peer, found, ms: clock.now() - start });
    return reply;
  }

  async #offer({ file, message = "" }: Request<"OFFER">): Promise<TrackerReply> {
    const { index, offers } = this.#registry;
    if (!await index.holds(this.#member.holder, file)) {
      throw new LanyardError("not-found", "Share this file before you offer it");
    }
    return { verb: "OK", offer: offers.offer(this.#member, file, message) };
  }
}
