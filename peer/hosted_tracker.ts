import { join } from "@std/path";
import { defaultPorts, LanyardError } from "../shared/mod.ts";
import {
  Admission,
  ControlFile,
  describeEvent,
  openIndex,
  openState,
  startTracker,
  systemClock,
  type Tracker,
  type TrackerEvent,
} from "../tracker/mod.ts";
import { KnownTrackers } from "./known_trackers.ts";
import type { Peer } from "./peer.ts";
import { type Door, PlainDoor, SecureDoor } from "./tracker_client/mod.ts";

/** What to do where a tracker is already. */
const shareThroughIt = "share through it with --tracker 127.0.0.1";

/** Where a hosted tracker listens; 0 takes a free port. */
export interface HostedOptions {
  trackerPort: number;
  /** A free one if the other is to be one, and the usual one otherwise, if missing. */
  trackerTlsPort?: number;
}

/** A tracker in this process, and the way to it: over TCP, like that of any other peer. */
export interface HostedTracker {
  tracker: Tracker;
  door: Door;
}

/**
 * Starts a tracker that ends with the command. Its state is in a folder of ours, which is that of a
 * tracker without a share, too: it keeps out the same peers.
 *
 * @throws {LanyardError} `io` if a port is taken, the state cannot be used, or a tracker runs with it.
 */
export async function hostTracker(
  { stateFolder, output, shutdown, options: { name, plain, discovery } }: Peer,
  { trackerPort, trackerTlsPort }: HostedOptions,
): Promise<HostedTracker> {
  const folder = join(stateFolder, "tracker");
  const { id, identity, guests } = await openState(folder);
  shutdown.add(() => guests.close());
  const claim = claimFolder(folder);
  shutdown.add(() => claim[Symbol.dispose]());
  const admission = new Admission(guests, { inviteOnly: false, clock: systemClock });
  const onEvent = (event: TrackerEvent): void => {
    if (event.event === "error") output.note(`tracker: ${describeEvent(event)}`);
  };
  const tlsPort = trackerTlsPort ?? (trackerPort === 0 ? 0 : defaultPorts.trackerTls);
  const index = await openIndex();
  shutdown.add(async () => await index[Symbol.asyncDispose]());
  const tracker = start(() =>
    startTracker({ port: trackerPort, tlsPort, name, id, identity, index, admission, onEvent })
  );
  shutdown.add(() => tracker.close());
  if (discovery) {
    const { Announcer, cannotAnnounce } = await import("../net/discovery/mod.ts");
    const { port, tlsPort } = tracker;
    const announcer = (await Announcer.load())({
      notice: { name, id, port, tlsPort },
      host: "::",
      failed: (error, where) => output.note(cannotAnnounce(error, where)),
    });
    shutdown.add(() => announcer.close());
  }
  const host = "127.0.0.1";
  const door = plain ? new PlainDoor({ host, port: tracker.port ?? 0 }) : new SecureDoor(
    { host, port: tracker.tlsPort ?? 0 },
    // Its id is known for sure, and there is nothing to remember of a port that may be another's.
    { known: KnownTrackers.inMemory(), trusted: [id], met: () => {} },
  );
  return { tracker, door };
}

/** Where a hosted tracker listens, as programs are told: `null` for what it does not have. */
export function portsOf(
  { port, tlsPort }: Tracker,
): { port: number | null; tlsPort: number | null } {
  return { port: port ?? null, tlsPort: tlsPort ?? null };
}

/** Of two trackers with one key each would take the tickets that the other one gives. */
function claimFolder(folder: string): ControlFile {
  try {
    return ControlFile.claim(folder);
  } catch (error) {
    if (!(error instanceof LanyardError)) throw error;
    throw new LanyardError(error.code, `${withoutHint(error)}; ${shareThroughIt}`, {
      cause: error,
    });
  }
}

function start(run: () => Tracker): Tracker {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof LanyardError && error.cause instanceof Deno.errors.AddrInUse)) {
      throw error;
    }
    throw new LanyardError(
      "io",
      `${withoutHint(error)}; ${shareThroughIt}, or ` +
        "choose other ports with --tracker-port and --tracker-tls-port",
      { cause: error },
    );
  }
}

/** What to do about it is said for the program `tracker`. */
function withoutHint({ message }: LanyardError): string {
  return message.replace(/;.*$/s, "");
}
