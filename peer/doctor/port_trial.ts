import { within } from "../../net/mod.ts";
import type { TrackerPush } from "../../shared/mod.ts";
import type { Callback } from "../calls/mod.ts";
import { onlinePeers } from "../find.ts";
import { greetTracker, type Joined, smallestFile } from "../joined.ts";
import type { Peer } from "../peer.ts";
import { serve, type Serving } from "../serving.ts";
import { announcement } from "../sharing/library.ts";
import { SingleFile } from "../sharing/single_file.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import { Shelves } from "../upload/mod.ts";
import type { Reach } from "./reach.ts";

/** Milliseconds the tracker has to say whether it could connect; it tries for three seconds. */
const patience = 6000;

type Session = Pick<Joined, "client" | "greeting">;

/** A session with a port, and where that is. */
interface Listening {
  callback: Callback;
  client: TrackerClient;
  isMember: boolean;
}

/** Has the tracker, and peers through it, connect to us. */
export class PortTrial {
  readonly #peer: Peer;
  readonly #shelves = new Shelves();
  readonly #reachable = Promise.withResolvers<boolean>();
  #serving: Serving | undefined;
  #listening: Promise<Listening> | undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Heeds what the tracker says unasked to the session without a port. */
  heed(push: TrackerPush): void {
    this.#serving?.heed(push);
  }

  /**
   * Whether others can connect to us: to the share that runs already, or else to ours.
   *
   * @param session one without a port
   */
  async reach({ client, greeting }: Session): Promise<Reach> {
    const online = greeting.accepted ? await onlinePeers(client) : [];
    const share = online.find(({ peer, port }) => peer === greeting.peer && port !== 0);
    if (share !== undefined) {
      const outcome = share.reachable ? "reachable" : "blocked";
      return { outcome, port: share.port, isSharing: true };
    }
    const { callback: { port }, isMember } = await this.#listen();
    if (!isMember) return { outcome: "untried", why: "it shares nothing" };
    const ok = await within(this.#reachable.promise, patience);
    const outcome = ok === undefined ? "silent" : ok ? "reachable" : "blocked";
    return { outcome, port, isSharing: false };
  }

  /**
   * Calls this peer, as others do who cannot connect to it.
   *
   * @throws {LanyardError} why nobody came.
   */
  async call({ greeting }: Session): Promise<void> {
    const { callback: { calls, port }, client } = await this.#listen();
    const { wire, release } = await calls.call(client, greeting.peer, port);
    wire.close();
    release();
  }

  /** Listens, and joins with that port; as a member, if there is anything to share. */
  #listen(): Promise<Listening> {
    return this.#listening ??= this.#join(this.#serving ??= serve(this.#peer, this.#shelves));
  }

  async #join({ callback }: Serving): Promise<Listening> {
    const { port } = callback;
    const { client, greeting } = await greetTracker(this.#peer, port, {
      onPush: (push) => {
        if (push.verb === "REACHABLE") this.#reachable.resolve(push.ok);
      },
    });
    if (greeting.accepted) return { callback, client, isMember: true };
    const file = await smallestFile(this.#peer);
    if (file === undefined) return { callback, client, isMember: false };
    this.#shelves.add(new SingleFile(this.#peer.cache, file));
    await client.request({ verb: "SHARE", files: [announcement(file)], port });
    return { callback, client, isMember: true };
  }
}
