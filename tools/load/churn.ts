import type { LineClient } from "../bench/load/line_client.ts";
import { pipelined } from "../bench/load/requests.ts";
import { type Collection, folderFiles } from "./collection.ts";
import { Schedule } from "./schedule.ts";
import { shareLines, unshareLine } from "./share_lines.ts";

/** Milliseconds between two looks at what is due. */
const lookEvery = 20;

/** Who shares what, and which part of it changes. */
export interface ChurnOptions {
  clients: readonly LineClient[];
  collection: Collection;
  /** The number of the first of the peers. */
  firstPeer: number;
  /** Folders that each of them shares. */
  folders: number;
  /** Of all files, how many in 100 change every minute. */
  percent: number;
}

/** Peers that take folders back and share others instead, one after the other, until it is stopped. */
export class Churn implements Disposable {
  /** Files that were exchanged. */
  files = 0;
  readonly #options: ChurnOptions;
  readonly #schedule: Schedule;
  readonly #start = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;
  #failure: unknown;

  constructor(options: ChurnOptions) {
    this.#options = options;
    const { clients, folders, percent } = options;
    const perSecond = clients.length * folders * percent / 100 / 60;
    this.#schedule = new Schedule(perSecond || Number.MIN_VALUE, perSecond === 0 ? 0 : Infinity);
    this.#timer = setInterval(() => this.#look(), lookEvery);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** @throws if a change could not be sent. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #look(): void {
    for (const { number } of this.#schedule.take(performance.now() - this.#start)) {
      this.#exchange(number).catch((error) => this.#failure ??= error);
    }
  }

  /** Each peer has its turn, with its next folder each time; then those that came are exchanged. */
  async #exchange(number: number): Promise<void> {
    const { clients, collection, firstPeer, folders } = this.#options;
    const at = number % clients.length;
    const old = Math.floor(number / clients.length);
    const [peer, next] = [firstPeer + at, old + folders];
    this.files += folderFiles;
    await clients[at]?.send(pipelined([
      unshareLine(collection.folder(peer, old)),
      ...shareLines(collection.folder(peer, next)).map(({ bytes }) => bytes),
    ]));
  }
}
