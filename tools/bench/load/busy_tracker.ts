import type { Child } from "../child.ts";
import type { Lab } from "../lab.ts";
import { type StartedTracker, startQuietTracker } from "../lanyard.ts";
import { shareLines } from "./corpus.ts";
import { Doorbell } from "./doorbell.ts";
import { LineClient } from "./line_client.ts";
import { hello } from "./requests.ts";

/** Peers that announce the corpus at the same time, in equal parts. */
const holders = 4;
/** Lines that a peer announces ahead of the answers. */
const ahead = 4;

/** A tracker whose index is full of files of the corpus, and connections to it. */
export class BusyTracker implements AsyncDisposable {
  readonly #tracker: StartedTracker;
  readonly #parts = new AsyncDisposableStack();
  readonly #doorbell = new Doorbell();
  /** Files of the corpus that are announced. */
  #files = 0;

  private constructor(tracker: StartedTracker) {
    this.#tracker = tracker;
    this.#parts.use(tracker);
    this.#parts.use(this.#doorbell);
  }

  static async start(lab: Lab): Promise<BusyTracker> {
    return new BusyTracker(await startQuietTracker(lab, "--idle-timeout", "3600"));
  }

  /** The tracker's program. */
  get child(): Child {
    return this.#tracker.child;
  }

  /** Announces further files of the corpus; returns how many it took in a second. */
  async announce(count: number): Promise<number> {
    return await (await this.prepare(count))();
  }

  /**
   * Gets ready to announce further files. What is returned does it, and spends little time itself:
   * the lines are made beforehand.
   */
  async prepare(count: number): Promise<() => Promise<number>> {
    const each = Math.ceil(count / holders);
    const shares: { client: LineClient; lines: Uint8Array[] }[] = [];
    for (let done = 0; done < count; done += each) {
      const lines = shareLines(this.#files + done, Math.min(each, count - done));
      shares.push({ client: await this.join(), lines });
    }
    this.#files += count;
    return async () => {
      const start = performance.now();
      await Promise.all(shares.map(({ client, lines }) => announceLines(client, lines)));
      return count / ((performance.now() - start) / 1000);
    };
  }

  /** A peer that has been greeted: one answer has come. It shares nothing yet. */
  async join(): Promise<LineClient> {
    const client = this.#parts.use(await LineClient.connect(this.#tracker.port));
    await client.send(hello("load", this.#doorbell.port));
    await client.answered(1);
    return client;
  }

  /** A peer that may search: two answers have come. */
  async joinAsMember(): Promise<LineClient> {
    const client = await this.join();
    for (const line of shareLines(0, 1)) await client.send(line);
    await client.answered(2);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

async function announceLines(client: LineClient, lines: readonly Uint8Array[]): Promise<void> {
  const { answers } = client;
  for (const [at, line] of lines.entries()) {
    await client.send(line);
    await client.answered(answers + at + 1 - ahead);
  }
  await client.answered(answers + lines.length);
}
