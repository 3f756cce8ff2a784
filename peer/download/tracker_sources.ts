import { type ContentId, formatEndpoint, LanyardError, type Source } from "../../shared/mod.ts";
import { Dialer, type DialerOptions } from "../dialer.ts";
import type { Asked } from "../tracker_client/mod.ts";
import { pages } from "../pages.ts";
import { SourceLink } from "./source_link.ts";
import type { Sources } from "./sources.ts";

/** Which sources a user wants, and how they are reached. */
export interface TrackerSourcesOptions extends Omit<DialerOptions, "chunk"> {
  /** The id the tracker knows us by (now, if that may change), not to download from ourselves. */
  self: string | (() => string);
  /** The id of the only peer to download from. */
  only?: string;
}

/** Bytes read together with a line: the contents of many small files that come one after another. */
const lineChunk = 64 * 1024;

/** The sources that a tracker knows. */
export class TrackerSources implements Sources {
  readonly #tracker: Asked;
  readonly #dialer: Dialer;
  readonly #self: () => string;
  readonly #only: string | undefined;
  readonly #links = new Map<string, Promise<SourceLink>>();

  constructor(tracker: Asked, { self, only, ...options }: TrackerSourcesOptions) {
    this.#tracker = tracker;
    this.#dialer = new Dialer(tracker, { ...options, chunk: lineChunk });
    this.#self = typeof self === "string" ? () => self : self;
    this.#only = only;
    options.membership?.onRevoked((peer) => void this.#drop(peer));
  }

  async link(source: Source): Promise<SourceLink> {
    const { host, port } = this.#dialer.endpointOf(source);
    // Who is there is part of it: a peer may come back where another one was.
    const key = `${source.peer} ${formatEndpoint(host, port)}`;
    const known = await this.#links.get(key)?.catch(() => undefined);
    if (known?.isOpen) return known;
    const fresh = this.#dialer.dial(source).then(({ wire, release }) =>
      SourceLink.over(wire, release)
    );
    fresh.catch(() => {}); // Whoever asked for it is told.
    this.#links.set(key, fresh);
    return await fresh;
  }

  /** Not ourselves, and only those the user wants. */
  usable(sources: readonly Source[]): Source[] {
    const self = this.#self();
    return sources.filter(({ peer }) =>
      peer !== self && (this.#only === undefined || peer === this.#only)
    );
  }

  async find(id: ContentId, size: number): Promise<Source[]> {
    const all = await Array.fromAsync(pages(
      (cursor) => this.#tracker.request({ verb: "SOURCES", id, size, ...cursor }),
      ({ sources }) => sources,
    ));
    return this.usable(all);
  }

  async close(): Promise<void> {
    this.#dialer.close(); // A source that is silent must not keep us.
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
}
