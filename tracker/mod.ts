/** The tracker as a library: what `peer --host-tracker` and the tests start. */
import { LanyardError } from "../shared/mod.ts";
import { defaultTrackerOptions, type TrackerOptions } from "./options.ts";
import { TrackerServer } from "./server.ts";

export { describeEvent, type TrackerEvent } from "./events.ts";
export type { Clock, TrackerOptions } from "./options.ts";
export { openState } from "./state.ts";

/** A running tracker. */
export interface Tracker {
  /** The port that plain connections reach it on. */
  readonly port: number;
  readonly id: string;
  /** Stops it: closes every connection and waits for the last one. */
  close(): Promise<void>;
}

/**
 * Starts a tracker.
 *
 * @throws {LanyardError} `io` if the port cannot be listened on.
 */
export function startTracker(given: Partial<TrackerOptions> = {}): Tracker {
  const options = { ...defaultTrackerOptions(), ...given };
  let server: TrackerServer;
  try {
    server = new TrackerServer(options);
  } catch (cause) {
    throw new LanyardError("io", cannotListen(options.port, cause), { cause });
  }
  const { port } = server;
  const { id } = options;
  options.onEvent({ event: "ready", port, tlsPort: null, httpPort: null, id });
  return { port, id, close: () => server.close() };
}

function cannotListen(port: number, cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) {
    return `Port ${port} is taken, maybe by another tracker; choose another one with --port`;
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return `Port ${port} is reserved by this system; choose one above 1023 with --port`;
  }
  return `Cannot listen on port ${port}: ${cause instanceof Error ? cause.message : cause}`;
}
