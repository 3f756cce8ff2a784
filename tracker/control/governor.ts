import { LanyardError, version } from "../../shared/mod.ts";
import type { Admission } from "../admission.ts";
import { exposition, report } from "../metrics/mod.ts";
import type { Clock } from "../options.ts";
import type { Decision, FoundFiles, FoundPeers, Invitation, Status } from "./answers.ts";
import { findPeer, type KnownPeer } from "./find_peer.ts";
import { Health, type Verdict } from "./health.ts";
import { peersRequest, searchRequest } from "./query.ts";
import type { ControlTarget } from "./target.ts";

/** An id with all of its digits. */
const wholeId = /^[0-9a-f]{64}$/i;

/** What a governor is told of the tracker it governs. */
export interface GovernorOptions {
  /** The tracker's id: 64 hex digits. */
  id: string;
  httpPort: number;
  clock: Pick<Clock, "now">;
  /** Bytes of memory that the program takes. */
  memory(): number;
  /** Told of what goes wrong inside. */
  onError(error: unknown): void;
}

/** Does what the operator of a running tracker decides, and remembers it where it has to last. */
export class Governor {
  readonly #admission: Admission;
  readonly #target: ControlTarget;
  readonly #options: GovernorOptions;
  readonly #start: number;
  readonly #health: Health;

  constructor(admission: Admission, target: ControlTarget, options: GovernorOptions) {
    this.#admission = admission;
    this.#target = target;
    this.#options = options;
    this.#start = options.clock.now();
    const onFailure = (error: unknown): void => options.onError(error);
    this.#health = new Health(() => target.check(), { onFailure });
  }

  /** How the tracker is. */
  status(): Status {
    const { id, httpPort, memory } = this.#options;
    return {
      id,
      version,
      uptime: Math.floor(this.#uptime),
      inviteOnly: this.#admission.inviteOnly,
      port: this.#target.port ?? null,
      tlsPort: this.#target.tlsPort ?? null,
      httpPort,
      ...this.#target.counts(),
      searchesPerMinute: this.#target.metrics.recentSearches.count,
      memory: memory(),
    };
  }

  /** Whether the tracker can do what it is for. */
  health(): Promise<Verdict> {
    return this.#health.verdict();
  }

  /** Everything that is measured, for Prometheus. */
  metrics(): string {
    const program = { version, uptime: this.#uptime, memory: this.#options.memory() };
    return exposition(report(this.#target.metrics, this.#target.standing(), program));
  }

  /**
   * Files by their names, as SEARCH finds them.
   *
   * @throws {LanyardError} `syntax`, `bad-cursor`, `too-many`.
   */
  async files(query: URLSearchParams): Promise<FoundFiles> {
    const { verb, ...found } = await this.#target.finder.search(searchRequest(query));
    return verb === "NOT FOUND" ? { files: [], total: 0 } : { files: [], ...found };
  }

  /** Who is here, as PEERS says it. @throws {LanyardError} `syntax`, `bad-cursor`. */
  async peers(query: URLSearchParams): Promise<FoundPeers> {
    const { verb: _verb, ...found } = await this.#target.finder.peers(peersRequest(query));
    return found;
  }

  /**
   * What a join link says.
   *
   * @throws {LanyardError} `refused` where nobody can join by one.
   */
  invite(): Invitation {
    const { tlsPort } = this.#target;
    if (tlsPort === undefined) {
      throw new LanyardError(
        "refused",
        "Join links need encrypted connections; start the tracker without --tls-port off",
      );
    }
    const { inviteOnly, invite } = this.#admission;
    return { id: this.#options.id, tlsPort, ...(inviteOnly ? { key: invite } : {}) };
  }

  /** Voids the join links that were given out; the answer is that of `invite`. */
  rotateInvite(): Invitation {
    this.invite(); // Where there are no links there is nothing to void.
    this.#admission.rotateInvite();
    return this.invite();
  }

  /**
   * Ends a peer's sessions, and its membership if there are any.
   *
   * @param who the first digits of an id, a name or an address
   * @throws {LanyardError} `not-found`, `ambiguous`.
   */
  kick(who: string): Decision {
    const { peer, name } = findPeer(who, this.#everybody());
    this.#admission.kick(peer);
    this.#target.expel(peer);
    return this.#decision(peer, name);
  }

  /**
   * Keeps a peer out from now on. Where its address is banned, too, whoever else is there now goes
   * as well: without keys one machine may be several peers. A peer that is not here is known by its
   * whole id.
   *
   * @param who the first digits of an id, a name or an address
   * @throws {LanyardError} `not-found`, `ambiguous`.
   */
  ban(who: string): Decision {
    const { peer, name, address } = findPeer(who, this.#everybody(who));
    const { place } = this.#admission.ban(peer, name, address);
    this.#target.expel(peer);
    if (place === undefined) return this.#decision(peer, name);
    const neighbours = this.#target.online().filter((one) => one.address === place.address);
    for (const one of new Set(neighbours.map((neighbour) => neighbour.peer))) {
      this.#target.expel(one);
    }
    return { ...this.#decision(peer, name), ...place };
  }

  /**
   * Lifts a ban.
   *
   * @param who the first digits of an id, a name or an address
   * @throws {LanyardError} `not-found`, `ambiguous`.
   */
  unban(who: string): Decision {
    const bans = this.#admission.guests.bans();
    const { peer, name } = findPeer(
      who,
      bans.map(({ place, ...ban }) => place === undefined ? ban : { ...ban, ...place }),
    );
    this.#admission.unban(peer);
    return this.#decision(peer, name);
  }

  /** Seconds since the start. */
  get #uptime(): number {
    return (this.#options.clock.now() - this.#start) / 1000;
  }

  #decision(peer: string, name: string): Decision {
    return { peer, name, inviteOnly: this.#admission.inviteOnly };
  }

  /**
   * Who is here, and then the members that are not.
   *
   * @param who may be the whole id of somebody else, who is known by it then
   */
  #everybody(who = ""): KnownPeer[] {
    const absent = wholeId.test(who) ? [{ peer: who.toLowerCase(), name: who.slice(0, 16) }] : [];
    return [...this.#target.online(), ...this.#admission.guests.members(), ...absent];
  }
}
