import { within } from "../../net/mod.ts";
import type { TrackerPush } from "../../shared/mod.ts";
import { Answering, Calls } from "../calls/mod.ts";
import { onlinePeers } from "../find.ts";
import { greetTracker, type Joined, smallestFile } from "../joined.ts";
import { type Peer, serving } from "../peer.ts";
import { announcement } from "../sharing/library.ts";
import { SingleFile } from "../sharing/single_file.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import { Shelves, UploadServer } from "../upload/mod.ts";
import type { Reach } from "./reach.ts";

/** Milliseconds the tracker has to say whether it could connect; it tries for three seconds. */
const patience = 6000;

type Session = Pick<Joined, "client" | "greeting">;

/** A session with a port, and where that is. */
interface Listening {
  port: number;
  client: TrackerClient;
  isMember: boolean;
}

/** Has the tracker, and peers through it, connect to us. */
export class PortTrial {
  readonly #peer: Peer;
  readonly #calls = new Calls();
  readonly #shelves = new Shelves();
  readonly #reachable = Promise.withResolvers<boolean>();
  #answering: Answering | undefined;
  #listening: Promise<Listening> | undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Heeds what the tracker says unasked to the session without a port. */
  heed(push: TrackerPush): void {
    this.#answering?.heed(push, this.#peer.door.endpoint);
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
    const { port, isMember } = await this.#listen();
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
    const { port, client } = await this.#listen();
    const { wire, release } = await this.#calls.call(client, greeting.peer, port);
    wire.close();
    release();
  }

  /** Listens, and joins with that port; as a member, if there is anything to share. */
  #listen(): Promise<Listening> {
    return this.#listening ??= this.#join(this.#open());
  }

  #open(): UploadServer {
    const { membership, shutdown } = this.#peer;
    const server = new UploadServer(
      { ...serving(this.#peer), switchboard: this.#calls },
      this.#shelves,
      { uploaded: () => {} },
    );
    const answering = new Answering(server, membership);
    this.#answering = answering;
    shutdown.add(async () => {
      answering.close();
      await server.close();
    });
    return server;
  }

  async #join({ port }: UploadServer): Promise<Listening> {
    const { client, greeting } = await greetTracker(this.#peer, port, {
      onPush: (push) => {
        if (push.verb === "REACHABLE") this.#reachable.resolve(push.ok);
      },
    });
    if (greeting.accepted) return { port, client, isMember: true };
    const file = await smallestFile(this.#peer);
    if (file === undefined) return { port, client, isMember: false };
    this.#shelves.add(new SingleFile(this.#peer.cache, file));
    await client.request({ verb: "SHARE", files: [announcement(file)], port });
    return { port, client, isMember: true };
  }
}
