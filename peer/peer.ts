import { openIdentity } from "../net/mod.ts";
import { Membership } from "./membership.ts";
import { type Memory, readMemory } from "./memory.ts";
import { Notifier } from "./notifier.ts";
import type { CommonOptions } from "./options.ts";
import { Output } from "./output.ts";
import { stateFolderOf } from "./settings.ts";
import { HashCache } from "./sharing/hash_cache.ts";
import { Shutdown } from "./shutdown.ts";
import type { Door } from "./tracker_client/mod.ts";
import { openDoor } from "./tracker_door.ts";

/** What every command of a peer starts from. */
export interface Peer {
  readonly options: CommonOptions;
  readonly output: Output;
  /** Tells somebody who looks elsewhere that a transfer is over. */
  readonly notifier: Notifier;
  readonly shutdown: Shutdown;
  readonly stateFolder: string;
  readonly memory: Memory;
  readonly cache: HashCache;
  /** The way to the tracker. */
  readonly door: Door;
  /** Who we are, and what the tracker thinks of it; missing without encryption. */
  readonly membership: Membership | undefined;
}

/**
 * Opens the state folder and reads what the options say.
 *
 * @throws {LanyardError} `usage` or `io`.
 */
export async function openPeer(options: CommonOptions): Promise<Peer> {
  const stateFolder = stateFolderOf(options.state);
  const shutdown = new Shutdown();
  const output = new Output(options.json);
  const notifier = new Notifier(options.notify ?? "off");
  const memory = await readMemory(stateFolder);
  const door = await openDoor({ options, memory, stateFolder, output });
  const cache = HashCache.open(stateFolder);
  shutdown.add(() => cache.close());
  const membership = options.plain ? undefined : new Membership(await openIdentity(stateFolder));
  return { options, output, notifier, shutdown, stateFolder, memory, cache, door, membership };
}
