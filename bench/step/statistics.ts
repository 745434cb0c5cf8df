/** The median; for an even number of values the upper of the two middle ones, for none NaN. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The quantile: the value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
