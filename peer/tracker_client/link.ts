import { within } from "../../net/mod.ts";
import type { ErrorCode, LanyardError, TrackerPush } from "../../shared/mod.ts";
import type { Membership } from "../membership.ts";
import { backoff } from "./backoff.ts";
import { type Greeting, type Introduction, TrackerClient } from "./client.ts";
import type { Door } from "./door.ts";

/** What a link tells. */
export interface LinkEvents {
  /** How to introduce ourselves, asked before each attempt. */
  introduce(): Introduction;
  joined(client: TrackerClient, greeting: Greeting): void;
  pushed(push: TrackerPush): void;
  /** The connection ended, or could not be made; another attempt follows. */
  lost(reason: LanyardError): void;
  /** The tracker has gone, or is back; a sentence for people. */
  trouble(message: string): void;
  /** The tracker does not want us, or is another one: there is no use in trying again. */
  refused(reason: LanyardError): void;
}

/** Errors that time does not mend. */
const final: ReadonlySet<ErrorCode> = new Set([
  "ambiguous",
  "banned",
  "not-invited",
  "refused",
  "version",
  "wrong-key",
]);

/** A connection to a tracker that comes back by itself. */
export class TrackerLink {
  readonly #door: Door;
  readonly #membership: Membership | undefined;
  readonly #events: LinkEvents;
  readonly #stop = Promise.withResolvers<void>();
  readonly #running: Promise<void>;
  #client: TrackerClient | undefined;
  #isGone = false;
  #stopped = false;

  /**
   * Connects at once.
   *
   * @param membership who we are, over an encrypted connection
   */
  constructor(door: Door, membership: Membership | undefined, events: LinkEvents) {
    this.#door = door;
    this.#membership = membership;
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
          this.#door,
          this.#events.introduce(),
          {
            onPush: (push) => this.#events.pushed(push),
            ...(this.#membership === undefined ? {} : { membership: this.#membership }),
          },
        );
        this.#client = client;
        if (this.#stopped) return await client.bye();
        attempt = 0;
        this.#joined(client, greeting);
        const reason = await client.ended;
        if (this.#stopped) return;
        if (final.has(reason.code)) return this.#events.refused(reason);
        this.#lost(reason);
      } catch (error) {
        const reason = error as LanyardError;
        if (final.has(reason.code)) return this.#events.refused(reason);
        this.#lost(reason);
      }
      await within(this.#stop.promise, backoff(attempt, Math.random()));
    }
  }

  #joined(client: TrackerClient, greeting: Greeting): void {
    if (this.#isGone) this.#events.trouble("The tracker is back");
    this.#isGone = false;
    this.#events.joined(client, greeting);
  }

  /** What goes on is told once. */
  #lost(reason: LanyardError): void {
    this.#events.lost(reason);
    if (this.#isGone) return;
    this.#isGone = true;
    this.#events.trouble(`${reason.message}; trying again until it is back`);
  }
}
