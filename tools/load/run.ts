import type { LineClient } from "../bench/load/line_client.ts";
import { Asker } from "./asker.ts";
import { Churn } from "./churn.ts";
import { Collection, folderFiles } from "./collection.ts";
import { announceAll, Gathering } from "./gathering.ts";
import { search, type Searching } from "./searching.ts";
import { type LoadSearch, SearchMix } from "./search_mix.ts";
import { type ShareLine, shareLines } from "./share_lines.ts";
import { Meter, type Target } from "./target.ts";
import { Vocabulary } from "./vocabulary.ts";

/** What is done to a tracker. */
export interface LoadOptions {
  /** Peers that share, and the number of the first of them: equal numbers share equal files. */
  sessions: number;
  firstPeer: number;
  /** Files of each, in whole folders. */
  files: number;
  /** Connections that search. */
  searchers: number;
  /** Searches a second; as many as are answered if missing. */
  rate?: number;
  /** Seconds of searching. */
  seconds: number;
  /** Of all files, how many in 100 change every minute meanwhile. */
  churn: number;
  seed: number;
}

/** What a tracker's process uses, where that can be seen. */
export interface Used {
  /** Processors, on average. */
  cpu: number | null;
  /** Bytes. */
  memory: number | null;
}

/** How peers announced their files. */
export interface Announced extends Used {
  sessions: number;
  files: number;
  /** Seconds for all to join, and for all to announce. */
  joinSeconds: number;
  seconds: number;
  filesPerSecond: number;
}

/** How a tracker did under load. */
export interface LoadReport {
  announced: Announced;
  /** Files that changed while there were searches. */
  changed: number;
  searched: Searching & Used;
}

/** Different searches; then they begin again. */
const mostSearches = 20_000;

/** Peers at a tracker who have announced what they share, and others that are there to search. */
export class Load implements Disposable {
  readonly announced: Announced;
  readonly #world: World;

  private constructor(announced: Announced, world: World) {
    this.announced = announced;
    this.#world = world;
  }

  /** All join, and then all announce; what they say is made before. */
  static async on(target: Target, options: LoadOptions): Promise<Load> {
    const { sessions, firstPeer, searchers, seed } = options;
    const vocabulary = new Vocabulary();
    const collection = new Collection(seed, vocabulary);
    const folders = Math.ceil(options.files / folderFiles);
    const lines = Array.from(
      { length: sessions },
      (_, at) => linesOf(collection, firstPeer + at, folders),
    );
    const gathering = await Gathering.at(target, sessions + searchers);
    const start = performance.now();
    const clients = await gathering.join(sessions, sessions > 2000 ? "many" : "few");
    const meter = new Meter(target);
    const joined = performance.now();
    await announceAll(clients, lines);
    const seconds = (performance.now() - joined) / 1000;
    const files = lines.flat().reduce((sum, line) => sum + line.files, 0);
    const announced = {
      ...{ sessions, files, seconds, joinSeconds: (joined - start) / 1000 },
      filesPerSecond: files / seconds,
      ...meter.look(),
    };
    const searching = await gathering.join(searchers, "few");
    const one = shareLines(collection.folder(0, 0).slice(0, 1));
    await announceAll(searching, searching.map(() => one));
    const mix = new SearchMix(seed, { collection, vocabulary, peers: sessions, folders });
    const { rate = mostSearches, seconds: forSeconds } = options;
    const count = searchers === 0 ? 0 : Math.min(mostSearches, Math.ceil(rate * forSeconds));
    const searches = Array.from({ length: count }, (_, number) => mix.search(number));
    const parts = { target, options, gathering, clients, collection, folders };
    return new Load(announced, { ...parts, askers: asAskers(searching), searches });
  }

  /** Searches while some of the files change. */
  async search(): Promise<Omit<LoadReport, "announced">> {
    const { target, options, clients, collection, folders, askers, searches } = this.#world;
    const { seconds, rate, churn: percent, firstPeer } = options;
    const meter = new Meter(target);
    using churn = new Churn({ clients, collection, firstPeer, folders, percent });
    const pace = { seconds, ...(rate === undefined ? {} : { rate }) };
    const searched = await search(askers, searches, pace);
    churn.check();
    return { changed: churn.files, searched: { ...searched, ...meter.look() } };
  }

  /** All leave without a word. */
  [Symbol.dispose](): void {
    this.#world.gathering[Symbol.dispose]();
  }
}

/** Who is there, and what there is. */
interface World {
  target: Target;
  options: LoadOptions;
  gathering: Gathering;
  /** Those that share. */
  clients: readonly LineClient[];
  collection: Collection;
  folders: number;
  askers: readonly Asker[];
  searches: readonly LoadSearch[];
}

function asAskers(clients: readonly LineClient[]): Asker[] {
  return clients.map((client) => new Asker(client));
}

function linesOf(collection: Collection, peer: number, folders: number): ShareLine[] {
  return shareLines(
    Array.from({ length: folders }, (_, number) => collection.folder(peer, number)).flat(),
  );
}
