/** What is told of some latencies, in ms. */
export interface LatencySummary {
  count: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** Latencies of requests of several kinds, in ms. */
export class Latencies {
  readonly #kinds = new Map<string, number[]>();

  add(kind: string, ms: number): void {
    const figures = this.#kinds.get(kind);
    if (figures === undefined) this.#kinds.set(kind, [ms]);
    else figures.push(ms);
  }

  /** Of all kinds together. */
  get all(): LatencySummary {
    return summary([...this.#kinds.values()].flat());
  }

  /** Of each kind. */
  get byKind(): Record<string, LatencySummary> {
    const entries = this.#kinds.entries().map(([kind, figures]) =>
      [kind, summary(figures)] as const
    );
    return Object.fromEntries([...entries].sort(([a], [b]) => a < b ? -1 : 1));
  }
}

/** A percentile is the least latency that at least so many were not slower than. */
export function summary(figures: readonly number[]): LatencySummary {
  const sorted = Float64Array.from(figures).sort();
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
  return {
    count: sorted.length,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: sorted.at(-1) ?? NaN,
  };
}
