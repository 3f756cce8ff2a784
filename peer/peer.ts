import { defaultPorts, defaultStateFolder, LanyardError, parseEndpoint } from "../shared/mod.ts";
import type { Endpoint } from "./net.ts";
import type { CommonOptions } from "./options.ts";
import { Output } from "./output.ts";
import { readSettings, type Settings } from "./settings.ts";
import { HashCache } from "./sharing/hash_cache.ts";
import { Shutdown } from "./shutdown.ts";

/** What every command of a peer starts from. */
export interface Peer {
  readonly options: CommonOptions;
  readonly output: Output;
  readonly shutdown: Shutdown;
  readonly stateFolder: string;
  readonly settings: Settings;
  readonly cache: HashCache;
  /** Where the tracker is. */
  readonly tracker: Endpoint;
}

/**
 * Opens the state folder and reads what the options say.
 *
 * @throws {LanyardError} `usage` or `io`.
 */
export async function openPeer(options: CommonOptions): Promise<Peer> {
  // An empty value, such as that of a variable set to nothing, says nothing.
  const stateFolder = options.state ||
    defaultStateFolder(Deno.build.os, (name) => Deno.env.get(name));
  if (stateFolder === undefined) {
    throw new LanyardError("usage", "This system names no folder for state; give one with --state");
  }
  const shutdown = new Shutdown();
  const tracker = trackerEndpoint(options.tracker);
  const settings = await readSettings(stateFolder);
  const cache = HashCache.open(stateFolder);
  shutdown.add(() => cache.close());
  const output = new Output(options.json);
  return { options, output, shutdown, stateFolder, settings, cache, tracker };
}

function trackerEndpoint(given: string | undefined): Endpoint {
  if (!given) return { host: "127.0.0.1", port: defaultPorts.tracker };
  const endpoint = parseEndpoint(given, defaultPorts.tracker);
  if (endpoint === undefined) {
    throw new LanyardError("usage", `"${given}" is not HOST, HOST:PORT or [IPv6]:PORT`);
  }
  return endpoint;
}
