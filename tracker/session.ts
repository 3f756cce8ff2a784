import { encodeBase64Url } from "@std/encoding";
import {
  LanyardError,
  limits,
  nonceBytes,
  protocolVersion,
  proven,
  refusal,
  type TrackerPhase,
  type TrackerReply,
  type TrackerRequest,
} from "../shared/mod.ts";
import type { LeaveReason } from "./events.ts";
import type { Ends, Member } from "./roster.ts";
import type { Registry } from "./registry.ts";
import { Services } from "./services.ts";

type Request<V extends TrackerRequest["verb"]> = Extract<TrackerRequest, { verb: V }>;
type Hi = Extract<TrackerReply, { verb: "HI" }>;

/** Where a session stands: the one value that its connection's life is made of. */
type State =
  | { phase: "greeting" }
  | { phase: "unproven"; hello: Request<"HELLO">; nonce: string }
  | { phase: "greeted"; member: Member; services: Services }
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
    if (request.verb === "BYE") {
      await this.end("bye");
      return undefined;
    }
    if (request.verb === "PING") return this.#pong();
    if (request.verb === "PROVE") return this.#prove(request);
    return await this.#services().serve(request);
  }

  /** Ends the session: after BYE its files are gone, otherwise they wait for its return. */
  end(reason: LeaveReason): Promise<void> {
    const member = this.member;
    this.#state = { phase: "ended" };
    return member === undefined ? Promise.resolve() : this.#registry.leave(member, reason);
  }

  #phase(): TrackerPhase {
    const state = this.#state;
    if (state.phase === "unproven") return "unproven";
    if (state.phase !== "greeted") return "greeting";
    return state.member.accepted ? "member" : "receiver";
  }

  #services(): Services {
    if (this.#state.phase !== "greeted") throw new RangeError("The session is not greeted");
    return this.#state.services;
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
    const services = new Services(this.#registry, joined.member);
    this.#state = { phase: "greeted", member: joined.member, services };
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
    return member === undefined ? {} : this.#registry.ticketDue(member);
  }
}
