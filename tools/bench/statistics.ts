/** The value below which a share of some figures lies (0 to 1); what is no number is left out. */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = figures.filter((figure) => !Number.isNaN(figure)).toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low = NaN, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low === high ? low : low + (high - low) * (at - Math.floor(at));
}

/** The figure in the middle. */
export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}
