/** The tracker as a library: what `peer --host-tracker` and the tests start. */
import { defaultTrackerOptions, type TrackerOptions } from "./options.ts";
import { TrackerServer } from "./server.ts";

export { describeEvent, type TrackerEvent } from "./events.ts";
export type { Clock, TrackerOptions } from "./options.ts";
export { openState } from "./state.ts";

/** A running tracker. */
export interface Tracker {
  /** The port for plain connections, if there is one. */
  readonly port: number | undefined;
  /** The port for encrypted connections, if there is one. */
  readonly tlsPort: number | undefined;
  readonly id: string;
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
  const { id } = options;
  options.onEvent({
    event: "ready",
    port: port ?? null,
    tlsPort: tlsPort ?? null,
    httpPort: null,
    id,
  });
  return { port, tlsPort, id, close: () => server.close() };
}
