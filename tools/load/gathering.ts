import { Doorbell } from "../bench/load/doorbell.ts";
import { greetEncrypted } from "../bench/load/encrypted_client.ts";
import { type Holder, makeHolders } from "../bench/load/holders.ts";
import { LineClient } from "../bench/load/line_client.ts";
import { hello, pipelined } from "../bench/load/requests.ts";
import { temporaryIdentity } from "../../net/mod.ts";
import type { ShareLine } from "./share_lines.ts";
import type { Target } from "./target.ts";

/** Peers that do something at the same time. */
const atOnce = 16;
/** Bytes read at a time where there are thousands of connections, and where there are few. */
const buffers = { many: 512, few: 65_536 } as const;

/** Peers at one tracker. */
export class Gathering implements Disposable {
  readonly #target: Target;
  readonly #holders: Holder[];
  readonly #doorbell: Doorbell;
  readonly #parts = new DisposableStack();
  #joined = 0;

  private constructor(target: Target, holders: Holder[], doorbell: Doorbell) {
    this.#target = target;
    this.#holders = holders;
    this.#doorbell = this.#parts.use(doorbell);
  }

  /** @param most peers that will join */
  static async at(target: Target, most: number): Promise<Gathering> {
    if (target.encrypted === undefined) return new Gathering(target, [], new Doorbell());
    // The tracker finds another key there than the peer's, which is as much work for it.
    const [holders, key] = await Promise.all([makeHolders(most), temporaryIdentity()]);
    return new Gathering(target, holders, new Doorbell(key));
  }

  /** Further peers join, each with a connection of its own; they share nothing yet. */
  async join(count: number, size: keyof typeof buffers): Promise<LineClient[]> {
    const clients: LineClient[] = [];
    await inParallel(count, async (at) => {
      clients[at] = this.#parts.use(await this.#joinOne(buffers[size]));
    });
    return clients;
  }

  async #joinOne(buffer: number): Promise<LineClient> {
    const { port, encrypted } = this.#target;
    const number = this.#joined++;
    const said = hello(`peer ${number}`, this.#doorbell.port);
    if (encrypted === undefined) {
      const client = await LineClient.connect(port, buffer);
      await client.send(said);
      await client.answered(1);
      return client;
    }
    const holder = this.#holders[number];
    if (holder === undefined) throw new RangeError("More peers join than there are keys for");
    const { client, proof } = await greetEncrypted(encrypted, holder, said, buffer);
    await client.send(proof);
    await client.answered(1);
    return client;
  }

  /** All leave without a word. */
  [Symbol.dispose](): void {
    this.#parts.dispose();
  }
}

/** Each of some peers announces its lines, several of them at the same time. */
export async function announceAll(
  clients: readonly LineClient[],
  lines: readonly (readonly ShareLine[])[],
): Promise<void> {
  await inParallel(clients.length, async (at) => {
    const [client, own] = [clients[at], lines[at]];
    if (client === undefined || own === undefined || own.length === 0) return;
    const { answers } = client;
    await client.send(pipelined(own.map(({ bytes }) => bytes)));
    await client.answered(answers + own.length);
  });
}

/** Does something for each of some numbers, several at a time. */
async function inParallel(count: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, async () => {
    while (next < count) await work(next++);
  }));
}
