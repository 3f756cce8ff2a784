import { Slots } from "../upload/slots.ts";

/** A line for each of many, in which only those wait who are of the same. */
export class Queues {
  readonly #atOnce: number;
  readonly #queues = new Map<string, { slots: Slots; users: number }>();

  /** @param atOnce how many of one go on at the same time */
  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Does `work` when it is its turn among all that is of `whose`. */
  async use<T>(whose: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(whose) ?? { slots: new Slots(this.#atOnce), users: 0 };
    this.#queues.set(whose, queue);
    queue.users++;
    try {
      return await queue.slots.use(work);
    } finally {
      if (--queue.users === 0) this.#queues.delete(whose);
    }
  }
}
