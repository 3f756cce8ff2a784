import type { FoundFile, LanyardError, OnlinePeer } from "../../shared/mod.ts";
import { openDownloadFolder } from "../download/destination.ts";
import { fetchAll, type FetchEvents } from "../download/fetch.ts";
import { newFileModes } from "../download/file_modes.ts";
import { Present } from "../download/present.ts";
import { type Candidates, type Choice, resolve } from "../download/resolve.ts";
import { parseTarget } from "../download/target.ts";
import { findPeer, findReceiver, list, onlinePeers, search } from "../find.ts";
import type { Peer } from "../peer.ts";
import { deliveriesTo } from "../sending/deliveries.ts";
import { gather } from "../sending/gather.ts";
import { sendAll, type SendEvents } from "../sending/send_all.ts";
import { HashPool } from "../sharing/hash_pool.ts";
import type { FoundOnDisk } from "../sharing/scan.ts";
import { identify, SingleFile } from "../sharing/single_file.ts";
import type { Network } from "./network.ts";
import { Session } from "./session.ts";

/** Files that a list shows: more than anybody reads. */
export const mostShown = 200;

/** What a network is used with. */
export interface NetworkOptions {
  /** Where copies go. */
  downloads: string;
  limitDown?: number | undefined;
  /** What is shared now. */
  shared(): readonly string[];
}

/** The network of a peer, joined when it is needed, and again when the tracker was gone. */
export class PeerNetwork implements Network {
  readonly #peer: Peer;
  readonly #options: NetworkOptions;
  #session: Promise<Session> | undefined;

  constructor(peer: Peer, options: NetworkOptions) {
    this.#peer = peer;
    this.#options = options;
  }

  async search(text: string): Promise<FoundFile[]> {
    return await this.#use(({ client }) => Array.fromAsync(search(client, text, {}, mostShown)));
  }

  async list(peer: string | undefined): Promise<FoundFile[]> {
    return await this.#use(async ({ client }) => {
      const owner = peer === undefined ? {} : { peer: (await findPeer(client, peer)).peer };
      const files: FoundFile[] = [];
      for await (const file of list(client, owner)) {
        if (files.push(file) > mostShown) break;
      }
      return files;
    });
  }

  async peers(): Promise<OnlinePeer[]> {
    return await this.#use(({ client }) => onlinePeers(client));
  }

  async resolve(name: string, peer?: string): Promise<Candidates> {
    const target = parseTarget(name);
    return await this.#use(({ client }) => resolve(client, target, peer));
  }

  async download(
    choices: readonly Choice[],
    events: FetchEvents,
  ): Promise<LanyardError | undefined> {
    const root = await openDownloadFolder(this.#options.downloads);
    const modes = await newFileModes(this.#peer.stateFolder);
    const present = new Present(this.#peer.cache);
    try {
      return await this.#use(({ engine }) =>
        fetchAll(engine, present, root, choices, { taken: "rename", wait: false, modes }, events)
      );
    } finally {
      present.close();
    }
  }

  async gather(path: string): Promise<FoundOnDisk[]> {
    return await gather([path], []);
  }

  async receiver(name: string): Promise<OnlinePeer> {
    return await this.#use(({ client }) => findReceiver(client, name));
  }

  async upload(
    files: readonly FoundOnDisk[],
    to: OnlinePeer,
    events: SendEvents & { progress(number: number, bytes: number): void },
  ): Promise<LanyardError | undefined> {
    const { cache } = this.#peer;
    const hashers = new HashPool();
    try {
      return await this.#use(({ client, dialer, limits }) =>
        sendAll(files, {
          connect: deliveriesTo(to, { tracker: client, dialer, limits }),
          prepare: async (number, found) => {
            const file = await identify(cache, hashers, found);
            const shelf = new SingleFile(cache, file);
            return { file, shelf, sent: (bytes) => events.progress(number, bytes) };
          },
          rename: false,
          wait: false,
        }, events)
      );
    } finally {
      hashers.close();
    }
  }

  /** Joins anew, because what we share has changed. */
  async rejoin(): Promise<void> {
    const session = await this.#session?.catch(() => undefined); // Whoever wanted it was told.
    this.#session = undefined;
    await session?.leave();
  }

  async #use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#joined();
    return await session.use(() => work(session));
  }

  /** The session there is, or another one if the tracker was gone meanwhile. */
  #joined(): Promise<Session> {
    const { shared, limitDown } = this.#options;
    const earlier = this.#session;
    const join = async (): Promise<Session> => {
      const known = await earlier?.catch(() => undefined); // Whoever wanted it was told.
      return known?.isOpen === true ? known : await Session.join(this.#peer, shared(), limitDown);
    };
    return this.#session = join();
  }
}
