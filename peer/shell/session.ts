import { Dialer } from "../dialer.ts";
import { Engine } from "../download/engine.ts";
import { Reshare } from "../download/reshare.ts";
import { TrackerSources } from "../download/tracker_sources.ts";
import { joinTracker } from "../joined.ts";
import type { Peer } from "../peer.ts";
import type { Shutdown } from "../shutdown.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import { type UploadLimits, uploadLimits } from "../upload/mod.ts";

/** A connection to the tracker, and what all transfers have in common that began while it lasted. */
export class Session {
  readonly client: TrackerClient;
  readonly engine: Engine;
  readonly dialer: Dialer;
  /** How much is sent to others. */
  readonly limits: UploadLimits;
  readonly #closing: Shutdown;
  #users = 0;
  #isOver = false;

  private constructor(
    client: TrackerClient,
    engine: Engine,
    dialer: Dialer,
    limits: UploadLimits,
    closing: Shutdown,
  ) {
    this.client = client;
    this.engine = engine;
    this.dialer = dialer;
    this.limits = limits;
    this.#closing = closing;
    void client.ended.then(() => this.#end());
  }

  /**
   * Joins the tracker.
   *
   * @param share what is shared now, for a tracker that has not accepted us yet
   * @throws {LanyardError} `unreachable`, `nothing-shared`, or what the tracker answers.
   */
  static async join(
    peer: Peer,
    share: readonly string[],
    limitDown: number | undefined,
  ): Promise<Session> {
    const closing = peer.shutdown.part();
    // The port that the user wants is the one that the folders are shared on.
    const { port: _, ...options } = peer.options;
    const part = { ...peer, shutdown: closing, options: { ...options, share: [...share] } };
    try {
      const { client, greeting, shelves, callback } = await joinTracker(part, { serves: true });
      const { membership } = peer;
      const reach = {
        name: options.name,
        ...(membership === undefined ? {} : { membership }),
        ...(callback === undefined ? {} : { callback }),
      };
      const reshare = new Reshare(client);
      shelves.add(reshare);
      const sources = new TrackerSources(client, { self: greeting.peer, ...reach });
      const engine = new Engine(sources, peer.cache, { reshare, limitDown });
      closing.add(() => engine.close());
      const dialer = new Dialer(client, reach);
      closing.add(() => dialer.close());
      return new Session(client, engine, dialer, uploadLimits(options.limitUp), closing);
    } catch (error) {
      await closing.run();
      throw error;
    }
  }

  /** Whether the tracker is still there. */
  get isOpen(): boolean {
    return !this.#isOver;
  }

  /** Does something with it; it stays as it is until that is over, even without the tracker. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await work();
    } finally {
      this.#users--;
      await this.#closeIfUnused();
    }
  }

  /** Leaves the tracker as soon as nothing needs this any more. */
  async leave(): Promise<void> {
    this.#isOver = true;
    await this.#closeIfUnused();
  }

  #end(): void {
    this.#isOver = true;
    void this.#closeIfUnused();
  }

  async #closeIfUnused(): Promise<void> {
    if (this.#isOver && this.#users === 0) await this.#closing.run();
  }
}
