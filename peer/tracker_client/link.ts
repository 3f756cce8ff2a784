import type { LanyardError, TrackerPush } from "../../shared/mod.ts";
import type { Endpoint } from "../net.ts";
import { backoff } from "./backoff.ts";
import { type Greeting, type Introduction, TrackerClient } from "./client.ts";

/** What a link tells. */
export interface LinkEvents {
  /** How to introduce ourselves, asked before each attempt. */
  introduce(): Introduction;
  joined(client: TrackerClient, greeting: Greeting): void;
  pushed(push: TrackerPush): void;
  /** The connection ended, or could not be made; another attempt follows. */
  lost(reason: LanyardError): void;
}

/** A connection to a tracker that comes back by itself. */
export class TrackerLink {
  readonly #endpoint: Endpoint;
  readonly #events: LinkEvents;
  readonly #stop = Promise.withResolvers<void>();
  readonly #running: Promise<void>;
  #client: TrackerClient | undefined;
  #stopped = false;

  /** Connects at once. */
  constructor(endpoint: Endpoint, events: LinkEvents) {
    this.#endpoint = endpoint;
    this.#events = events;
    this.#running = this.#run();
  }

  /** Says BYE if there is a connection, and stops trying. */
  async close(): Promise<void> {
    this.#stopped = true;
    this.#stop.resolve();
    await this.#client?.bye();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let attempt = 0; !this.#stopped; attempt++) {
      try {
        const { client, greeting } = await TrackerClient.join(
          this.#endpoint,
          this.#events.introduce(),
          (push) => this.#events.pushed(push),
        );
        this.#client = client;
        if (this.#stopped) return await client.bye();
        attempt = 0;
        this.#events.joined(client, greeting);
        const reason = await client.ended;
        if (!this.#stopped) this.#events.lost(reason);
      } catch (error) {
        this.#events.lost(error as LanyardError);
      }
      await this.#pause(backoff(attempt, Math.random()));
    }
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#stop.promise]);
    clearTimeout(timer);
  }
}
