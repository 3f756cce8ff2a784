import { LanyardError } from "../../shared/mod.ts";
import type { Endpoint } from "../net.ts";
import type { Asked, TrackerClient } from "../tracker_client/mod.ts";

/** Whatever connection to the tracker there is now, for those who go on after it was lost. */
export class CurrentTracker implements Asked {
  readonly #endpoint: () => Endpoint;
  #client: TrackerClient | undefined;

  /** @param endpoint where the tracker is */
  constructor(endpoint: () => Endpoint) {
    this.#endpoint = endpoint;
  }

  get endpoint(): Endpoint {
    return this.#client?.endpoint ?? this.#endpoint();
  }

  /** There is a connection again, or none. */
  set(client: TrackerClient | undefined): void {
    this.#client = client;
  }

  /** As of a connection; without one every request fails with `closed`. */
  readonly request: TrackerClient["request"] = (request) => {
    const client = this.#client;
    if (client !== undefined) return client.request(request);
    return Promise.reject(new LanyardError("closed", "There is no connection to the tracker now"));
  };
}
