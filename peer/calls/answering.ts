import { Certificates } from "../../net/mod.ts";
import { LanyardError, type TrackerPush } from "../../shared/mod.ts";
import { meetPeer } from "../greeting.ts";
import type { Membership } from "../membership.ts";
import { type Endpoint, endpointOf } from "../net.ts";
import type { UploadServer } from "../upload/mod.ts";

/** What the tracker says when somebody calls us. */
type Called = Extract<TrackerPush, { verb: "CALLED" }>;

/** Ports below belong to a machine's own services: nobody makes us knock there. */
const lowestPort = 1024;
/** Calls answered at the same time: a tracker cannot make us connect to more. */
const atOnce = 32;
/** Of these, those of one address: more than a sender has, and others want to be answered, too. */
const atOnceOfOne = 8;

/** Connects to peers that call us, because our own port cannot be reached, and serves them. */
export class Answering {
  readonly #server: Pick<UploadServer, "serveCaller">;
  readonly #membership: Membership | undefined;
  readonly #certificates = new Certificates();
  readonly #closing = new AbortController();
  /** The addresses of those who are being answered. */
  readonly #running: string[] = [];

  constructor(
    server: Pick<UploadServer, "serveCaller">,
    membership: Membership | undefined,
  ) {
    this.#server = server;
    this.#membership = membership;
  }

  /**
   * Answers if the tracker says that somebody calls us.
   *
   * @param tracker where that tracker is
   */
  heed(push: TrackerPush, tracker: Endpoint): void {
    // A caller that we cannot reach learns of it by waiting in vain.
    if (push.verb === "CALLED") this.answer(push, tracker).catch(() => {});
  }

  /**
   * Connects to a caller and serves it until it leaves. Others are not kept waiting.
   *
   * @param tracker where the tracker is that passed the call on
   * @throws {LanyardError} why that is not possible: the caller learns of it by waiting in vain.
   */
  async answer({ from, address, port, token }: Called, tracker: Endpoint): Promise<void> {
    if (port < lowestPort) throw new LanyardError("refused", "We were called to a reserved port");
    const own = this.#running.filter((one) => one === address).length;
    if (this.#running.length >= atOnce || own >= atOnceOfOne) {
      throw new LanyardError("too-many", "Too many peers call us");
    }
    this.#running.push(address);
    try {
      await this.#serve(endpointOf({ address, port }, tracker), from, token);
    } finally {
      this.#running.splice(this.#running.indexOf(address), 1);
    }
  }

  /** Gives up connections that are not made yet. */
  close(): void {
    this.#closing.abort();
  }

  async #serve(endpoint: Endpoint, from: string, token: string): Promise<void> {
    const { signal } = this.#closing;
    const membership = this.#membership;
    const secure = membership === undefined ? {} : { secure: { membership, peer: from } };
    const wire = await meetPeer(endpoint, { ...secure, token, signal }, this.#certificates);
    const ends = { remote: endpoint.host, encrypted: membership !== undefined };
    await this.#server.serveCaller(wire, ends, { peer: from });
  }
}
