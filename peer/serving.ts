import { defaultPorts, type TrackerPush } from "../shared/mod.ts";
import { Answering, type Callback, Calls } from "./calls/mod.ts";
import type { Peer } from "./peer.ts";
import { type ServerOptions, type Shelves, UploadServer } from "./upload/mod.ts";

/** Where and how files are served: unless the user says no, with encryption to peers with tickets. */
export function servingOptions(
  { membership, memory, options: { port } }: Peer,
): Pick<ServerOptions, "port" | "exactly" | "tls" | "guard"> {
  return {
    // The usual one, which firewalls let in, or a free one behind it.
    port: port ?? memory.port ?? defaultPorts.peer,
    exactly: port !== undefined,
    ...(membership === undefined ? {} : { tls: membership.identity, guard: membership }),
  };
}

/** What serves while a command runs. */
export interface Serving {
  callback: Callback;
  /** Heeds what the tracker says unasked. */
  heed(push: TrackerPush): void;
}

/**
 * Serves what is on the shelves until the command ends.
 *
 * @param port where to listen; a free one is taken behind it, or any at all if it is 0
 * @throws {LanyardError} `io` if no port can be had.
 */
export function serve(peer: Peer, shelves: Shelves, port?: number): Serving {
  const { options: { limitUp }, door, membership, shutdown } = peer;
  const calls = new Calls();
  const usual = servingOptions(peer);
  const server = new UploadServer(
    { ...usual, port: port ?? usual.port, switchboard: calls, limitUp },
    shelves,
    { uploaded: () => {} },
  );
  const answering = new Answering(server, membership);
  shutdown.add(async () => {
    answering.close();
    await server.close();
  });
  return {
    callback: { calls, port: server.port },
    heed: (push) => answering.heed(push, door.endpoint),
  };
}
