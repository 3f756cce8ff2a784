/** The tracker as a library: what `peer --host-tracker` and the tests start. */
import type { ControlTarget } from "./control/target.ts";
import { defaultTrackerOptions, type TrackerOptions } from "./options.ts";
import { TrackerServer } from "./server.ts";

export { describeEvent, type TrackerEvent } from "./events.ts";
export { Admission } from "./admission.ts";
export { ControlFile } from "./control/control_file.ts";
export { openIndex } from "./open_index.ts";
export { type Clock, systemClock, type TrackerOptions } from "./options.ts";
export { openState, type TrackerState } from "./state.ts";

/** A running tracker. */
export interface Tracker extends ControlTarget {
  readonly id: string;
  /**
   * Stops accepting and ends every connection in good order, for some seconds at most: to be called
   * before `close` where there is the time.
   */
  drain(): Promise<void>;
  /** Stops it: closes every connection and waits for the last one. */
  close(): Promise<void>;
}

/**
 * Starts a tracker.
 *
 * @throws {LanyardError} `io` if a port cannot be listened on.
 */
export function startTracker(given: Partial<TrackerOptions> = {}): Tracker {
  const options = { ...defaultTrackerOptions(), ...given };
  const server = new TrackerServer(options);
  const { port, tlsPort } = server;
  const { id, httpPort } = options;
  options.onEvent({
    event: "ready",
    port: port ?? null,
    tlsPort: tlsPort ?? null,
    httpPort: httpPort ?? null,
    id,
  });
  return {
    port,
    tlsPort,
    id,
    metrics: options.metrics,
    finder: server.finder,
    standing: () => server.standing(),
    check: () => server.check(),
    drain: () => server.drain(),
    counts: () => server.counts(),
    online: () => server.online(),
    expel: (peer) => server.expel(peer),
    close: () => server.close(),
  };
}
