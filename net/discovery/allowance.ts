/** How many answers are given. */
export interface AllowanceOptions {
  /** Answers a second to one address: a question is repeated a few times, on each of its links. */
  each?: number;
  /** Answers a second to all together: a class that starts at once gets its answers. */
  total?: number;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
}

/** Addresses that are counted at a time; beyond that only the total counts. */
const mostAddresses = 1000;

/**
 * Limits answers to datagrams, whose senders may be forged: to one address and to all together, by
 * the second. It remembers a bounded number of addresses, for a second.
 */
export class Allowance {
  readonly #each: number;
  readonly #total: number;
  readonly #now: () => number;
  readonly #given = new Map<string, number>();
  #sum = 0;
  #since = -Infinity;

  constructor({ each = 10, total = 200, now = () => performance.now() }: AllowanceOptions = {}) {
    this.#each = each;
    this.#total = total;
    this.#now = now;
  }

  /** Whether an address may have an answer now; if so, it counts as given. */
  take(address: string): boolean {
    const now = this.#now();
    if (now - this.#since >= 1000) {
      this.#since = now;
      this.#sum = 0;
      this.#given.clear();
    }
    const given = this.#given.get(address) ?? 0;
    if (this.#sum >= this.#total || given >= this.#each) return false;
    this.#sum++;
    if (given > 0 || this.#given.size < mostAddresses) this.#given.set(address, given + 1);
    return true;
  }
}
