import {
  defaultPorts,
  LanyardError,
  looksLikeJoinLink,
  parseEndpoint,
  parseJoinLink,
} from "../shared/mod.ts";
import { openIdentity } from "../net/mod.ts";
import { KnownTrackers } from "./known_trackers.ts";
import { Membership } from "./membership.ts";
import { type Memory, readMemory } from "./memory.ts";
import type { Endpoint } from "./net.ts";
import { Notifier } from "./notifier.ts";
import type { CommonOptions } from "./options.ts";
import { Output } from "./output.ts";
import { stateFolderOf } from "./settings.ts";
import { HashCache } from "./sharing/hash_cache.ts";
import { Shutdown } from "./shutdown.ts";
import { type Door, PlainDoor, SecureDoor } from "./tracker_client/mod.ts";
import type { ServerOptions } from "./upload/mod.ts";

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

/** A tracker that the user named. */
interface Named {
  endpoint: Endpoint;
  /** Its id, if the user gave that too. */
  id?: string;
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
  const given = options.tracker ? namedTracker(options.tracker, options.plain, output) : undefined;
  const memory = await readMemory(stateFolder);
  const cache = HashCache.open(stateFolder);
  shutdown.add(() => cache.close());
  const named = given ?? usualTracker(memory, options.plain);
  const membership = options.plain ? undefined : new Membership(await openIdentity(stateFolder));
  const door = options.plain
    ? new PlainDoor(named.endpoint)
    : await secureDoor(named, stateFolder, options.trust, output);
  return { options, output, notifier, shutdown, stateFolder, memory, cache, door, membership };
}

/** How files are served by whoever has joined that way: with encryption to peers with tickets. */
export function serving(
  membership: Membership | undefined,
): Pick<ServerOptions, "tls" | "guard"> {
  return membership === undefined ? {} : { tls: membership.identity, guard: membership };
}

/** The encrypted way to a tracker, which is remembered in the state folder. */
async function secureDoor(
  { endpoint, id }: Named,
  stateFolder: string,
  trusted: readonly string[],
  output: Output,
): Promise<SecureDoor> {
  return new SecureDoor(endpoint, {
    known: await KnownTrackers.open(stateFolder),
    trusted,
    ...(id === undefined ? {} : { linked: id }),
    met: (words) =>
      output.note(
        `This tracker is met for the first time. Its words are: ${words}\n` +
          "It shows them when it starts; if they differ, somebody is between you.",
      ),
  });
}

function namedTracker(text: string, plain: boolean, output: Output): Named {
  if (looksLikeJoinLink(text)) {
    const link = parseJoinLink(text);
    // The link may hold a key, so it is not repeated.
    if (link === undefined) throw new LanyardError("usage", "This is not a whole join link");
    if (plain) {
      throw new LanyardError(
        "usage",
        "A join link says whose key to expect, which takes encryption; leave out --plain",
      );
    }
    if (link.key !== undefined) {
      output.warn(
        "The key in the link can be seen by other users of this machine; give links to: peer join",
      );
    }
    return { endpoint: { host: link.host, port: link.port }, id: link.id };
  }
  const endpoint = parseEndpoint(text, usualPort(plain));
  if (endpoint === undefined) {
    throw new LanyardError("usage", `"${text}" is not HOST, HOST:PORT or [IPv6]:PORT`);
  }
  return { endpoint };
}

/** The tracker that was joined last, which is an encrypted one, or that of this machine. */
function usualTracker({ tracker }: Memory, plain: boolean): Named {
  const joined = tracker === undefined || plain
    ? undefined
    : parseEndpoint(tracker, usualPort(plain));
  return { endpoint: joined ?? { host: "127.0.0.1", port: usualPort(plain) } };
}

function usualPort(plain: boolean): number {
  return plain ? defaultPorts.tracker : defaultPorts.trackerTls;
}
