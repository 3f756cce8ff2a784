import { type ContentId, formatEndpoint, LanyardError, type Source } from "../../shared/mod.ts";
import { Certificates } from "../../net/mod.ts";
import type { Membership } from "../membership.ts";
import { connectTo, connectToPeer, type Endpoint, endpointOf } from "../net.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import { SourceLink } from "./source_link.ts";
import type { Sources } from "./sources.ts";

/** Which sources a user wants, and how they are reached. */
export interface TrackerSourcesOptions {
  /** The id the tracker knows us by, so that we do not download from ourselves. */
  self: string;
  /** Who we are to encrypted sources; missing where the tracker was joined without encryption. */
  membership?: Membership;
  /** The id of the only peer to download from. */
  only?: string;
}

/** The sources that a tracker knows. */
export class TrackerSources implements Sources {
  readonly #tracker: TrackerClient;
  readonly #self: string;
  readonly #only: string | undefined;
  readonly #membership: Membership | undefined;
  readonly #certificates = new Certificates();
  readonly #links = new Map<string, Promise<SourceLink>>();
  readonly #closing = new AbortController();

  constructor(tracker: TrackerClient, options: TrackerSourcesOptions) {
    this.#tracker = tracker;
    this.#self = options.self;
    this.#only = options.only;
    this.#membership = options.membership;
    options.membership?.onRevoked((peer) => void this.#drop(peer));
  }

  async link(source: Source): Promise<SourceLink> {
    const endpoint = endpointOf(source, this.#tracker.endpoint);
    // Who is there is part of it: a peer may come back where another one was.
    const key = `${source.peer} ${formatEndpoint(endpoint.host, endpoint.port)}`;
    const known = await this.#links.get(key)?.catch(() => undefined);
    if (known?.isOpen) return known;
    const fresh = this.#connect(source, endpoint);
    fresh.catch(() => {}); // Whoever asked for it is told.
    this.#links.set(key, fresh);
    return await fresh;
  }

  /** Not ourselves, and only those the user wants. */
  usable(sources: readonly Source[]): Source[] {
    return sources.filter(({ peer }) =>
      peer !== this.#self && (this.#only === undefined || peer === this.#only)
    );
  }

  async find(id: ContentId, size: number): Promise<Source[]> {
    const sources: Source[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#tracker.request({
        verb: "SOURCES",
        id,
        size,
        ...(cursor === undefined ? {} : { cursor }),
      });
      sources.push(...this.usable(page.sources));
      cursor = page.more;
    } while (cursor !== undefined);
    return sources;
  }

  async close(): Promise<void> {
    this.#closing.abort(); // A source that is silent must not keep us.
    for (const link of this.#links.values()) {
      await link.then((open) => open.finish(), (_: LanyardError) => {}); // It never came about.
    }
  }

  /** Closes the connections to a peer that the tracker no longer accepts. */
  async #drop(peer: string): Promise<void> {
    for (const [key, opening] of this.#links) {
      if (!key.startsWith(`${peer} `)) continue;
      const link = await opening.catch(() => undefined); // It never came about.
      link?.close(new LanyardError("refused", "The tracker no longer accepts it"));
    }
  }

  async #connect({ peer, encrypted }: Source, endpoint: Endpoint): Promise<SourceLink> {
    const { signal } = this.#closing;
    if (!encrypted) {
      return await SourceLink.greet(await connectTo(endpoint, signal), undefined, signal);
    }
    const membership = this.#membership;
    if (membership === undefined) {
      throw new LanyardError(
        "unreachable",
        "It is reached only with encryption: leave out --plain",
      );
    }
    const connection = await connectToPeer(endpoint, peer, this.#certificates, signal);
    return await SourceLink.greet(connection, { membership, peer }, signal);
  }
}
