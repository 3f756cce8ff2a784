import { LanyardError, type TrackerPush } from "../shared/mod.ts";
import type { Callback } from "./calls/mod.ts";
import type { Peer } from "./peer.ts";
import { serve, type Serving } from "./serving.ts";
import { HashPool } from "./sharing/hash_pool.ts";
import { announcement, type LibraryFile } from "./sharing/library.ts";
import { exclusion } from "./sharing/left_out.ts";
import { resolveRoots } from "./sharing/roots.ts";
import { type FoundOnDisk, scan } from "./sharing/scan.ts";
import { identify, SingleFile } from "./sharing/single_file.ts";
import { FoundDoor, type Greeting, TrackerClient } from "./tracker_client/mod.ts";
import { Shelves } from "./upload/mod.ts";

/** Files looked at to find a small one: a command that runs once must not read a whole disk. */
const filesLookedAt = 1000;

/** A tracker that has accepted us. */
export interface Joined {
  client: TrackerClient;
  greeting: Greeting;
  /** What we serve while the command runs. */
  shelves: Shelves;
  /** How peers are reached that can only connect to us; missing if we do not listen. */
  callback?: Callback;
}

/** How a command joins. */
export interface JoinOptions {
  /** Whether it serves something of its own, whatever else it has to serve. */
  serves?: boolean;
  /** The key of an invite, base64url. */
  invite?: string;
  /** Told what the tracker says unasked. */
  onPush?: (push: TrackerPush) => void;
}

/**
 * Joins the tracker for a command that runs once. Only peers that share may use it: unless we are
 * accepted already, the smallest of our shared files is announced, and served while the command
 * runs.
 *
 * @throws {LanyardError} `unreachable`, `nothing-shared`, or what the tracker answers.
 */
export async function joinTracker(
  peer: Peer,
  { serves = false }: JoinOptions = {},
): Promise<Joined> {
  const shelves = new Shelves();
  const open = (): Serving => serve(peer, shelves, peer.options.port ?? 0);
  let server = serves ? open() : undefined;
  const { client, greeting } = await greetTracker(peer, server?.callback.port ?? 0, {
    onPush: (push) => server?.heed(push),
  });
  if (!greeting.accepted) {
    const file = await smallestFile(peer);
    if (file === undefined) {
      throw new LanyardError(
        "nothing-shared",
        "This tracker only serves peers that share something; add --share FOLDER, or run: peer share FOLDER",
      );
    }
    shelves.add(new SingleFile(peer.cache, file));
    server ??= open();
    const files = [announcement(file)];
    await client.request({ verb: "SHARE", files, port: server.callback.port });
  }
  const reached = server === undefined ? {} : { callback: server.callback };
  return { client, greeting, shelves, ...reached };
}

/**
 * Connects to the tracker and greets it, until the command ends.
 *
 * @param port where we serve, 0 if nowhere
 * @throws {LanyardError} `unreachable`, or what the tracker answers.
 */
export async function greetTracker(
  peer: Peer,
  port: number,
  { invite, onPush }: Pick<JoinOptions, "invite" | "onPush"> = {},
): Promise<Pick<Joined, "client" | "greeting">> {
  const { door, membership, options: { name } } = peer;
  const joined = await TrackerClient.join(door, { name, port, offers: false }, {
    ...(membership === undefined ? {} : { membership }),
    ...(invite === undefined ? {} : { invite }),
    ...(onPush === undefined ? {} : { onPush }),
  }).catch((error) => {
    throw withHint(peer, error);
  });
  peer.shutdown.add(() => joined.client.bye());
  return joined;
}

/** The smallest of the files that a command would announce: those named, or those shared last. */
export async function smallestFile(peer: Peer): Promise<LibraryFile | undefined> {
  const { options, memory } = peer;
  const paths = options.share.length > 0 ? options.share : await stillThere(memory.shares);
  const roots = await resolveRoots(paths, { ...memory.labels });
  const exclusions = memory.excluded.map((glob) => exclusion(glob));
  let smallest: FoundOnDisk | undefined;
  let seen = 0;
  for (const root of roots) {
    for (const scanned of scan(root, exclusions)) {
      if (++seen > filesLookedAt) break;
      if (!("found" in scanned)) continue;
      const { found } = scanned;
      if (smallest === undefined || found.stamp.size < smallest.stamp.size) smallest = found;
    }
  }
  if (smallest === undefined) return undefined;
  const hashers = new HashPool();
  try {
    return await identify(peer.cache, hashers, smallest);
  } finally {
    hashers.close();
  }
}

async function stillThere(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map((path) => Deno.lstat(path).then(() => true, () => false)),
  );
  return paths.filter((_, at) => found[at]);
}

function withHint({ options, memory, door }: Peer, error: unknown): unknown {
  if (!(error instanceof LanyardError) || error.code !== "unreachable") return error;
  if (door instanceof FoundDoor) return error; // It has said where it looked.
  const hint = !options.tracker && memory.tracker === undefined
    ? "name the tracker with --tracker HOST, or start one here with: tracker"
    : "is the tracker running there?";
  return new LanyardError(error.code, `${error.message}; ${hint}`, { cause: error });
}
