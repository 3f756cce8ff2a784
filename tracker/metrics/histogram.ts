import type { Family, Sample } from "./family.ts";

/** How values are spread, counted by the least bound that is not below them. */
export class Histogram {
  readonly #bounds: readonly number[];
  /** Values of each bound, and then those above all of them. */
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds what is counted up to, in rising order */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** How many values there were. */
  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** What they are together. */
  get sum(): number {
    return this.#sum;
  }

  /** Counts a value. */
  observe(value: number): void {
    const found = this.#bounds.findIndex((bound) => value <= bound);
    const at = found === -1 ? this.#bounds.length : found;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  /** The histogram as it is told: each bucket holds those before it, too. */
  family(name: string, help: string): Family {
    let below = 0;
    const buckets: Sample[] = this.#counts.map((count, at) => ({
      suffix: "_bucket",
      labels: { le: le(this.#bounds[at]) },
      value: below += count,
    }));
    const { sum, count } = this;
    const samples: Sample[] = [
      ...buckets,
      { suffix: "_sum", value: sum },
      { suffix: "_count", value: count },
    ];
    return { name, help, type: "histogram", samples };
  }
}

function le(bound: number | undefined): string {
  return bound === undefined ? "+Inf" : String(bound);
}
