/** Order statistics of small samples, and even samples of long lists. */

/**
 * The p-quantile at position (n + 1) p of the sorted sample, interpolated and clamped to the ends (Weibull 1939; type 6
 * of Hyndman and Fan 1996). One more draw from the same distribution, whatever it is, falls below the quantile with
 * probability p, as long as 1 <= (n + 1) p <= n.
 * @param p in [0, 1]
 * @throws if there are no values
 */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new Error('quantile: there are no values');
  const sorted = [...values].sort((a, b) => a - b);
  const place = Math.min(Math.max((sorted.length + 1) * p, 1), sorted.length);
  const below = Math.floor(place);
  const low = sorted[below - 1]!;
  const high = sorted[Math.min(below, sorted.length - 1)]!;
  return low + (place - below) * (high - low);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** At most `most` of the items, in order and evenly spread over the list. */
export function evenlyChosen<T>(items: readonly T[], most: number): T[] {
  const count = Math.min(items.length, most);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
